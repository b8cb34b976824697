"""Lists (sitemaps, feeds, listing pages): what each named, by which way each article was found, and whom to believe.

A way is a kind of list, or the script payload of listing pages, or a citation. The view `discovery` is the ledger.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from archive.dates import parse_date
from archive.records import Lastmods, ListReading, Sighting
from archive.revisits import misses_nothing
from archive.store import Store, stamp
from archive.store.aliases import add_mirrors
from archive.store.citations import page_of
from archive.urls import canonical_url

_READING = tuple(field.name for field in fields(ListReading))
_PUT_READING = f"INSERT OR REPLACE INTO lists ({', '.join(_READING)}) VALUES ({', '.join(':' + n for n in _READING)})"  # noqa: S608 - names of our own record


def put_reading(store: Store, reading: ListReading) -> None:
    """Store what a list named; the numbers of its last reading are replaced, those of what it ever named add up."""
    with store.transaction():
        store.connection.execute(_PUT_READING, asdict(reading))


def reading_of(store: Store, surt: str) -> ListReading | None:
    """Return what a list named when it was last read; None when it never was."""
    row = store.connection.execute("SELECT * FROM lists WHERE surt = :surt", {"surt": surt}).fetchone()
    return ListReading(**dict(row)) if row else None


def sight(store: Store, sightings: Sequence[Sighting]) -> None:
    """Note by which way articles were found, each way and spelling once; mirrors of what is held become aliases."""
    with store.transaction():
        store.connection.executemany(
            "INSERT INTO sightings (surt, way, url, first_seen_at, run_id) "
            "VALUES (:surt, :way, :url, :first_seen_at, :run_id) ON CONFLICT DO NOTHING",
            [asdict(sighting) for sighting in sightings],
        )
        for sighting in sightings:
            is_mirror = canonical_url(sighting.url) != sighting.url
            if is_mirror and (article_id := page_of(store, sighting.surt)) is not None:
                add_mirrors(store, article_id, [sighting.url])


def ledger(store: Store) -> list[dict[str, Any]]:
    """Return the coverage ledger: for each source and way how many articles it found, found alone, and missed."""
    return [dict(row) for row in store.connection.execute("SELECT * FROM discovery ORDER BY source, n_found DESC, way")]


def readings(store: Store) -> list[dict[str, Any]]:
    """Return the lists that crawls start from: kind, address, entries, how many were new, last asked, last outcome."""
    rows = store.connection.execute(
        "SELECT lists.kind, lists.url, lists.n_entries, lists.n_new, lists.read_at, frontier.checked_at, "
        "frontier.outcome FROM lists JOIN frontier ON frontier.surt = lists.surt "
        "WHERE frontier.due_at IS NOT NULL ORDER BY lists.kind, lists.url"
    )
    return [dict(row) for row in rows]


def known(store: Store, surts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return state, checked_at and modified_hint of those of *surts* that the frontier knows."""
    rows = store.connection.execute(
        "SELECT surt, state, checked_at, modified_hint FROM frontier "
        "WHERE surt IN (SELECT value FROM json_each(:surts))",
        {"surts": json.dumps(list(surts))},
    )
    return {row["surt"]: dict(row) for row in rows}


def announced(known_rows: Mapping[str, Mapping[str, Any]], lastmods: Mapping[str, str]) -> list[str]:
    """Return which of the addresses have, by their *lastmods* (SURT -> as printed), changed since they were asked.

    One that had no lastmod before counts when it lies after our last check.
    """
    found = []
    for surt, lastmod in lastmods.items():
        row = known_rows.get(surt)
        if row is None or not row["checked_at"] or row["state"] not in ("done", "due"):
            continue
        if row["modified_hint"] is None:
            if is_after(lastmod, row["checked_at"]):
                found.append(surt)
        elif row["modified_hint"] != lastmod:
            found.append(surt)
    return found


def is_after(lastmod: str, instant: str) -> bool:
    """Return whether *lastmod* surely lies after *instant* (as stored); one without a time means its whole day."""
    found = parse_date(lastmod)
    return found is not None and found.value > instant[: len(found.value)]


def announce(store: Store, hints: Mapping[str, str], *, now: datetime | str, priority: int) -> None:
    """Make addresses due because their lastmod says so, and remember it (SURT -> lastmod as printed)."""
    rows = [{"surt": surt, "hint": hint, "now": stamp(now), "priority": priority} for surt, hint in hints.items()]
    with store.transaction():
        store.connection.executemany(
            "UPDATE frontier SET modified_hint = :hint, state = 'due', due_at = :now, priority = :priority "
            "WHERE surt = :surt AND state IN ('done', 'due')",
            rows,
        )


def note_hints(store: Store, hints: Mapping[str, str]) -> None:
    """Remember the lastmod of addresses that had none; nothing becomes due."""
    with store.transaction():
        store.connection.executemany(
            "UPDATE frontier SET modified_hint = :hint WHERE surt = :surt AND modified_hint IS NULL",
            [{"surt": surt, "hint": hint} for surt, hint in hints.items()],
        )


def lastmod_of(store: Store, surt: str) -> str | None:
    """Return the lastmod that a sitemap gave of an address, as printed; None when none did."""
    row = store.connection.execute("SELECT modified_hint FROM frontier WHERE surt = :surt", {"surt": surt}).fetchone()
    return row[0] if row else None


def lastmods_of(store: Store, host: str) -> Lastmods:
    """Return how true the lastmod dates of *host* have been."""
    row = store.connection.execute("SELECT * FROM lastmods WHERE host = :host", {"host": host}).fetchone()
    return Lastmods(**dict(row)) if row else Lastmods(host=host)


def vouches(store: Store, *, host: str, lastmod: str | None, now: datetime) -> bool:
    """Return whether a page's *lastmod* stands for asking: it can be read, is past, and *host* has told the truth."""
    if not lastmod or parse_date(lastmod) is None or is_after(lastmod, stamp(now - timedelta(days=1))):
        return False
    return misses_nothing(lastmods_of(store, host))


def count_check(store: Store, host: str, *, is_announced: bool, is_changed: bool) -> None:
    """Note what checking a page showed about its lastmod; pages of a host that lied go back to their own intervals."""
    was_true = misses_nothing(lastmods_of(store, host))
    row = {
        "host": host,
        "announced": is_announced,
        "confirmed": is_announced and is_changed,
        "silent": not is_announced,
        "unannounced": is_changed and not is_announced,
    }
    with store.transaction():
        store.connection.execute(_COUNT, row)
        if was_true and not misses_nothing(lastmods_of(store, host)):
            store.connection.execute(_BACK_TO_OWN_INTERVAL, {"host": host})


_COUNT = """
INSERT INTO lastmods (host, n_announced, n_confirmed, n_silent, n_unannounced)
VALUES (:host, :announced, :confirmed, :silent, :unannounced)
ON CONFLICT (host) DO UPDATE SET
    n_announced = n_announced + :announced,
    n_confirmed = n_confirmed + :confirmed,
    n_silent = n_silent + :silent,
    n_unannounced = n_unannounced + :unannounced
"""
_BACK_TO_OWN_INTERVAL = """
UPDATE frontier SET due_at = own.due_at
FROM (
    SELECT surt, strftime('%Y-%m-%dT%H:%M:%SZ', checked_at, '+' || CAST(interval_s AS INTEGER) || ' seconds') AS due_at
    FROM frontier
    WHERE kind = 'article' AND state = 'done' AND host = :host AND modified_hint IS NOT NULL
) AS own
WHERE frontier.surt = own.surt AND own.due_at < frontier.due_at
"""

"""Known addresses and what is due for them. A claim is a lease: kill the crawler, and nothing that it held is lost.

An entry is `due` (asked at due_at), `leased` (a run is on it until lease_until), `done` (asked again at due_at, if that
is set) or `dead` (not asked any more).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from archive.model import Outcome
from archive.records import FrontierEntry, row_of
from archive.store import Store, stamp
from archive.store.identities import settle
from archive.store.sources import note_source
from archive.urls import canonical_url, site_key

KINDS = ("robots", "sitemap", "feed", "listing", "article", "cited")
"""From what is asked first to what is asked last; an address known as a later kind becomes the earlier one."""

REVISIT_PRIORITY = 10
"""Priority of a page that was asked before: after all that was not."""

_WINDOW = 2_000  # due rows looked at in one claim: enough to find other hosts behind one that has thousands of pages
_COLUMNS = tuple(field.name for field in fields(FrontierEntry))
_KIND_RANK = "INSTR('robots sitemap feed listing article cited', {})"

_INSERT = f"""
INSERT INTO frontier ({", ".join(_COLUMNS)}) VALUES ({", ".join(":" + name for name in _COLUMNS)})
ON CONFLICT (surt) DO NOTHING
"""  # noqa: S608 - names of our own record
_IMPROVE = f"""
UPDATE frontier SET
    kind = CASE WHEN {_KIND_RANK.format(":kind")} < {_KIND_RANK.format("kind")} THEN :kind ELSE kind END,
    priority = CASE WHEN checked_at IS NULL THEN MAX(priority, :priority) ELSE priority END,
    found_on = COALESCE(found_on, :found_on),
    published_hint = COALESCE(published_hint, :published_hint),
    modified_hint = CASE WHEN checked_at IS NULL THEN COALESCE(:modified_hint, modified_hint) ELSE modified_hint END
WHERE surt = :surt AND (
    {_KIND_RANK.format(":kind")} < {_KIND_RANK.format("kind")}
    OR (priority < :priority AND checked_at IS NULL)
    OR (found_on IS NULL AND :found_on IS NOT NULL)
    OR (published_hint IS NULL AND :published_hint IS NOT NULL)
    OR (checked_at IS NULL AND modified_hint IS NOT COALESCE(:modified_hint, modified_hint))
)
"""  # noqa: S608
_DUE = """
SELECT surt, host, priority, due_at FROM frontier INDEXED BY frontier_due
WHERE state = 'due' AND kind = :kind AND (due_at IS NULL OR due_at <= :now)
    AND priority >= :least AND host NOT IN (SELECT value FROM json_each(:busy))
ORDER BY priority DESC, due_at LIMIT :window
"""


def add(store: Store, entries: Iterable[FrontierEntry], *, now: datetime | str) -> int:
    """Add addresses and return how many were new; host and source are filled in from the address when empty.

    What is known stays as it is, except that it may gain priority, a date hint, where it was found, or an earlier kind.
    """
    rows = [_row(entry, stamp(now)) for entry in entries]
    with store.transaction():
        for source in {str(row["source"]) for row in rows}:
            note_source(store, source)
        added = store.connection.executemany(_INSERT, rows).rowcount
        if added < len(rows):
            store.connection.executemany(_IMPROVE, rows)
    return max(0, added)


def claim(  # noqa: PLR0913 - the contract of every frontier
    store: Store,
    *,
    kinds: Sequence[str],
    limit: int,
    run_id: int | None,
    now: datetime,
    lease_s: float,
    busy_hosts: Collection[str] = (),
    least_priority: int = 0,
) -> list[FrontierEntry]:
    """Return up to *limit* entries that are due, leased to *run_id* for *lease_s* seconds; no other claim gets them.

    Order: priority, then one of each host in turn, then the longest due. Hosts in *busy_hosts* are passed over, and
    what has less than *least_priority*.
    """
    instant = stamp(now)
    with store.transaction():
        _wake(store, kinds, instant)
        wanted = {"now": instant, "busy": json.dumps(list(busy_hosts)), "least": least_priority, "window": _WINDOW}
        candidates = [row for kind in kinds for row in store.connection.execute(_DUE, wanted | {"kind": kind})]
        chosen = _fair(candidates)[:limit]
        lease = {"until": stamp(now + timedelta(seconds=lease_s)), "run_id": run_id}
        store.connection.executemany(
            "UPDATE frontier SET state = 'leased', lease_until = :until, run_id = :run_id WHERE surt = :surt",
            [{**lease, "surt": surt} for surt in chosen],
        )
        entries = [entry_of(store, surt) for surt in chosen]
    return [entry for entry in entries if entry]


def done(  # noqa: PLR0913 - one argument a column
    store: Store,
    surt: str,
    *,
    outcome: Outcome | str,
    detail: str | None = None,
    now: datetime | str,
    due_at: datetime | str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    interval_s: float | None = None,
    is_changed: bool = False,
    leads_to: str | None = None,
) -> None:
    """Record that an address was asked and what came of it; *due_at* plans the next time, *interval_s* is how.

    A page keeps REVISIT_PRIORITY from then on. None for *etag* or *last_modified* keeps the stored value (an answer 304
    need not repeat them), '' forgets it; None for *interval_s* keeps the stored one. *leads_to* is the SURT of the
    entry that it redirects to; what leads to this one shares its outcome.
    """
    row = {
        "surt": surt,
        "outcome": str(outcome),
        "detail": detail,
        "now": stamp(now),
        "due_at": stamp(due_at) if due_at is not None else None,
        "etag": etag,
        "last_modified": last_modified,
        "interval_s": interval_s,
        "is_changed": is_changed,
        "leads_to": leads_to,
        "revisit": REVISIT_PRIORITY,
    }
    with store.transaction():
        led_to = store.connection.execute("SELECT leads_to FROM frontier WHERE surt = :surt", row).fetchone()
        store.connection.execute(_DONE, row)
        store.connection.execute(
            "UPDATE frontier SET outcome = :outcome WHERE leads_to = :surt AND outcome IS NOT :outcome", row
        )
        if led_to and led_to[0] != leads_to:
            settle(store.connection, filter(None, (surt, led_to[0])))


def give_up(store: Store, surt: str, *, outcome: Outcome | str, detail: str | None = None) -> None:
    """Record that an address is not asked any more, and why."""
    with store.transaction():
        store.connection.execute(
            "UPDATE frontier SET state = 'dead', lease_until = NULL, attempts = 0, outcome = :outcome, "
            "detail = :detail, due_at = NULL WHERE surt = :surt",
            {"surt": surt, "outcome": str(outcome), "detail": detail},
        )


def retry_at(store: Store, surt: str, *, at: datetime | str, outcome: Outcome | str, detail: str | None = None) -> None:
    """Record a failure that may pass; the address is due again at *at*, and its attempts are counted."""
    with store.transaction():
        store.connection.execute(
            "UPDATE frontier SET state = 'due', due_at = :at, lease_until = NULL, attempts = attempts + 1, "
            "outcome = :outcome, detail = :detail WHERE surt = :surt",
            {"at": stamp(at), "outcome": str(outcome), "detail": detail, "surt": surt},
        )


def put_back(store: Store, surts: Iterable[str], *, due_at: datetime | str | None = None) -> None:
    """Give back leased entries that were not asked (the run ends, the host is busy); no attempt is counted."""
    with store.transaction():
        store.connection.executemany(
            "UPDATE frontier SET state = 'due', lease_until = NULL, due_at = COALESCE(:due_at, due_at) "
            "WHERE surt = :surt AND state = 'leased'",
            [{"surt": surt, "due_at": stamp(due_at) if due_at else None} for surt in surts],
        )


def reopen(store: Store, surts: Iterable[str], *, now: datetime | str, priority: int | None = None) -> None:
    """Make addresses due now that are planned for later, or failed; *priority* None leaves theirs."""
    rows = [{"surt": surt, "now": stamp(now), "priority": priority} for surt in surts]
    with store.transaction():
        store.connection.executemany(
            "UPDATE frontier SET state = 'due', due_at = :now, priority = COALESCE(:priority, priority) "
            "WHERE surt = :surt AND state IN ('due', 'done') AND (state <> 'due' OR due_at IS NOT :now "
            "OR priority <> COALESCE(:priority, priority))",
            rows,
        )


def release(store: Store) -> int:
    """Free all leases and return how many; only while holding crawl_lock(), when no other run can be at work."""
    with store.transaction():
        return int(
            store.connection.execute(
                "UPDATE frontier SET state = 'due', lease_until = NULL WHERE state = 'leased'"
            ).rowcount
        )


def entry_of(store: Store, surt: str) -> FrontierEntry | None:
    """Return the entry of one address; None when it is not known."""
    row = store.connection.execute("SELECT * FROM frontier WHERE surt = :surt", {"surt": surt}).fetchone()
    if row is None:
        return None
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    return FrontierEntry(**(dict(row) | {"outcome": outcome}))


def lists_of(store: Store, *, source: str, least_priority: int) -> list[FrontierEntry]:
    """Return the sitemaps, feeds and listings of *source* that have at least *least_priority*."""
    rows = store.connection.execute(
        "SELECT surt FROM frontier WHERE kind IN ('sitemap', 'feed', 'listing') AND source = :source "
        "AND priority >= :least ORDER BY surt",
        {"source": source, "least": least_priority},
    ).fetchall()
    return [entry for row in rows if (entry := entry_of(store, row[0]))]


def parts_without_lastmod(store: Store, index_url: str, *, run_id: int) -> list[str]:
    """Return the SURTs of the sitemaps that an index names without a lastmod and that *run_id* has not asked yet."""
    rows = store.connection.execute(
        "SELECT surt FROM frontier WHERE kind = 'sitemap' AND state = 'done' AND found_on = :index "
        "AND modified_hint IS NULL AND run_id IS NOT :run_id",
        {"index": index_url, "run_id": run_id},
    )
    return [row[0] for row in rows]


def counts(store: Store) -> dict[str, int]:
    """Return how many entries are in each state."""
    totals: dict[str, int] = {"due": 0, "leased": 0, "done": 0, "dead": 0}
    for by_state in counts_by_kind(store).values():
        for state, n_entries in by_state.items():
            totals[state] += n_entries
    return totals


def counts_by_kind(store: Store) -> dict[str, dict[str, int]]:
    """Return kind -> state -> how many entries."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, state, n_entries in store.connection.execute(
        "SELECT kind, state, COUNT(*) FROM frontier GROUP BY kind, state ORDER BY kind, state"
    ):
        found[kind][state] = n_entries
    return dict(found)


def n_waiting(store: Store, *, kinds: Sequence[str], now: datetime | str) -> int:
    """Return how many entries of *kinds* are leased, or due by *now*, whatever their priority."""
    return sum(
        int(
            store.connection.execute(
                "SELECT (SELECT COUNT(*) FROM frontier WHERE kind = :kind AND state = 'leased') + (SELECT COUNT(*) "
                "FROM frontier WHERE kind = :kind AND state = 'due' AND (due_at IS NULL OR due_at <= :now)) + (SELECT "
                "COUNT(*) FROM frontier WHERE kind = :kind AND state = 'done' AND due_at <= :now)",
                {"kind": kind, "now": stamp(now)},
            ).fetchone()[0]
        )
        for kind in kinds
    )


def hosts_waiting(store: Store, *, kinds: Sequence[str], hosts: Collection[str], now: datetime | str) -> list[str]:
    """Return those of *hosts* for which an entry of *kinds* is due."""
    rows = store.connection.execute(
        "SELECT DISTINCT host FROM frontier WHERE state = 'due' AND kind IN (SELECT value FROM json_each(:kinds)) "
        "AND host IN (SELECT value FROM json_each(:hosts)) AND (due_at IS NULL OR due_at <= :now)",
        {"kinds": json.dumps(list(kinds)), "hosts": json.dumps(list(hosts)), "now": stamp(now)},
    )
    return [row[0] for row in rows]


def _row(entry: FrontierEntry, now: str) -> dict[str, object]:
    row = row_of(entry)
    row["host"] = entry.host or urlsplit(canonical_url(entry.url)).netloc
    row["source"] = entry.source or site_key(entry.url)
    row["first_seen_at"] = entry.first_seen_at or now
    row["due_at"] = entry.due_at or (now if entry.state == "due" else None)
    return row


def _wake(store: Store, kinds: Sequence[str], now: str) -> None:
    """Make due what is to be asked again, and what a run held longer than its lease."""
    store.connection.execute(
        "UPDATE frontier SET state = 'due', lease_until = NULL WHERE state = 'leased' AND lease_until <= :now",
        {"now": now},
    )
    store.connection.executemany(
        "UPDATE frontier SET state = 'due' WHERE state = 'done' AND kind = :kind AND due_at <= :now",
        [{"kind": kind, "now": now} for kind in kinds],
    )


def _fair(candidates: Iterable[Sequence[Any]]) -> list[str]:
    """Return the SURTs by priority; within one priority a host's second entry comes after every host's first."""
    levels: dict[int, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for surt, host, priority, due_at in candidates:
        levels[priority][host].append((due_at or "", surt))
    order: list[str] = []
    for priority in sorted(levels, reverse=True):
        queues = [sorted(queue) for queue in levels[priority].values()]
        for turn in zip_longest(*queues):
            order.extend(surt for _, surt in sorted(entry for entry in turn if entry))
    return order


_DONE = """
UPDATE frontier SET
    state = 'done',
    lease_until = NULL,
    attempts = 0,
    outcome = :outcome,
    detail = :detail,
    due_at = :due_at,
    etag = NULLIF(COALESCE(:etag, etag), ''),
    last_modified = NULLIF(COALESCE(:last_modified, last_modified), ''),
    interval_s = COALESCE(:interval_s, interval_s),
    checked_at = :now,
    changed_at = CASE WHEN :is_changed THEN :now ELSE changed_at END,
    leads_to = :leads_to,
    priority = CASE WHEN kind IN ('article', 'cited') THEN :revisit ELSE priority END
WHERE surt = :surt
"""

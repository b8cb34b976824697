"""Pages that were taken down: what they said is removed, and nothing of them is stored again until that is undone.

A row stands for each address that the page is known by. Other articles go on citing it, in their own words.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archive.model import Outcome
from archive.store import Store, stamp
from archive.store.citations import page_of
from archive.store.search_index import stored_texts, take_out
from archive.store.sources import note_source
from archive.urls import canonical_url, site_key
from archive.urls import surt as surt_of


def take_down(store: Store, url: str, *, reason: str, now: datetime | str) -> int | None:
    """Remove what we hold of the page at *url* and keep it out; return the number of the article that was removed.

    None when we hold none: the address is kept out all the same. Raises AddressError when *url* is no web address.
    """
    surt = surt_of(url)
    with store.transaction():
        article_id = page_of(store, surt)
        addresses = {surt: canonical_url(url)} | _addresses(store, article_id)
        for key, address in addresses.items():
            row = {"surt": key, "url": address, "reason": reason, "now": stamp(now), "article_id": article_id}
            store.connection.execute(_TAKE_DOWN, row)
            _keep_away(store, row)
        if article_id is not None:
            _remove(store, article_id)
        store.connection.executemany(
            "DELETE FROM problems WHERE url = :url", [{"url": address} for address in addresses.values()]
        )
    return article_id


def undo_takedown(store: Store, url: str, *, now: datetime | str) -> bool:
    """Let the page at *url* be stored again, due at once; say whether it had been taken down.

    What was removed comes back with `archive reparse`, from the captures, or with the next crawl.
    Raises AddressError when *url* is no web address.
    """
    row = {"surt": surt_of(url), "now": stamp(now)}
    with store.transaction():
        undone = store.connection.execute(_UNDO, row).fetchall()
        store.connection.executemany(
            "UPDATE frontier SET state = 'due', outcome = NULL, detail = NULL, due_at = NULL, etag = '', "
            "last_modified = '' WHERE surt = :surt AND outcome = 'taken-down'",
            [{"surt": surt} for (surt,) in undone],
        )
    return bool(undone)


def is_taken_down(store: Store, surts: Iterable[str]) -> bool:
    """Return whether any of these addresses is one that nothing is stored of."""
    return any(store.connection.execute(_IS_TAKEN_DOWN, {"surt": surt}).fetchone() for surt in surts)


def number_for(store: Store, surt: str) -> int | None:
    """Return the number that a new article gets: its own again after an undone takedown, never one taken down.

    None leaves it to SQLite.
    """
    found = store.connection.execute(_NUMBER_FOR, {"surt": surt}).fetchone()[0]
    return int(found) if found is not None else None


def takedown_of(connection: Any, article_id: int) -> dict[str, Any] | None:
    """Return address, reason and time of the takedown of article *article_id*, in force; None when there is none."""
    row = connection.execute(_TAKEDOWN_OF, {"id": article_id}).fetchone()
    return dict(row) if row else None


def _addresses(store: Store, article_id: int | None) -> dict[str, str]:
    rows = store.connection.execute(
        "SELECT surt, canonical_url FROM articles WHERE id = :id UNION SELECT surt, url FROM aliases "
        "WHERE article_id = :id",
        {"id": article_id},
    )
    return {row[0]: row[1] for row in rows}


def _keep_away(store: Store, row: dict[str, Any]) -> None:
    source = site_key(row["url"])
    note_source(store, source)
    store.connection.execute(
        "INSERT INTO frontier (surt, url, kind, source, state, outcome, detail, first_seen_at) "
        "VALUES (:surt, :url, 'cited', :source, 'dead', :outcome, :reason, :now) ON CONFLICT (surt) DO UPDATE SET "
        "state = 'dead', outcome = excluded.outcome, detail = excluded.detail, due_at = NULL, lease_until = NULL",
        row | {"source": source, "outcome": str(Outcome.TAKEN_DOWN)},
    )


def _remove(store: Store, article_id: int) -> None:
    by_id = {"id": article_id}
    take_out(store, article_id, stored_texts(store, article_id))
    store.connection.execute(
        "UPDATE citations SET cited_article_id = NULL WHERE cited_article_id = :id AND article_id <> :id", by_id
    )
    for statement in _REMOVE:
        store.connection.execute(statement, by_id)


_TAKE_DOWN = """
INSERT INTO takedowns (surt, url, reason, taken_down_at, article_id) VALUES (:surt, :url, :reason, :now, :article_id)
ON CONFLICT (surt) DO UPDATE SET reason = excluded.reason, taken_down_at = excluded.taken_down_at, undone_at = NULL,
    article_id = COALESCE(excluded.article_id, article_id)
"""
_UNDO = """
UPDATE takedowns SET undone_at = :now
WHERE undone_at IS NULL AND (surt = :surt OR article_id = (SELECT article_id FROM takedowns WHERE surt = :surt))
RETURNING surt
"""
_IS_TAKEN_DOWN = "SELECT 1 FROM takedowns WHERE surt = :surt AND undone_at IS NULL"
_NUMBER_FOR = """
SELECT COALESCE(
    (SELECT article_id FROM takedowns WHERE surt = :surt AND article_id NOT IN (SELECT id FROM articles)),
    (SELECT MAX(article_id) + 1 FROM takedowns HAVING MAX(article_id) >= (SELECT MAX(id) FROM articles))
)
"""
_TAKEDOWN_OF = """
SELECT url, reason, taken_down_at FROM takedowns WHERE article_id = :id AND undone_at IS NULL
ORDER BY surt LIMIT 1
"""
# What cites is removed while the article that cites is still there: counts of cited pages look at it.
_REMOVE = (
    "DELETE FROM citations WHERE article_id = :id",
    "DELETE FROM figures WHERE article_id = :id",
    "DELETE FROM data_tables WHERE article_id = :id",
    "DELETE FROM revisions WHERE article_id = :id",
    "DELETE FROM problems WHERE article_id = :id",
    "DELETE FROM aliases WHERE article_id = :id",
    "DELETE FROM articles WHERE id = :id",
)

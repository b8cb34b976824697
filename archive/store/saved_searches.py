"""Searches kept under a name, and how far each has been read."""

from dataclasses import fields
from datetime import datetime

from archive.errors import QueryError
from archive.records import SavedSearch
from archive.store import Connection, Store, stamp


def save_search(store: Store, name: str, query: str, *, now: datetime) -> None:
    """Keep *query* as *name*, in place of one of that name; what is stored already is not new to it.

    Raises QueryError when the name is empty or longer than 100 characters, or the query is empty.
    """
    if not name.strip() or len(name) > 100 or "/" in name:
        raise QueryError(f"a saved search needs a name of 1 to 100 characters without a slash, not {name!r}")
    if not query.strip():
        raise QueryError("there is nothing to save: the query is empty")
    with store.transaction():
        store.connection.execute(
            "INSERT INTO saved_searches (name, query, created_at, last_article_id) "
            "VALUES (:name, :query, :now, (SELECT COALESCE(MAX(id), 0) FROM articles)) "
            "ON CONFLICT (name) DO UPDATE SET query = excluded.query, created_at = excluded.created_at, "
            "last_article_id = excluded.last_article_id, last_run_at = NULL",
            {"name": name, "query": query, "now": stamp(now)},
        )


def saved_search(connection: Connection, name: str) -> SavedSearch:
    """Return the search saved as *name*; QueryError when there is none."""
    found = [saved for saved in saved_searches(connection) if saved.name == name]
    if not found:
        known = ", ".join(saved.name for saved in saved_searches(connection)) or "none"
        raise QueryError(
            f"no search is saved as {name!r} (there is: {known}); save one: archive search QUERY --save NAME"
        )
    return found[0]


def saved_searches(connection: Connection) -> list[SavedSearch]:
    """Return all saved searches by name."""
    names = [field.name for field in fields(SavedSearch)]
    rows = connection.execute(
        "SELECT name, query, created_at, last_article_id, last_run_at FROM saved_searches ORDER BY name"
    )
    return [SavedSearch(**dict(zip(names, row, strict=True))) for row in rows]


def mark_read(store: Store, name: str, *, up_to: int, now: datetime) -> None:
    """Note that the hits of *name* up to article *up_to* have been shown."""
    with store.transaction():
        store.connection.execute(
            "UPDATE saved_searches SET last_article_id = MAX(last_article_id, :up_to), last_run_at = :now "
            "WHERE name = :name",
            {"name": name, "up_to": up_to, "now": stamp(now)},
        )


def forget_search(store: Store, name: str) -> None:
    """Remove the search saved as *name*; QueryError when there is none."""
    saved_search(store.connection, name)
    with store.transaction():
        store.connection.execute("DELETE FROM saved_searches WHERE name = :name", {"name": name})

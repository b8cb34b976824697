"""Problems: what could not be read on a page, and why."""

from datetime import datetime

from archive.model import Article
from archive.store import Store, stamp


def save_problem(  # noqa: PLR0913 - one argument a column
    store: Store,
    *,
    url: str,
    field: str,
    message: str,
    article_id: int | None = None,
    capture_id: int | None = None,
    seen_at: datetime | str,
) -> None:
    """Store one problem of a page; the same one (address, field, words) is stored once."""
    row = {"url": url, "field": field, "message": message, "article_id": article_id, "capture_id": capture_id}
    with store.transaction():
        store.connection.execute(
            "INSERT INTO problems (url, field, message, article_id, capture_id, seen_at) "
            "SELECT :url, :field, :message, :article_id, :capture_id, :seen_at WHERE NOT EXISTS "
            "(SELECT 1 FROM problems WHERE url = :url AND field = :field AND message = :message)",
            row | {"seen_at": stamp(seen_at)},
        )


def save_warnings(store: Store, article: Article, *, article_id: int, capture_id: int | None, seen_at: str) -> None:
    """Make the problems of a stored article those that its last reading warns of ('field: words')."""
    new = [_field_and_words(warning) for warning in article.warnings]
    held = store.connection.execute(
        "SELECT field, message FROM problems WHERE article_id = :id ORDER BY id", {"id": article_id}
    ).fetchall()
    if [tuple(row) for row in held] == new:
        return
    with store.transaction():
        store.connection.execute("DELETE FROM problems WHERE article_id = :id", {"id": article_id})
        for field, message in new:
            store.connection.execute(
                "INSERT INTO problems (url, field, message, article_id, capture_id, seen_at) "
                "VALUES (:url, :field, :message, :id, :capture, :seen_at)",
                {
                    "url": article.url,
                    "field": field,
                    "message": message,
                    "id": article_id,
                    "capture": capture_id,
                    "seen_at": seen_at,
                },
            )


def _field_and_words(warning: str) -> tuple[str, str]:
    field, colon, words = warning.partition(":")
    return (field.strip(), words.strip()) if colon and " " not in field.strip() else ("page", warning.strip())

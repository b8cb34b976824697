"""The states of an article's text that we keep."""

from archive.records import Revision
from archive.store import Store


def revision_numbers(store: Store, article_id: int) -> list[int]:
    """Return the numbers of an article's states, oldest first."""
    rows = store.connection.execute(
        "SELECT number FROM revisions WHERE article_id = :id ORDER BY number", {"id": article_id}
    )
    return [int(row[0]) for row in rows]


def revision(store: Store, article_id: int, number: int) -> Revision:
    """Return one state of an article; LookupError when there is none of that number."""
    row = store.connection.execute(
        "SELECT * FROM revisions WHERE article_id = :id AND number = :number", {"id": article_id, "number": number}
    ).fetchone()
    if row is None:
        raise LookupError(f"article {article_id} has no state {number}")
    return Revision(**dict(row))

"""What ids tell of a date: they are one counter that follows time, so their neighbours are bounds (SITES 1.2)."""

from datetime import timedelta
from typing import Literal

from archive.dates import first_instant
from archive.model import Article
from archive.store import Store

# A draft has its number before it is published; what a wrong carrier says is off by months.
SLACK = timedelta(days=14)
_NEAR = 40  # rows that are looked at on each side, editions counted singly
_WITNESSES = 2  # on each side: one wrong neighbour accuses nobody


def doubt_of_date(store: Store, article: Article, work_id: str | None) -> str | None:
    """Return a warning when the date of *article* lies outside those of the items numbered just below and above it.

    *work_id* ends in the item's number ("hyper.ai/news/48901"); without a number, a date or neighbours: None.
    The date itself is never changed.
    """
    if not (work_id and article.published_at and work_id.rsplit("/", 1)[-1].isdecimal()):
        return None
    own = first_instant(article.published_at)
    below = [(first_instant(row[1]), row[0]) for row in _neighbours(store, work_id, "below")]
    above = [(first_instant(row[1]), row[0]) for row in _neighbours(store, work_id, "above")]
    if len(below) == _WITNESSES and own < (bound := min(below))[0] - SLACK:
        relation = "before", "lower"
    elif len(above) == _WITNESSES and own > (bound := max(above))[0] + SLACK:
        relation = "after", "higher"
    else:
        return None
    day, work = bound
    return f"published_at: {article.published_at} is {relation[0]} {day:%Y-%m-%d} of {work}, whose id is {relation[1]}"


def _neighbours(store: Store, work_id: str, side: Literal["below", "above"]) -> list[tuple[str, str]]:
    """Return work and date of the nearest works with a date; numbers of one length sort as text."""
    rows = store.connection.execute(
        _BELOW if side == "below" else _ABOVE,
        {"work_id": work_id, "stem": work_id.rsplit("/", 1)[0] + "/", "most": _WITNESSES, "near": _NEAR},
    )
    return [(str(row[0]), str(row[1])) for row in rows]


_BELOW = (
    "SELECT work_id, MIN(published_at) FROM (SELECT work_id, published_at FROM articles "
    "WHERE work_id < :work_id AND work_id > :stem ORDER BY work_id DESC LIMIT :near) "
    "WHERE LENGTH(work_id) = LENGTH(:work_id) AND LENGTH(published_at) >= 10 "
    "GROUP BY work_id ORDER BY work_id DESC LIMIT :most"
)
_ABOVE = (
    "SELECT work_id, MIN(published_at) FROM (SELECT work_id, published_at FROM articles "
    "WHERE work_id > :work_id AND work_id < :stem || ':' ORDER BY work_id LIMIT :near) "
    "WHERE LENGTH(work_id) = LENGTH(:work_id) AND LENGTH(published_at) >= 10 "
    "GROUP BY work_id ORDER BY work_id LIMIT :most"
)

"""Lists of articles as data: what a feed or a CSV file says of each, read from the file in the order asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from archive.opt_out import withholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article of a list; the names are the columns of the CSV file."""

    id: Annotated[int, "Number of the article."]
    address: Annotated[str, "Our page of it, absolute."] = ""
    url: Annotated[str, "Its own address."]
    title: Annotated[str, "Headline; its address where it has none."]
    source: Annotated[str, "Publisher (source key)."]
    kind: Annotated[str, "article (HyperAI's own) or source (cited by one)."]
    lang: Annotated[str, "Language, BCP 47; empty when unknown."]
    authors: Annotated[tuple[str, ...], "Authors verbatim."]
    published_at: Annotated[str, "As sharp as the page printed it; empty when unknown."]
    captured_at: Annotated[str, "First capture, UTC."]
    changed_at: Annotated[str, "When its present state was first seen, UTC."]
    summary: Annotated[str, "The passage that matched, or the page's own summary."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list with its name and where it stands."""

    title: Annotated[str, "What it lists."]
    page: Annotated[str, "The same list for readers, absolute."]
    address: Annotated[str, "This list, absolute."]
    entries: Annotated[tuple[Entry, ...], "In the order of the list."]


def read_entries(
    connection: Any, ids: Sequence[int], *, summaries: Mapping[int, str] | None = None
) -> tuple[Entry, ...]:
    """Return the articles numbered *ids* in that order, without those whose pages ask not to be listed."""
    rows = {row["id"]: row for row in connection.execute(_ENTRIES, {"ids": json.dumps(list(ids))})}
    listed = [rows[number] for number in ids if number in rows and not withholds(rows[number]["opt_out"], "search")]
    return tuple(_entry(row, (summaries or {}).get(row["id"])) for row in listed)


def latest_ids(connection: Any, *, lang: str = "", section: str = "", limit: int) -> list[int]:
    """Return the newest HyperAI articles, of one language or section where named."""
    rows = connection.execute(_LATEST, {"lang": lang, "section": section, "limit": limit})
    return [row["id"] for row in rows]


def publisher_ids(connection: Any, key: str, *, limit: int) -> list[int]:
    """Return the newest pages that we hold of a publisher."""
    return [row["id"] for row in connection.execute(_OF_PUBLISHER, {"key": key, "limit": limit})]


def month_ids(connection: Any, month: str, *, limit: int) -> list[int]:
    """Return the HyperAI articles of *month* (2025-11), newest first, as the timeline shows them."""
    rows = connection.execute(_IN_MONTH, {"month": month, "limit": limit})
    return [row["id"] for row in rows]


def read_months(connection: Any) -> list[tuple[str, int]]:
    """Return every month of which there are HyperAI articles to list, "" for no date, newest first, with how many."""
    return [(row[0], row[1]) for row in connection.execute(_MONTHS)]


def read_month(connection: Any, month: str) -> tuple[Entry, ...]:
    """Return the HyperAI articles of a month ("" for those without a date), newest first."""
    return read_entries(connection, [row[0] for row in connection.execute(_OF_MONTH, {"month": month})])


def _entry(row: Any, summary: str | None) -> Entry:
    return Entry(
        id=row["id"],
        url=row["canonical_url"],
        title=row["title"] or row["canonical_url"],
        source=row["source"],
        kind=row["kind"],
        lang=row["lang"] or "",
        authors=tuple(json.loads(row["authors"] or "[]")),
        published_at=row["published_at"] or "",
        captured_at=row["first_captured_at"],
        changed_at=row["changed_at"] or row["first_captured_at"],
        summary=summary if summary is not None else row["description"] or "",
    )


_ENTRIES = """
SELECT id, canonical_url, title, source, kind, lang, authors, published_at, first_captured_at, description, opt_out,
    (SELECT seen_at FROM revisions WHERE article_id = articles.id AND number = articles.n_revisions) AS changed_at
FROM articles WHERE id IN (SELECT value FROM json_each(:ids))
"""
_LATEST = """
SELECT id FROM articles
WHERE kind = 'article' AND (:lang = '' OR lang = :lang) AND (:section = '' OR section = :section)
ORDER BY COALESCE(published_at, first_captured_at) DESC, id DESC LIMIT :limit
"""
_IN_MONTH = """
SELECT id FROM articles
WHERE kind = 'article' AND COALESCE(published_at, first_captured_at) >= :month
    AND COALESCE(published_at, first_captured_at) < :month || '~'
ORDER BY COALESCE(published_at, first_captured_at) DESC, id DESC LIMIT :limit
"""
_OF_PUBLISHER = """
SELECT id FROM articles WHERE source = :key ORDER BY COALESCE(published_at, first_captured_at) DESC LIMIT :limit
"""
_LISTED = "kind = 'article' AND (opt_out IS NULL OR ' ' || opt_out || ' ' NOT LIKE '% noindex %')"
_MONTHS = f"""
SELECT COALESCE(SUBSTR(published_at, 1, 7), '') AS month, COUNT(*) FROM articles WHERE {_LISTED}
GROUP BY 1 ORDER BY month DESC
"""  # noqa: S608 - constants
_OF_MONTH = f"""
SELECT id FROM articles WHERE {_LISTED} AND COALESCE(SUBSTR(published_at, 1, 7), '') = :month
ORDER BY published_at DESC, id DESC
"""  # noqa: S608

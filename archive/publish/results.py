"""A search as the search page asks it: arguments in, hits with marked passages out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.search import search

PAGE_SIZE = 20
MAX_PAGE = 50
KINDS = ("article", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader asks for; empty fields filter nothing."""

    q: str = ""
    kind: str = ""
    lang: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @classmethod
    def from_arguments(cls, arguments: Any) -> "Query":
        """Return the query that an address's *arguments* mean; what makes no sense is left out."""
        texts = {name: (arguments.get(name) or "").strip()[:500] for name in ("q", "lang", "source", "since", "until")}
        kind = arguments.get("kind") or ""
        page = arguments.get("page") or "1"
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
        return cls(**texts, kind=kind if kind in KINDS else "", page=min(max(number, 1), MAX_PAGE))

    def filters(self) -> dict[str, str]:
        """Return the filters that are set."""
        names = ("kind", "lang", "source", "since", "until")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def read_results(connection: Any, *, query: Query) -> dict[str, Any]:
    """Return the hits of one page, best first; `total` is None when there are more pages.

    All matches of a common word are not counted for it: that costs as much as the search itself.
    """
    if not query.q:
        return {"hits": [], "total": 0, "has_more": False, "stopped": False}
    offset = (query.page - 1) * PAGE_SIZE
    filters: Mapping[str, Any] = query.filters()
    hits = search(connection, query.q, **filters, limit=PAGE_SIZE + 1, offset=offset)
    has_more = len(hits) > PAGE_SIZE
    shown = [_hit(hit) for hit in hits[:PAGE_SIZE]]
    return {"hits": shown, "total": None if has_more else offset + len(shown), "has_more": has_more, "stopped": False}


def marked_parts(text: str, marks: Any) -> list[tuple[str, bool]]:
    """Return *text* cut into parts, each with whether it is marked; *marks* are (start, end) in order."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def _hit(hit: Any) -> dict[str, Any]:
    names = ("article_id", "url", "title", "source", "lang", "kind", "published_at", "score")
    snippets = [
        {"where": each.where, "text": each.text, "parts": marked_parts(each.text, each.marks)} for each in hit.snippets
    ]
    return {**{name: getattr(hit, name) for name in names}, "snippets": snippets}

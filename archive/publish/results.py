"""A search as the search page asks it: arguments in; hits with marked passages, facets and suggestions out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archive.facets import count_facets
from archive.query import Filters, Query
from archive.search import Found, Options, find, hits_of
from archive.similar import similar_articles
from archive.store.saved_searches import saved_searches
from archive.suggestions import did_you_mean

PAGE_SIZE = 20
MAX_PAGE = 50
KINDS = ("article", "source")
FILTER_NAMES = ("kind", "lang", "source", "section", "outcome", "since", "until", "cites")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What a reader asks for; empty fields filter nothing. *like* is an article instead of words."""

    q: str = ""
    kind: str = ""
    lang: str = ""
    source: str = ""
    section: str = ""
    outcome: str = ""
    since: str = ""
    until: str = ""
    cites: str = ""
    order: str = "best"
    spellings: str = "auto"
    raw: bool = False
    like: int = 0
    page: int = 1

    @classmethod
    def from_arguments(cls, arguments: Any) -> "SearchRequest":
        """Return the request that an address's *arguments* mean; what makes no sense is left out."""
        texts = {name: (arguments.get(name) or "").strip()[:500] for name in ("q", *FILTER_NAMES)}
        if month := _one_of(arguments.get("month"), None):
            texts["since"] = texts["until"] = month[:7]
        return cls(
            **{**texts, "kind": texts["kind"] if texts["kind"] in KINDS else ""},
            order=_one_of(arguments.get("order"), ("newest",)) or "best",
            spellings=_one_of(arguments.get("spellings"), ("always", "never")) or "auto",
            raw=arguments.get("raw") == "1",
            like=_number(arguments.get("like"), 2**62),
            page=min(max(_number(arguments.get("page"), 999), 1), MAX_PAGE),
        )

    def filters(self) -> dict[str, str]:
        """Return the filters that are set."""
        return {name: getattr(self, name) for name in FILTER_NAMES if getattr(self, name)}

    def choices(self) -> dict[str, str]:
        """Return everything that is set, but the words and the page: what links to other pages of hits keep."""
        how = {"order": self.order, "spellings": self.spellings, "raw": "1" if self.raw else ""}
        plain = {"order": "best", "spellings": "auto", "raw": ""}
        return {**self.filters(), **{name: value for name, value in how.items() if value != plain[name]}}


def read_results(connection: Any, *, request: SearchRequest) -> dict[str, Any]:
    """Return the hits of one page with facets and how the query was read.

    `total` is an estimate unless `is_exact`, and None when there are more pages of an answer that is not counted.
    """
    if request.like:
        return _like(connection, request)
    if not request.q and not request.filters():
        return {**NO_RESULTS, "saved": [asdict(saved) for saved in saved_searches(connection)]}
    offset = (request.page - 1) * PAGE_SIZE
    options = Options(request.order, request.spellings, request.raw)  # type: ignore[arg-type]
    filters: Mapping[str, Any] = request.filters()
    found = find(connection, request.q, filters=Filters(**filters), options=options, limit=PAGE_SIZE + 1, offset=offset)
    counted = count_facets(connection, found.match, found.filters) if found.match and found.hits else None
    meant = [] if found.hits or request.raw else did_you_mean(connection, found.query, found.filters)
    page = _page(found, offset)
    if counted:
        page |= {"facets": [asdict(facet) for facet in counted.facets]}
        if page["total"] is None:
            page |= {"total": counted.total, "is_exact": counted.is_exact}
    return {**page, "did_you_mean": meant}


def read_feed(connection: Any, *, request: SearchRequest, limit: int = 50) -> Found:
    """Return the newest hits of a request, for a feed."""
    filters: Mapping[str, Any] = request.filters()
    return find(connection, request.q, filters=Filters(**filters), options=Options(order="newest"), limit=limit)


NO_RESULTS: Mapping[str, Any] = {
    "hits": [],
    "total": 0,
    "is_exact": True,
    "has_more": False,
    "stopped": False,
    "read_as": "",
    "order": "best",
    "notes": [],
    "also": [],
    "offered": [],
    "facets": [],
    "did_you_mean": [],
    "saved": [],
}


def marked_parts(text: str, marks: Any) -> list[tuple[str, bool]]:
    """Return *text* cut into parts, each with whether it is marked; *marks* are (start, end) in order."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def _page(found: Found, offset: int) -> dict[str, Any]:
    has_more = len(found.hits) > PAGE_SIZE
    shown = [_hit(hit) for hit in found.hits[:PAGE_SIZE]]
    return {
        **NO_RESULTS,
        "hits": shown,
        "total": None if has_more else offset + len(shown),
        "has_more": has_more,
        "read_as": found.read_as,
        "order": found.order,
        "notes": [asdict(note) for note in found.query.notes],
        "also": [asdict(spelling) for spelling in found.also],
        "offered": [asdict(spelling) for spelling in found.offered],
    }


def _like(connection: Any, request: SearchRequest) -> dict[str, Any]:
    similar = similar_articles(connection, request.like, limit=PAGE_SIZE)
    hits = hits_of(connection, [(one.article_id, one.score) for one in similar], Query(""))
    shown = [
        {**_hit(hit), "n_shared_citations": one.n_shared_citations, "shared_words": list(one.shared_words)}
        for one, hit in zip(similar, hits, strict=True)
    ]
    return {**NO_RESULTS, "hits": shown, "total": len(shown), "order": "like", "like": request.like}


def _hit(hit: Any) -> dict[str, Any]:
    names = ("article_id", "url", "title", "source", "lang", "kind", "published_at", "score")
    snippets = [
        {
            "where": each.where,
            "number": each.number,
            "text": each.text,
            "parts": marked_parts(each.text, each.marks),
        }
        for each in hit.snippets
    ]
    return {**{name: getattr(hit, name) for name in names}, "snippets": snippets}


def _one_of(value: str | None, known: tuple[str, ...] | None) -> str:
    return value if value and (known is None or value in known) else ""


def _number(value: str | None, at_most: int) -> int:
    return min(int(value), at_most) if value and value.isascii() and value.isdigit() and len(value) < 20 else 0

"""What the demo tells after its crawl: articles, references, what became of each source, and a sample search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from archive.search import Hit, search
from archive.store import Store

WORDS = {
    "ok": "kept",
    "paywalled": "kept as far as it could be read",
    "challenge": "bot wall",
    "consent": "asks for consent",
    "login": "asks to log in",
    "soft-404": "says 200, shows “not found”",
    "gone": "gone (404 or 410)",
    "stub": "stub",
    "shell": "empty without scripts",
    "not-html": "neither HTML nor PDF",
    "error": "no answer, or redirects in a ring",
    "robots": "its robots.txt forbids it",
    "cite-only": "its terms forbid it: never asked",
    "blocked-address": "private address: never asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts after a crawl of the demo world, all read from the archive."""

    articles: Annotated[dict[str, int], "HyperAI articles by language, most first."]
    n_references: Annotated[int, "Entries of printed reference lists."]
    n_with_references: Annotated[int, "Articles that print such a list."]
    sources: Annotated[dict[str, int], "Cited addresses by outcome, most first."]
    refusals: Annotated[tuple[tuple[str, str], ...], "Refused addresses as (outcome, address)."]
    n_mentions: Annotated[int, "Sources that a text names without a link."]


def read_summary(store: Store) -> Summary:
    """Return what the archive behind *store* holds."""
    rows = store.connection.execute
    references = rows("SELECT COUNT(*), COUNT(DISTINCT article_id) FROM citations WHERE kind = 'reference'").fetchone()
    outcomes = rows(
        "SELECT outcome, url FROM cited_sources "
        "WHERE outcome IN ('blocked-address', 'cite-only', 'robots') ORDER BY outcome, url"
    )
    return Summary(
        articles=_counts(
            rows("SELECT lang, COUNT(*) FROM articles WHERE kind = 'article' GROUP BY lang ORDER BY 2 DESC, 1")
        ),
        n_references=references[0],
        n_with_references=references[1],
        sources=_counts(
            rows("SELECT COALESCE(outcome, 'waiting'), COUNT(*) FROM cited_sources GROUP BY 1 ORDER BY 2 DESC, 1")
        ),
        refusals=tuple((outcome, url) for outcome, url in outcomes),
        n_mentions=rows("SELECT COUNT(*) FROM citations WHERE kind = 'mention'").fetchone()[0],
    )


def summary_lines(summary: Summary) -> Iterator[str]:
    """Yield the lines that a person reads."""
    languages = ", ".join(f"{lang or '?'} {n}" for lang, n in summary.articles.items())
    yield f"  HyperAI articles  {sum(summary.articles.values()):4}   {languages}"
    yield f"  references        {summary.n_references:4}   printed at the end of {summary.n_with_references} articles"
    yield f"  mentions          {summary.n_mentions:4}   sources named without a link"
    yield f"  cited sources     {sum(summary.sources.values()):4}   of which"
    for outcome, n in summary.sources.items():
        yield f"    {outcome:<16}{n:4}   {WORDS.get(outcome, '')}".rstrip()
    yield f"  refused           {len(summary.refusals):4}"
    for outcome, url in summary.refusals:
        yield f"    {outcome:<16}       {url}"


def sample_search(store: Store, query: str, *, limit: int) -> Iterator[str]:
    """Yield the lines of a search for *query*: title, place and snippets with the found words in brackets."""
    for hit in search(store, query, limit=limit):
        yield f"  {hit.title}"
        yield f"    {_place(hit)}"
        yield from (f"    … {_marked(snippet.text, snippet.marks)}" for snippet in hit.snippets[:1])


def _place(hit: Hit) -> str:
    return " · ".join(part for part in (hit.lang, (hit.published_at or "")[:10], hit.url) if part)


def _marked(text: str, marks: Iterable[tuple[int, int]]) -> str:
    pieces, end = [], 0
    for start, stop in marks:
        pieces += [text[end:start], "[", text[start:stop], "]"]
        end = stop
    return "".join((*pieces, text[end:])).replace("\n", " ")


def _counts(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(rows)

"""A publisher: how often it is cited, what became of its cited pages, how well it is read; and the list of all."""

from functools import partial
from typing import Any

from archive.publish.answering import decoded, not_answered, page_number, read, show, words_of
from archive.publish.charts import stacked_bars
from archive.publish.pictures import field_coverage, link_survival
from archive.publish.words import Words

N_LISTED = 100
PAGE_SIZE = 50
MAX_PAGE = 400

PUBLISHER_SQL = "SELECT key, name, home, language, policy, reason FROM sources WHERE key = :key"
TOTALS_SQL = "SELECT n_cited_pages, n_citations, n_held, n_lost FROM source_totals WHERE source = :key"
MONTHS_SQL = (
    "SELECT month, n_citations, n_articles FROM citation_months WHERE source = :key ORDER BY month DESC LIMIT 36"
)
PAGES_SQL = """
SELECT id, title, kind, lang, published_at, published_precision, outcome, n_revisions FROM articles
WHERE source = :key ORDER BY COALESCE(published_at, first_captured_at) DESC LIMIT :limit
"""
CITED_SQL = """
SELECT surt, url, title, state, outcome, n_citing, cited_article_id, hours_after_publication FROM cited_sources
WHERE domain = :key ORDER BY n_citing DESC, surt LIMIT :limit
"""
LIST_SQL = """
SELECT source_totals.source, source_totals.n_cited_pages, source_totals.n_citations, source_totals.n_held,
    source_totals.n_lost, sources.name, sources.policy
FROM source_totals LEFT JOIN sources ON sources.key = source_totals.source
ORDER BY source_totals.n_citations DESC, source_totals.source LIMIT :limit OFFSET :offset
"""


async def publisher_page(request: Any, datasette: Any) -> Any:
    """Answer /source/<key>: a publisher."""
    key, words = decoded(request.url_vars["key"]), words_of(request)
    publisher = await read(datasette, partial(read_publisher, key=key, words=words))
    if publisher is None:
        return await not_answered(datasette, request, 404)
    return await show(datasette, request, "publisher", publisher)


async def publishers_page(request: Any, datasette: Any) -> Any:
    """Answer /sources: every cited publisher, most cited first."""
    number = page_number(request, MAX_PAGE)
    return await show(datasette, request, "publishers", await read(datasette, partial(read_publishers, number=number)))


def read_publisher(connection: Any, key: str, words: Words) -> dict[str, Any] | None:
    """Return a publisher with its counts, the pages we hold of it and its cited pages; None when it is unknown here."""
    row = connection.execute(PUBLISHER_SQL, {"key": key}).fetchone()
    pages = [dict(each) for each in connection.execute(PAGES_SQL, {"key": key, "limit": N_LISTED})]
    cited = [dict(each) for each in connection.execute(CITED_SQL, {"key": key, "limit": N_LISTED})]
    if not (row or pages or cited):
        return None
    plain = {"key": key, "name": key, "home": "", "language": None, "policy": "crawl", "reason": ""}
    totals = connection.execute(TOTALS_SQL, {"key": key}).fetchone()
    months = [dict(each) for each in connection.execute(MONTHS_SQL, {"key": key})]
    return {
        **plain,
        **(dict(row) if row else {}),
        "totals": dict(totals) if totals else None,
        "months": months,
        "drawing": _by_month(months, words),
        "survival": _with_drawing(link_survival(connection, words, key)),
        "coverage": _with_drawing(field_coverage(connection, words, key)),
        "pages": pages,
        "cited": cited,
    }


def read_publishers(connection: Any, number: int) -> dict[str, Any]:
    """Return one page of the list of publishers."""
    offset = (number - 1) * PAGE_SIZE
    rows = [dict(row) for row in connection.execute(LIST_SQL, {"limit": PAGE_SIZE + 1, "offset": offset})]
    return {"publishers": rows[:PAGE_SIZE], "page": number, "has_more": len(rows) > PAGE_SIZE and number < MAX_PAGE}


def _by_month(months: list[dict[str, Any]], words: Words) -> str | None:
    if len(months) < 2:
        return None
    ordered = months[::-1]
    counts = {words("citations"): [row["n_citations"] for row in ordered]}
    return stacked_bars([row["month"] for row in ordered], counts, title=words("Citations by month"))


def _with_drawing(picture: Any) -> dict[str, Any]:
    return {"rows": picture.rows, "drawing": picture.drawings[0] if picture.drawings else None, "about": picture.about}

"""Addresses that answer with data: lists as feeds and CSV, articles in citation formats, sitemaps, llms.txt."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from functools import partial
from typing import Any

from datasette import Response
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.errors import AddressError, ArchiveError, QueryError
from archive.publish import citing, feed, reading, sitemaps
from archive.publish.answering import article_number, as_json, decoded, not_answered, read, words_of
from archive.publish.listing import Listing, latest_ids, month_ids, publisher_ids, read_entries
from archive.publish.public import absolute, own_address, site_link
from archive.publish.publisher_page import read_publisher
from archive.publish.results import SearchRequest, read_feed
from archive.spreadsheets import neutral
from archive.store.saved_searches import saved_search

N_FEED, N_CSV = 50, 500
LIST_ENDINGS, CITING_ENDINGS = (
    "|".join(ending.replace(".", r"\.") for ending in formats) for formats in (feed.FORMATS, citing.FORMATS)
)


async def latest(request: Any, datasette: Any) -> Any:
    """Answer /latest.atom, .feed.json, .csv: the newest HyperAI articles; ?lang= and ?section= narrow them."""
    chosen = {name: (request.args.get(name) or "")[:50] for name in ("lang", "section")}
    ids = partial(latest_ids, lang=chosen["lang"], section=chosen["section"], limit=_limit(request))
    title = ", ".join(filter(None, chosen.values()))
    return await _listed(datasette, request, ids, title=title, page=("/", {}))


async def search_data(request: Any, datasette: Any) -> Any:
    """Answer /-/search.atom, .feed.json, .csv: the newest hits."""
    asked = SearchRequest.from_arguments(request.args)
    arguments = {"q": asked.q, **asked.choices()}
    return await _found(datasette, request, asked, title=asked.q, page=("/-/search", arguments))


async def saved_data(request: Any, datasette: Any) -> Any:
    """Answer /-/saved/<name>.atom, .feed.json, .csv: the newest hits of a saved search."""
    name = decoded(request.url_vars["name"])
    try:
        saved = await read(datasette, partial(saved_search, name=name))
    except QueryError:
        return await not_answered(datasette, request, 404)
    asked = SearchRequest(q=saved.query)
    return await _found(datasette, request, asked, title=name, page=("/-/search", {"q": saved.query}))


async def publisher_data(request: Any, datasette: Any) -> Any:
    """Answer /source/<key>.atom, .feed.json, .csv, .json: the pages we hold of a publisher, newest first."""
    key = decoded(request.url_vars["key"])
    publisher = await read(datasette, partial(read_publisher, key=key, words=words_of(request)))
    if publisher is None:
        return await not_answered(datasette, request, 404)
    if request.url_vars["format"] == "json":
        return as_json(publisher)
    ids = partial(publisher_ids, key=key, limit=_limit(request))
    return await _listed(datasette, request, ids, title=key, page=(f"/source/{key}", {}))


async def month_data(request: Any, datasette: Any) -> Any:
    """Answer /timeline/<year>-<month>.atom, .feed.json, .csv: the articles of a month, newest first."""
    month = request.url_vars["month"]
    ids = partial(month_ids, month=month, limit=N_CSV)
    return await _listed(datasette, request, ids, title=month, page=(f"/timeline/{month}", {}))


async def publishers_data(datasette: Any) -> Any:
    """Answer /sources.csv: every cited publisher, most cited first."""
    rows = await read(datasette, lambda connection: connection.execute(_PUBLISHERS).fetchall())
    names = ("source", "name", "policy", "n_cited_pages", "n_citations", "n_held", "n_lost")
    return Response(_csv_of(names, rows), content_type="text/csv; charset=utf-8")


async def cited_data(request: Any, datasette: Any) -> Any:
    """Answer /cited.atom, .feed.json, .csv with ?url=: the articles that cite an address, newest first."""
    url = (request.args.get("url") or "").strip()
    try:
        cited = await read(datasette, partial(reading.read_cited, url=url)) if url else None
    except AddressError:
        return await not_answered(datasette, request, 400)
    if cited is None:
        return await not_answered(datasette, request, 404)
    ids = [article["id"] for article in cited["cited_by"]]
    return await _listed(datasette, request, lambda _: ids, title=url, page=("/cited", {"url": url}))


async def article_citation(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>.bib, .ris, .csl.json: how to cite an article and our copy of it."""
    article = await read(datasette, partial(reading.read_article, article_id=article_number(request)))
    if article is None:
        return await not_answered(datasette, request, 404)
    work = citing.work_of(article, address=absolute(datasette, request, f"/article/{article['id']}"))
    return _cited_as(request, [work])


async def sources_data(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>/sources.bib, .ris, .csl.json, .csv, .json: what an article cites."""
    article_id = article_number(request)
    if await read(datasette, partial(reading.read_article, article_id=article_id)) is None:
        return await not_answered(datasette, request, 404)

    def copy_address(number: int) -> str:
        return absolute(datasette, request, f"/article/{number}")

    works = await read(datasette, partial(citing.works_cited, article_id=article_id, copy_address=copy_address))
    if request.url_vars["format"] == "json":
        return as_json({"article_id": article_id, "sources": [asdict(work) for work in works]})
    if request.url_vars["format"] == "csv":
        return Response(_works_csv(works), content_type="text/csv; charset=utf-8")
    return _cited_as(request, works)


async def sitemap_index(request: Any, datasette: Any) -> Any:
    """Answer /sitemap.xml: where the sitemaps of the articles are."""
    total = await read(datasette, sitemaps.n_parts)
    parts = [absolute(datasette, request, f"/sitemap-{part}.xml") for part in range(1, total + 1)]
    return _xml(sitemaps.sitemap_index(parts))


async def sitemap_part(request: Any, datasette: Any) -> Any:
    """Answer /sitemap-<n>.xml: at most 50,000 articles with their last change."""
    part = int(request.url_vars["part"])
    if part > await read(datasette, sitemaps.n_parts) or not part:
        return await not_answered(datasette, request, 404)
    entries = await read(datasette, partial(sitemaps.part_entries, part=part))
    start = absolute(datasette, request, "/article/")
    return _xml(sitemaps.sitemap((f"{start}{number}", changed_at) for number, changed_at in entries))


async def robots(request: Any, datasette: Any) -> Any:
    """Answer /robots.txt."""
    text = sitemaps.robots_txt(
        root=site_link(datasette, "/"), sitemap_address=absolute(datasette, request, "/sitemap.xml")
    )
    return Response.text(text)


async def llms(request: Any, datasette: Any) -> Any:
    """Answer /llms.txt: what an assistant may ask here."""
    return Response.text(sitemaps.llms_txt(_title(datasette), partial(absolute, datasette, request)))


async def opensearch(request: Any, datasette: Any) -> Any:
    """Answer /opensearch.xml: the search, for browsers."""
    at = partial(absolute, datasette, request)
    text = sitemaps.opensearch(
        _title(datasette),
        page=f"{at('/-/search')}?q=",
        feed=f"{at('/-/search.atom')}?q=",
        icon=at("/static/icon.svg"),
    )
    return _xml(text, "application/opensearchdescription+xml; charset=utf-8")


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (rf"^/latest\.(?P<format>{LIST_ENDINGS})$", latest),
    (rf"^/-/search\.(?P<format>{LIST_ENDINGS})$", search_data),
    (rf"^/-/saved/(?P<name>[^/]{{1,300}}?)\.(?P<format>{LIST_ENDINGS})$", saved_data),
    (rf"^/source/(?P<key>[^/]{{1,300}}?)\.(?P<format>{LIST_ENDINGS}|json)$", publisher_data),
    (rf"^/timeline/(?P<month>[0-9]{{4}}-(?:0[1-9]|1[0-2]))\.(?P<format>{LIST_ENDINGS})$", month_data),
    (r"^/sources\.csv$", publishers_data),
    (rf"^/cited\.(?P<format>{LIST_ENDINGS})$", cited_data),
    (rf"^/article/(?P<id>[0-9]{{1,19}})\.(?P<format>{CITING_ENDINGS})$", article_citation),
    (rf"^/article/(?P<id>[0-9]{{1,19}})/sources\.(?P<format>{CITING_ENDINGS}|csv|json)$", sources_data),
    (r"^/sitemap\.xml$", sitemap_index),
    (r"^/sitemap-(?P<part>[0-9]{1,9})\.xml$", sitemap_part),
    (r"^/robots\.txt$", robots),
    (r"^/llms\.txt$", llms),
    (r"^/opensearch\.xml$", opensearch),
]


async def _found(
    datasette: Any, request: Any, asked: SearchRequest, *, title: str, page: tuple[str, dict[str, Any]]
) -> Any:
    try:
        found = await read(datasette, partial(read_feed, request=asked, limit=_limit(request)))
    except (sqlite3.Error, ArchiveError, MemoryError):
        return Response.text("This search took too long or cannot be read.", status=400)
    passages = {
        hit.article_id: next((part.text for part in hit.snippets if part.where != "title"), "") for hit in found.hits
    }
    return await _listed(
        datasette, request, lambda _: list(passages), title=title or found.read_as, page=page, summaries=passages
    )


async def _listed(
    datasette: Any,
    request: Any,
    ids: Callable[[Any], list[int]],
    *,
    title: str,
    page: tuple[str, dict[str, Any]],
    summaries: dict[int, str] | None = None,
) -> Any:
    entries = await read(datasette, lambda connection: read_entries(connection, ids(connection), summaries=summaries))
    at = partial(absolute, datasette, request)
    path, arguments = page
    listing = Listing(
        title=f"{_title(datasette)}: {title}" if title else _title(datasette),
        page=at(path, **arguments),
        address=own_address(datasette, request),
        entries=tuple(replace(entry, address=at(f"/article/{entry.id}")) for entry in entries),
    )
    _, content_type, make = feed.FORMATS[request.url_vars["format"]]
    return Response(make(listing), content_type=content_type)


def _cited_as(request: Any, works: list[citing.Work]) -> Any:
    _, content_type, make = citing.FORMATS[request.url_vars["format"]]
    return Response(make(works), content_type=content_type)


def _works_csv(works: list[citing.Work]) -> str:
    rows = ((asdict(work) | {"authors": "; ".join(work.authors)}).values() for work in works)
    return _csv_of([field.name for field in fields(citing.Work)], rows)


def _csv_of(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()


def _xml(text: str, content_type: str = "application/xml; charset=utf-8") -> Any:
    return Response(text, content_type=content_type)


def _limit(request: Any) -> int:
    return N_CSV if request.url_vars["format"] == "csv" else N_FEED


def _title(datasette: Any) -> str:
    return str((datasette.plugin_config("archive") or {}).get("title", ""))


_PUBLISHERS = """
SELECT source_totals.source, sources.name, sources.policy, source_totals.n_cited_pages, source_totals.n_citations,
    source_totals.n_held, source_totals.n_lost
FROM source_totals LEFT JOIN sources ON sources.key = source_totals.source
ORDER BY source_totals.n_citations DESC, source_totals.source
"""

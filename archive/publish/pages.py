"""Our pages: home, search, article, cited address, publisher; each also as JSON (?_format=json)."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from datasette import Response
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.errors import AddressError, ArchiveError, QueryError
from archive.publish import reading
from archive.publish.about_page import about_page
from archive.publish.addresses import publisher_of
from archive.publish.answering import article_number, decoded, link, not_answered, read, show
from archive.publish.graph_page import graph_page
from archive.publish.pictures import picture_numbers, pictures_page
from archive.publish.publisher_page import publisher_page, publishers_page
from archive.publish.results import NO_RESULTS, PAGE_SIZE, SearchRequest, read_results
from archive.publish.runs_page import runs_page
from archive.publish.states import changes_page, choose_changes, state_page
from archive.publish.timeline_page import timeline_page
from archive.store.saved_searches import saved_search
from archive.store.takedowns import takedown_of


async def home(request: Any, datasette: Any) -> Any:
    """Answer /: search box, counts, the latest articles by day."""
    return await show(datasette, request, "home", await read(datasette, reading.read_home))


async def search_page(request: Any, datasette: Any) -> Any:
    """Answer /-/search?q=…: ranked passages; every query answers 200."""
    asked = SearchRequest.from_arguments(request.args)
    try:
        results = await read(datasette, partial(read_results, request=asked))
    except QueryError as error:
        results = {**NO_RESULTS, "notes": [{"text": "{words}", "words": str(error)}]}
    except (sqlite3.Error, ArchiveError, MemoryError):
        results = {**NO_RESULTS, "stopped": True}
    results |= {"query": asked.q, "filters": asked.filters(), "choices": asked.choices()}
    return await show(datasette, request, "search", {**results, "page": asked.page, "page_size": PAGE_SIZE})


async def saved_page(request: Any, datasette: Any) -> Any:
    """Answer /-/saved/<name>: the hits of a saved search."""
    name = decoded(request.url_vars["name"])
    try:
        saved = await read(datasette, partial(saved_search, name=name))
    except QueryError:
        return await not_answered(datasette, request, 404)
    return Response.redirect(link(datasette, request, "/-/search", q=saved.query))


async def article_page(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>: the reading view with its sources."""
    article = await read(datasette, partial(reading.read_article, article_id=article_number(request)))
    if article is None:
        gone = await read(datasette, partial(takedown_of, article_id=article_number(request)))
        return await not_answered(datasette, request, 410 if gone else 404, gone["reason"] if gone else None)
    return await show(datasette, request, "article", article)


async def cited_page(request: Any, datasette: Any) -> Any:
    """Answer /cited?url=…: one cited address, held or not; without url, a form to ask for one."""
    url = (request.args.get("url") or "").strip()
    context: dict[str, Any] = {"asked": url, "cited": None, "is_address": True}
    if url and "/" not in url and publisher_of(url):
        return Response.redirect(link(datasette, request, f"/source/{quote(publisher_of(url) or '')}"))
    if url:
        try:
            context["cited"] = await read(datasette, partial(reading.read_cited, url=url))
        except AddressError:
            context["is_address"] = False
    return await show(datasette, request, "cited", context)


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", home),
    (r"^/-/search(?:\.(?P<format>json))?$", search_page),
    (r"^/-/saved/(?P<name>[^/]{1,300})$", saved_page),
    (r"^/article/(?P<id>[0-9]{1,19})(?:\.(?P<format>json))?$", article_page),
    (r"^/article/(?P<id>[0-9]{1,19})/state/(?P<number>[0-9]{1,9})(?:\.(?P<format>json))?$", state_page),
    (r"^/article/(?P<id>[0-9]{1,19})/changes$", choose_changes),
    (
        r"^/article/(?P<id>[0-9]{1,19})/changes/(?P<older>[0-9]{1,9})/(?P<newer>[0-9]{1,9})(?:\.(?P<format>json))?$",
        changes_page,
    ),
    (r"^/cited(?:\.(?P<format>json))?$", cited_page),
    (r"^/article/(?P<id>[0-9]{1,19})/graph(?:\.(?P<format>json))?$", graph_page),
    (r"^/timeline(?:/(?P<month>[^/]{1,20}?))?(?:\.(?P<format>json))?$", timeline_page),
    (r"^/runs(?:\.(?P<format>json))?$", runs_page),
    (r"^/about$", about_page),
    (r"^/sources(?:\.(?P<format>json))?$", publishers_page),
    (r"^/source/(?P<key>[^/]{1,300})$", publisher_page),
    (r"^/pictures$", pictures_page),
    (r"^/pictures/(?P<name>[a-z]{1,20})\.(?P<format>csv|json)$", picture_numbers),
]

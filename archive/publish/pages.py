"""Our pages: home, search, article, cited address, publisher; each also as JSON (?_format=json)."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from datasette import Response
from datasette.utils import sqlite_timelimit, tilde_decode
from datasette.views.base import DatasetteError
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.errors import AddressError, ArchiveError, QueryError
from archive.publish import reading
from archive.publish.feed import CONTENT_TYPE, feed
from archive.publish.metadata import DATABASE
from archive.publish.moments import elapsed_since, format_when
from archive.publish.results import NO_RESULTS, PAGE_SIZE, SearchRequest, read_feed, read_results
from archive.publish.words import CARRIERS, LANGUAGE_NAMES, NAMES, OUTCOMES, Words, choose_language
from archive.store.saved_searches import saved_search

TIME_LIMIT_MS = 3000
STYLESHEET = Path(__file__).parent / "static" / "archive.css"
MAX_ID = 2**63 - 1


async def home(request: Any, datasette: Any) -> Any:
    """Answer /: search box, counts, the latest articles by day."""
    return await _page(datasette, request, "home", await _read(datasette, reading.read_home))


async def search_page(request: Any, datasette: Any) -> Any:
    """Answer /-/search?q=…: ranked passages; every query answers 200."""
    asked = SearchRequest.from_arguments(request.args)
    try:
        results = await _read(datasette, partial(read_results, request=asked))
    except QueryError as error:
        results = {**NO_RESULTS, "notes": [str(error)]}
    except (sqlite3.Error, ArchiveError, MemoryError):
        results = {**NO_RESULTS, "stopped": True}
    results |= {"query": asked.q, "filters": asked.filters(), "choices": asked.choices()}
    return await _page(datasette, request, "search", {**results, "page": asked.page, "page_size": PAGE_SIZE})


async def search_feed(request: Any, datasette: Any) -> Any:
    """Answer /-/search.atom?q=…: the newest hits as a feed."""
    asked = SearchRequest.from_arguments(request.args)
    try:
        found = await _read(datasette, partial(read_feed, request=asked))
    except (sqlite3.Error, ArchiveError, MemoryError):
        return Response("This search took too long or cannot be read.", status=400, content_type="text/plain")
    return _feed(datasette, request, found, f"{asked.q or found.read_as}")


async def saved_page(request: Any, datasette: Any) -> Any:
    """Answer /-/saved/<name>: the hits of a saved search; with .atom as a feed."""
    name = _decoded(request.url_vars["name"])
    try:
        saved = await _read(datasette, partial(saved_search, name=name))
    except QueryError:
        return await _failed(datasette, request, 404)
    if not request.url_vars.get("format"):
        return Response.redirect(_link(datasette, request, "/-/search", q=saved.query))
    found = await _read(datasette, partial(read_feed, request=SearchRequest(q=saved.query)))
    return _feed(datasette, request, found, name)


async def article_page(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>: the reading view with its sources."""
    article_id = int(request.url_vars["id"])
    if article_id > MAX_ID:
        return await _failed(datasette, request, 404)
    article = await _read(datasette, partial(reading.read_article, article_id=article_id))
    if article is None:
        return await _failed(datasette, request, 404)
    return await _page(datasette, request, "article", article)


async def cited_page(request: Any, datasette: Any) -> Any:
    """Answer /cited?url=…: one cited address, held or not; without url, a form to ask for one."""
    url = (request.args.get("url") or "").strip()
    context: dict[str, Any] = {"asked": url, "cited": None, "is_address": True}
    if url and "/" not in url and reading.publisher_of(url):
        return Response.redirect(_link(datasette, request, f"/source/{quote(reading.publisher_of(url) or '')}"))
    if url:
        try:
            context["cited"] = await _read(datasette, partial(reading.read_cited, url=url))
        except AddressError:
            context["is_address"] = False
    return await _page(datasette, request, "cited", context)


async def publisher_page(request: Any, datasette: Any) -> Any:
    """Answer /source/<key>: a publisher, what we hold of it, what became of its cited pages."""
    key = _decoded(request.url_vars["key"])
    publisher = await _read(datasette, partial(reading.read_publisher, key=key))
    if publisher is None:
        return await _failed(datasette, request, 404)
    return await _page(datasette, request, "publisher", publisher)


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", home),
    (r"^/-/search(?:\.(?P<format>json))?$", search_page),
    (r"^/-/search\.atom$", search_feed),
    (r"^/-/saved/(?P<name>[^/]{1,300}?)(?:\.(?P<format>atom))?$", saved_page),
    (r"^/article/(?P<id>[0-9]{1,19})(?:\.(?P<format>json))?$", article_page),
    (r"^/cited(?:\.(?P<format>json))?$", cited_page),
    (r"^/source/(?P<key>[^/]{1,300})$", publisher_page),
]


def frame(datasette: Any, request: Any) -> dict[str, Any]:
    """Return what every template may use: words, addresses and dates in the reader's language."""
    asked = request.args.get("ui") if request else None
    words = Words(choose_language(asked, request.headers.get("accept-language", "") if request else ""))
    config = datasette.plugin_config("archive") or {}
    return {
        "t": words,
        "site_title": config.get("title", ""),
        "link": partial(_link, datasette, request),
        "here_in": partial(_here_in, datasette, request),
        "interface_languages": NAMES,
        "language_name": lambda tag: LANGUAGE_NAMES.get((tag or "").split("-")[0], tag or ""),
        "when": lambda value, precision=None: format_when(value, words, precision=precision),
        "elapsed": lambda published_at, instant: elapsed_since(published_at, instant, words),
        "web_address": reading.web_address,
        "host_of": lambda url: urlsplit(url).netloc,
        "state_of": _state_of,
        "carriers": CARRIERS,
        "stylesheet_version": int(STYLESHEET.stat().st_mtime),
    }


async def failure(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the answer for a request that raised *exception*: 400 and 404 in words, 500 only for our own faults."""
    status = getattr(exception, "status", 500)
    at_fault: tuple[type[Exception], ...] = (sqlite3.Error, MemoryError)  # a query that was too heavy
    if request.path.startswith(str(datasette.urls.database(DATABASE))):
        # Datasette's table pages hand odd arguments straight to int() and SQLite, and call an unknown column 500.
        at_fault += (DatasetteError, ValueError, OverflowError)
    if status == 500 and isinstance(exception, at_fault):
        status = 400
    return await _failed(datasette, request, status, getattr(exception, "message", None))


async def _read(datasette: Any, read: Callable[[Any], Any]) -> Any:
    """Return what *read* makes of a read-only connection, within TIME_LIMIT_MS, off the event loop."""

    def in_time(connection: Any) -> Any:
        with sqlite_timelimit(connection, TIME_LIMIT_MS):
            return read(connection)

    return await datasette.get_database(DATABASE).execute_fn(in_time)


async def _page(datasette: Any, request: Any, name: str, context: Mapping[str, Any]) -> Any:
    if request.url_vars.get("format") == "json" or request.args.get("_format") == "json":
        return _json(context)
    body = await datasette.render_template(f"site/{name}.html", {"page": context}, request=request)
    return Response.html(body, headers={"Vary": "Accept-Language"} | _wishes(context))


async def _failed(datasette: Any, request: Any, status: int, message: str | None = None) -> Any:
    titles = {404: "Not found", 500: "A fault on our side"}
    texts = {
        404: "There is nothing at this address.",
        500: "The page could not be made. The server's log says why.",
    }
    context = {
        "status": status,
        "failed_title": titles.get(status, "This request cannot be answered"),
        "failed_text": texts.get(
            status, "Something in the address could not be read, or the query asked for too much."
        ),
        "failed_detail": message if isinstance(message, str) and "<" not in message else None,
    }
    if request.args.get("_format") == "json" or request.path.endswith(".json"):
        return _json({"ok": False, "status": status, "error": message or context["failed_title"]}, status=status)
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)


def _feed(datasette: Any, request: Any, found: Any, name: str) -> Any:
    title = f"{(datasette.plugin_config('archive') or {}).get('title', '')}: {name}"
    text = feed(
        found,
        title=title,
        address=str(datasette.absolute_url(request, request.full_path)),
        article_address=lambda number: str(
            datasette.absolute_url(request, _link(datasette, None, f"/article/{number}"))
        ),
    )
    return Response(text, content_type=CONTENT_TYPE)


def _json(data: Mapping[str, Any], *, status: int = 200) -> Any:
    body = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    return Response(body, status=status, content_type="application/json; charset=utf-8")


def _wishes(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that hand a page's wishes on to whoever reads our copy."""
    words = str(context.get("opt_out") or "").split()
    found = {"X-Robots-Tag": ", ".join(word for word in words if word != "tdm")} if set(words) - {"tdm"} else {}
    return found | ({"tdm-reservation": "1"} if "tdm" in words else {})


def _link(datasette: Any, request: Any, path: str, **arguments: Any) -> str:
    """Return the address of *path* on this site; an interface language that was asked for is kept."""
    values = {name: value for name, value in arguments.items() if value not in (None, "")}
    if request and request.args.get("ui"):
        values.setdefault("ui", request.args.get("ui"))
    query = f"?{urlencode(values, errors='replace')}" if values else ""
    return str(datasette.urls.path(path)) + query


def _here_in(datasette: Any, request: Any, language: str) -> str:
    """Return the address of the page shown, with the interface in *language*."""
    if request is None:
        return _link(datasette, request, "/", ui=language)
    pairs = [(name, value) for name, value in parse_qsl(request.query_string) if name != "ui"]
    return f"{request.path}?{urlencode([*pairs, ('ui', language)], errors='replace')}"


def _state_of(citation: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Return tone, words and, when our copy outlived the live page, the live page's state."""
    outcome = citation.get("outcome")
    if citation.get("cited_article_id"):
        if outcome and outcome not in ("ok", "paywalled"):
            return "saved", "our copy remains; live page: {state}", OUTCOMES.get(outcome, ("", outcome))[1]
        return (*OUTCOMES["paywalled" if citation.get("held_outcome") == "paywalled" else "ok"], None)
    if outcome:
        return (*OUTCOMES.get(outcome, ("lost", outcome)), None)
    if citation.get("state") in ("due", "leased"):
        return "wait", "waiting to be captured", None
    return "none", ("not followed" if citation.get("url") else "no address given"), None


def _decoded(segment: str) -> str:
    return tilde_decode(unquote(segment)) if "~" in segment else unquote(segment)

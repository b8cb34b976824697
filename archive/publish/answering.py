"""How every page is answered: the file read off the event loop, HTML or JSON made of it, failures told in words."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from datasette import Response
from datasette.utils import sqlite_timelimit, tilde_decode
from datasette.views.base import DatasetteError
from markupsafe import Markup
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.publish.addresses import wayback_address, web_address
from archive.publish.metadata import DATABASE
from archive.publish.moments import elapsed_since, format_when, time_ago
from archive.publish.public import template_functions
from archive.publish.words import (
    ADDRESS_KINDS,
    CARRIERS,
    FACET_NAMES,
    FIELD_NAMES,
    HELD_NAMES,
    LANGUAGE_NAMES,
    NAMES,
    OUTCOMES,
    RUN_COUNTS,
    Words,
    choose_language,
)

TIME_LIMIT_MS = 3000
STYLESHEET = Path(__file__).parent / "static" / "archive.css"
MAX_ID = 2**63 - 1


def frame(datasette: Any, request: Any) -> dict[str, Any]:
    """Return what every template may use: words, addresses and dates in the reader's language."""
    words = words_of(request)
    config = datasette.plugin_config("archive") or {}
    return template_functions(datasette, request) | {
        "t": words,
        "site_title": config.get("title", ""),
        "link": partial(link, datasette, request),
        "here_in": partial(_here_in, datasette, request),
        "interface_languages": NAMES,
        "language_name": lambda tag: LANGUAGE_NAMES.get((tag or "").split("-")[0], tag or ""),
        "when": lambda value, precision=None: format_when(value, words, precision=precision),
        "ago": lambda value: "" if config.get("is_static") else time_ago(value, datetime.now(UTC), words),
        "elapsed": lambda published_at, instant: elapsed_since(published_at, instant, words),
        "web_address": web_address,
        "wayback_address": wayback_address,
        "host_of": lambda url: urlsplit(url).netloc,
        "state_of": _state_of,
        "facet_name": lambda name: FACET_NAMES.get(name, name),
        "field_name": lambda field: FIELD_NAMES.get(field, field),
        "held_name": lambda name: HELD_NAMES.get(name, name),
        "address_kind": lambda kind: ADDRESS_KINDS.get(kind, kind),
        "run_count": lambda name: RUN_COUNTS.get(name, name),
        "carriers": CARRIERS,
        "svg": Markup,  # only for what charts.py and graphs.py draw: they escape every text
        "stylesheet_version": int(STYLESHEET.stat().st_mtime),
    }


def words_of(request: Any) -> Words:
    """Return the interface in the language that a request asks for."""
    if request is None:
        return Words(choose_language(None, ""))
    return Words(choose_language(request.args.get("ui"), request.headers.get("accept-language", "")))


async def failure(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the answer for a request that raised *exception*: 400 and 404 in words, 500 only for our own faults."""
    status = getattr(exception, "status", 500)
    if isinstance(exception, OSError) and "static/" in request.path:  # a file with a path below it, a name too long
        status = 404
    at_fault: tuple[type[Exception], ...] = (sqlite3.Error, MemoryError)  # a query that was too heavy
    if request.path.startswith(f"/{DATABASE}"):
        # Datasette's table pages hand odd arguments straight to int() and SQLite, and call an unknown column 500.
        at_fault += (DatasetteError, ValueError, OverflowError)
    if status == 500 and isinstance(exception, at_fault):
        status = 400
    return await not_answered(datasette, request, status, getattr(exception, "message", None))


async def read(datasette: Any, reader: Callable[[Any], Any]) -> Any:
    """Return what *reader* makes of a read-only connection, within TIME_LIMIT_MS, off the event loop."""

    def in_time(connection: Any) -> Any:
        with sqlite_timelimit(connection, TIME_LIMIT_MS):
            return reader(connection)

    return await datasette.get_database(DATABASE).execute_fn(in_time)


async def show(datasette: Any, request: Any, name: str, context: Mapping[str, Any]) -> Any:
    """Return the answer that shows *context* by the template site/<name>.html, or as JSON where that was asked for."""
    if request.url_vars.get("format") == "json" or request.args.get("_format") == "json":
        return as_json(context)
    body = await datasette.render_template(f"site/{name}.html", {"page": context}, request=request)
    unfinished = {"Cache-Control": "no-store"} if context.get("stopped") else {}
    return Response.html(body, headers={"Vary": "Accept-Language"} | unfinished | _wishes(context))


async def not_answered(datasette: Any, request: Any, status: int, message: str | None = None) -> Any:
    """Return the answer of *status*, 400 or above, in the reader's words; *message* is a detail of Datasette's."""
    titles = {404: "Not found", 410: "Taken down", 500: "A fault on our side"}
    texts = {
        404: "There is nothing at this address.",
        410: "This page was removed from the archive on request.",
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
        return as_json({"ok": False, "status": status, "error": message or context["failed_title"]}, status=status)
    return Response.html(await datasette.render_template("error.html", context, request=request), status=status)


def as_json(data: Mapping[str, Any], *, status: int = 200) -> Any:
    """Return *data* as an answer in JSON."""
    body = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    return Response(body, status=status, content_type="application/json; charset=utf-8")


def _wishes(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that hand a page's wishes on to whoever reads our copy."""
    words = str(context.get("opt_out") or "").split()
    found = {"X-Robots-Tag": ", ".join(word for word in words if word != "tdm")} if set(words) - {"tdm"} else {}
    return found | ({"tdm-reservation": "1"} if "tdm" in words else {})


def link(datasette: Any, request: Any, path: str, **arguments: Any) -> str:
    """Return the address of *path* on this site; an interface language that was asked for is kept."""
    values = {name: value for name, value in arguments.items() if value not in (None, "")}
    if request and request.args.get("ui"):
        values.setdefault("ui", request.args.get("ui"))
    query = f"?{urlencode(values, errors='replace')}" if values else ""
    return str(datasette.urls.path(path)) + query


def _here_in(datasette: Any, request: Any, language: str) -> str:
    """Return the address of the page shown, with the interface in *language*."""
    if request is None:
        return link(datasette, request, "/", ui=language)
    pairs = [(name, value) for name, value in parse_qsl(request.query_string) if name != "ui"]
    return f"{datasette.urls.path(request.path)}?{urlencode([*pairs, ('ui', language)], errors='replace')}"


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


def article_number(request: Any, name: str = "id") -> int:
    """Return the number in the path under *name*; 0, which no row has, for one that SQLite cannot hold."""
    number = int(request.url_vars[name])
    return number if number <= MAX_ID else 0


def page_number(request: Any, at_most: int) -> int:
    """Return the page of a list that ?page= asks for, from 1; 1 for what is no number."""
    asked = request.args.get("page") or ""
    return min(max(int(asked), 1), at_most) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def decoded(segment: str) -> str:
    """Return a segment of a path as it was meant, in percent-encoding or Datasette's."""
    return tilde_decode(unquote(segment)) if "~" in segment else unquote(segment)

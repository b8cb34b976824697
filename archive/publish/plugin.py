"""Datasette's hooks, only those that exist in 0.65 and 1.0 alike; what they do lives in the modules beside."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import markupsafe
from datasette import hookimpl
from datasette.plugins import pm

from archive.publish import answering, assistant, data_pages, pages, stock
from archive.publish.addresses import web_address
from archive.publish.bodies import Bodies
from archive.publish.freshness import Freshness
from archive.publish.headers import Gate, is_local
from archive.publish.metadata import DATABASE, LOCAL_READER

Routes = list[tuple[str, Callable[..., Any]]]
Hook = Callable[[Callable[..., Any]], Callable[..., Any]]
hook: Hook = hookimpl
last_hook: Hook = hookimpl(trylast=True)


@lru_cache(maxsize=16)
def is_ours(datasette: Any) -> bool:
    """Return whether *datasette* publishes an archive; a process may hold others.

    Asked for each cell of a table page; Datasette puts its metadata together anew each time, a seventh of the page.
    """
    return datasette.plugin_config("archive") is not None


@hook
def register_routes(datasette: Any) -> Routes:
    """Add our pages; they come before Datasette's own."""
    return [*data_pages.ROUTES, *pages.ROUTES] if is_ours(datasette) else []


@last_hook
def prepare_connection(conn: Any, datasette: Any) -> None:
    """Bound what one value of a query may weigh. (How ?_search= reads Japanese is in table_search.py.)"""
    if is_ours(datasette):
        stock.limit_values(conn)


@hook
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Take inline code out of Datasette's templates, which our policy forbids; give its error page our words."""
    if is_ours(datasette):
        env.globals.update(answering.frame(datasette, None))
        env.loader = stock.MendedTemplates(env.loader)


@last_hook
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Guard every answer, those of other plugins too; make none that the reader holds; make bodies safe and short."""
    if not is_ours(datasette):
        return lambda app: app
    posts = {assistant.PATH} if pm.has_plugin("mcp") else set()
    config, prefix = datasette.plugin_config("archive"), datasette.setting("base_url")

    def file() -> Path:  # the database is added when Datasette has been made
        return Path(datasette.get_database(DATABASE).path)

    return lambda app: Gate(Bodies(Freshness(app, file, settings=repr(config))), prefix=prefix, posts=posts)


@hook
def actor_from_request(datasette: Any, request: Any) -> Mapping[str, str] | None:
    """Know a reader on this machine, who may write SQL; behind a proxy everybody would seem to be one."""
    if not is_ours(datasette) or datasette.plugin_config("archive")["public_url"]:
        return None
    if not request.path.startswith((f"/{DATABASE}", "/-/mcp")):  # other pages are the same for all, and may be kept
        return None
    client, headers = request.scope.get("client"), dict(request.scope["headers"])
    return {"id": LOCAL_READER} if is_local(client, headers) else None


@hook
def extra_template_vars(request: Any, datasette: Any) -> Mapping[str, Any]:
    """Give every template, ours and Datasette's, the words of the reader's language."""
    return answering.frame(datasette, request) if is_ours(datasette) else {}


@hook
def render_cell(row: Any, value: Any, column: str, table: str, datasette: Any) -> Any:
    """Link titles of articles to our reading page, and addresses only when they are http(s)."""
    if not is_ours(datasette) or not isinstance(value, str):
        return None
    if table == "articles" and column == "title" and value:
        href = datasette.urls.path(f"/article/{row['id']}")
        return markupsafe.Markup('<a href="{}">{}</a>').format(href, value)
    if re.match(r"https?:", value) and web_address(value):
        short = value if len(value) <= 80 else value[:79] + "…"
        return markupsafe.Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(value, short)
    return None


@hook
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer a failed request in words."""
    return answering.failure(datasette, request, exception) if is_ours(datasette) else None

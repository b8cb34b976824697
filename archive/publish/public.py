"""Addresses of this site as others see it: absolute, with the prefix a proxy gives it; which formats a page has."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from archive.publish import citing, feed
from archive.publish.described import described_article, described_site

JSON = ("JSON", "application/json")


def site_link(datasette: Any, path: str, **arguments: Any) -> str:
    """Return the address of *path* on this site, with the prefix it is published under; empty arguments go."""
    values = {name: value for name, value in arguments.items() if value not in (None, "")}
    return str(datasette.urls.path(path)) + (f"?{urlencode(values, errors='replace')}" if values else "")


def absolute(datasette: Any, request: Any, path: str, **arguments: Any) -> str:
    """Return the same with scheme and host: those of the setting public_url, else those that the request names."""
    return origin_of(datasette, request) + site_link(datasette, path, **arguments)


def origin_of(datasette: Any, request: Any) -> str:
    """Return scheme and host of this site as readers see it."""
    public = (datasette.plugin_config("archive") or {}).get("public_url", "")
    parts = urlsplit(public or request.url)
    return f"{parts.scheme}://{parts.netloc}"


def own_address(datasette: Any, request: Any) -> str:
    """Return the absolute address of the request itself."""
    query = f"?{request.query_string}" if request.query_string else ""
    return absolute(datasette, request, request.path) + query


def list_formats(datasette: Any, path: str, **arguments: Any) -> list[dict[str, str]]:
    """Return label, media type and address of each format of the list at *path*."""
    endings = {ending: (label, kind) for ending, (label, kind, _) in feed.FORMATS.items()}
    if path == "/sources":
        endings = {"csv": endings["csv"]}
    if path != "/latest":
        endings["json"] = JSON
    return [
        _format(label, kind, site_link(datasette, f"{path}.{ending}", **arguments))
        for ending, (label, kind) in endings.items()
    ]


def article_formats(datasette: Any, article_id: int, *, part: str = "") -> list[dict[str, str]]:
    """Return label, media type and address of each citation format of an article, or of its *part* "/sources"."""
    path = f"/article/{article_id}{part}"
    found = [
        _format(label, kind, site_link(datasette, f"{path}.{ending}"))
        for ending, (label, kind, _) in citing.FORMATS.items()
    ]
    extra = [("CSV", "text/csv"), JSON] if part else [JSON]
    return found + [_format(label, kind, site_link(datasette, f"{path}.{label.lower()}")) for label, kind in extra]


def template_functions(datasette: Any, request: Any) -> dict[str, Callable[..., Any]]:
    """Return what templates call to link to a page's formats and to describe it to machines."""
    names = {
        "site_title": (datasette.plugin_config("archive") or {}).get("title", ""),
        "absolute": partial(absolute, datasette, request),
    }
    return {
        "formats": partial(list_formats, datasette),
        "article_formats": partial(article_formats, datasette),
        "absolute": names["absolute"],
        "described_article": partial(described_article, **names),
        "described_site": partial(described_site, **names),
    }


def _format(label: str, kind: str, href: str) -> dict[str, str]:
    return {"label": label, "type": kind.partition(";")[0], "href": href}

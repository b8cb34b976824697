"""Tools for assistants over MCP, for the plugin datasette-mcp (extra `mcp`): each answer names its permanent address.

The plugin itself offers the schema, and SQL to whoever may write it (readers on this machine, or all with allow_sql).
"""

from functools import partial
from typing import Any

from datasette import hookimpl

from archive.errors import AddressError
from archive.publish import reading
from archive.publish.answering import read
from archive.publish.listing import read_entries
from archive.publish.public import site_link
from archive.publish.results import SearchRequest, read_feed
from archive.store.takedowns import takedown_of

PATH = "/-/mcp"
N_HITS = 20


@hookimpl  # type: ignore[untyped-decorator]
def register_mcp_tools(datasette: Any, mcp: Any) -> None:
    """Add search, article and cited_by to the tools of datasette-mcp; another Datasette's are left alone."""
    if datasette.plugin_config("archive") is None:
        return

    @mcp.tool()  # type: ignore[untyped-decorator]
    async def search_archive(
        query: str, lang: str = "", kind: str = "", since: str = "", until: str = ""
    ) -> list[dict[str, Any]]:
        """Search the archive, newest first. kind: article or source; since, until: 2025-11. Cite by `address`."""
        asked = SearchRequest(q=query[:500], lang=lang, kind=kind, since=since, until=until)
        return await _hits(datasette, asked)

    @mcp.tool()  # type: ignore[untyped-decorator]
    async def read_article(number: int) -> dict[str, Any]:
        """Return an article of the archive: text, date with its precision, and what it cites. Cite by `address`."""
        article = await read(datasette, partial(reading.read_article, article_id=number))
        if article is None:
            gone = await read(datasette, partial(takedown_of, article_id=number))
            return {"error": f"taken down: {gone['reason']}" if gone else "there is no such article"}
        names = (
            "id",
            "title",
            "canonical_url",
            "source",
            "lang",
            "authors",
            "published_at",
            "published_precision",
            "text",
        )
        cited = [
            {name: one[name] for name in ("number", "text", "url", "title", "outcome")} for one in article["references"]
        ]
        return {name: article[name] for name in names} | {"address": _address(datasette, number), "references": cited}

    @mcp.tool()  # type: ignore[untyped-decorator]
    async def cited_by(url: str) -> dict[str, Any]:
        """Return what became of a cited address and which articles cite it."""
        try:
            cited = await read(datasette, partial(reading.read_cited, url=url))
        except AddressError:
            return {"error": "that is no web address"}
        if cited is None:
            return {"error": "nobody in this archive cites this address"}
        citing = [
            {"title": one["title"], "published_at": one["published_at"], "address": _address(datasette, one["id"])}
            for one in cited["cited_by"]
        ]
        return {"url": cited["url"], "outcome": cited["outcome"], "detail": cited["detail"], "cited_by": citing}


async def _hits(datasette: Any, asked: SearchRequest) -> list[dict[str, Any]]:
    found = await read(datasette, partial(read_feed, request=asked, limit=N_HITS))
    passages = {hit.article_id: " … ".join(part.text for part in hit.snippets) for hit in found.hits}
    entries = await read(datasette, partial(read_entries, ids=list(passages), summaries=passages))
    return [
        {
            "number": entry.id,
            "title": entry.title,
            "published_at": entry.published_at,
            "source": entry.source,
            "url": entry.url,
            "passages": entry.summary,
            "address": _address(datasette, entry.id),
        }
        for entry in entries
    ]


def _address(datasette: Any, number: int) -> str:
    """Return the permanent address of an article; a path alone where the setting public_url does not say the rest."""
    public = (datasette.plugin_config("archive") or {}).get("public_url", "")
    path = site_link(datasette, f"/article/{number}")
    return public.split("//")[0] + "//" + public.split("/")[2] + path if public else path

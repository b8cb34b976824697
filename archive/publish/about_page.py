"""About: what this archive is, how it behaves towards the pages it keeps, and whom it leaves alone."""

from typing import Any

from archive.publish.answering import read, show

POLICIES_SQL = "SELECT key, name, policy, reason FROM sources WHERE policy <> 'crawl' ORDER BY policy, key LIMIT 200"
HELD_SQL = "SELECT name, n FROM totals WHERE about = 'held'"


async def about_page(request: Any, datasette: Any) -> Any:
    """Answer /about."""
    about = await read(datasette, read_about)
    contact = (datasette.plugin_config("archive") or {}).get("contact") or None
    return await show(datasette, request, "about", {**about, "contact": contact})


def read_about(connection: Any) -> dict[str, Any]:
    """Return what is held, and the publishers whose pages are not copied, each with the reason."""
    return {
        "held": {row["name"]: row["n"] for row in connection.execute(HELD_SQL)},
        "policies": [dict(row) for row in connection.execute(POLICIES_SQL)],
    }

"""The states of an article's text: one of them as it was seen, and what changed between two."""

from dataclasses import asdict
from functools import partial
from typing import Any

from datasette import Response

from archive.publish.answering import article_number, link, not_answered, read, show
from archive.similarity import changed_paragraphs, differences, share_kept
from archive.text import paragraphs

ARTICLE_SQL = """
SELECT id, kind, source, lang, title, url, canonical_url, published_at, published_precision, opt_out, surt
FROM articles WHERE id = :id
"""
STATES_SQL = "SELECT number, seen_at, capture_id, title FROM revisions WHERE article_id = :id ORDER BY number"
STATE_SQL = """
SELECT number, seen_at, capture_id, title, text, content_digest FROM revisions
WHERE article_id = :id AND number = :number
"""


async def state_page(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>/state/<number>: title and text as they were seen then."""
    asked = partial(read_state, article_id=article_number(request), number=article_number(request, "number"))
    state = await read(datasette, asked)
    return await (show(datasette, request, "state", state) if state else not_answered(datasette, request, 404))


async def changes_page(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>/changes/<from>/<to>: what changed between two states of its text."""
    older, newer = article_number(request, "older"), article_number(request, "newer")
    asked = partial(read_changes, article_id=article_number(request), older=older, newer=newer)
    changes = await read(datasette, asked)
    return await (show(datasette, request, "changes", changes) if changes else not_answered(datasette, request, 404))


async def choose_changes(request: Any, datasette: Any) -> Any:
    """Answer /article/<id>/changes?from=&to=, where the form leads: the address of that comparison."""
    article_id = article_number(request)
    older, newer = (request.args.get(name) or "" for name in ("from", "to"))
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in (older, newer)):
        return await not_answered(datasette, request, 404)
    first, last = sorted((int(older), int(newer)))
    return Response.redirect(link(datasette, request, f"/article/{article_id}/changes/{first}/{last}"))


def read_state(connection: Any, article_id: int, number: int) -> dict[str, Any] | None:
    """Return one state of an article with those before and after it; None when there is none of that number."""
    article = connection.execute(ARTICLE_SQL, {"id": article_id}).fetchone()
    state = connection.execute(STATE_SQL, {"id": article_id, "number": number}).fetchone()
    if article is None or state is None:
        return None
    states = [dict(row) for row in connection.execute(STATES_SQL, {"id": article_id})]
    told = dict(state) | {"paragraphs": paragraphs(state["text"])}
    return {**dict(article), "state": told, "states": states}


def read_changes(connection: Any, article_id: int, older: int, newer: int) -> dict[str, Any] | None:
    """Return what changed from the state *older* to *newer*, by paragraph; None when either is missing."""
    before, after = (read_state(connection, article_id, number) for number in (older, newer))
    if before is None or after is None:
        return None
    old, new = before.pop("state"), after["state"]
    changes = differences(old["text"], new["text"])
    title = differences(old["title"] or "", new["title"] or "")
    return {
        **before,
        "older": {name: old[name] for name in ("number", "seen_at", "title")},
        "newer": {name: new[name] for name in ("number", "seen_at", "title")},
        "title_changes": [asdict(change) for change in title],
        "paragraphs": [[asdict(part) for part in each] for each in changed_paragraphs(changes)],
        "n_gone": sum(len(change.text.strip()) for change in changes if change.kind == "gone"),
        "n_new": sum(len(change.text.strip()) for change in changes if change.kind == "new"),
        "is_withheld": not (old["text"] and new["text"]) and bool(before["opt_out"]),
    }


def drift(connection: Any, article_id: int, n_states: int) -> dict[str, Any] | None:
    """Return how much of the first state still stands in the last; None when there is one state, or no text."""
    if n_states < 2:
        return None
    first = connection.execute(STATE_SQL, {"id": article_id, "number": 1}).fetchone()
    last = connection.execute(STATE_SQL, {"id": article_id, "number": n_states}).fetchone()
    if not (first and last and first["text"] and last["text"]):
        return None
    share = share_kept(first["text"], last["text"])
    return {"from": 1, "to": n_states, "since": first["seen_at"], "until": last["seen_at"], "kept": round(share, 3)}

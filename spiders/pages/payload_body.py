"""The article's body when the page's markup has none: from the script state, or from JSON-LD."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from spiders.pages.carriers import own_object
from spiders.pages.document import Document
from spiders.pages.payload import assigned_objects
from spiders.pages.structured import as_text

BODY_KEYS = ("contentHtml", "content_html", "html", "bodyHtml", "content", "body", "articleBody", "text", "abstract")
_LEAST = 80  # characters; less is a teaser


def payload_document(document: Document, titles: Sequence[str]) -> Document | None:
    """Return a page made of the body that the script state of *document* holds, below its headline; None without one.

    An object of the state that is this article (one of *titles*) counts first, also of a state that a script assigns to
    a variable, then React elements.
    """
    found = _stated_in(own_object(document, titles))
    if len(found) < _LEAST:
        found = _stated_in(own_object(document, titles, assigned_objects(document.root)))
    source = found if "<" in found else as_markup(found)
    if len(source) < _LEAST:
        source = document.payload.markup()
    if len(source) < _LEAST:
        return None
    head = "" if "<h1" in source else f"<h1>{escape(next(iter(titles), '-'))}</h1>"
    return replace(document, html=f"<html><body>{head}{source}</body></html>")


def _stated_in(own: dict[str, Any] | None) -> str:
    """Return the longest text that an object holds under a name for a body."""
    return max((own[key] for key in BODY_KEYS if isinstance(own.get(key), str)), key=len, default="") if own else ""


def stated_body(document: Document) -> str:
    """Return the articleBody of JSON-LD, or of the script state's article, as plain text; empty when there is none."""
    text = as_text(document.structured.article().get("articleBody")) or ""
    return re.sub(r"<[^>]+>", " ", text) if re.search(r"<(?:p|br|div)\b", text) else text


def as_markup(text: str) -> str:
    """Return plain text as paragraphs of HTML: blank lines part them, or every line when there is none."""
    parts = re.split(r"\n\s*\n" if re.search(r"\n\s*\n", text) else r"\n", text)
    return "".join(f"<p>{escape(part.strip())}</p>" for part in parts if part.strip())

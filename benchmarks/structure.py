"""What a reader keeps of an article's structure: links, headings, list items, table cells, captions.

Every reader hands over its richest markup as HTML; ours is written here from the page's blocks.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from itertools import groupby
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from lxml import etree, html

from spiders.pages.blocks import Block, BlockKind
from spiders.pages.captions import Pictured, tie_captions
from spiders.pages.document import Document
from spiders.pages.reading import page_for
from spiders.pages.tables import table_anchors

Marker = Callable[[str, str], str]
KINDS = ("headings", "items", "cells", "captions", "tied")
_TAGS = {
    "headings": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "items": ("li",),
    "cells": ("td", "th"),
    "tied": ("figcaption",),
}
_TEXT_TAGS = {BlockKind.HEADING: "h2", BlockKind.QUOTE: "blockquote", BlockKind.CODE: "pre"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a markup: folded addresses, folded texts by kind, and all its text folded."""

    links: frozenset[str]
    texts: Mapping[str, frozenset[str]]
    whole: str


def fold(text: str) -> str:
    """Return the letters and digits of *text*, compatibility forms and case folded."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", unescape(text)).casefold())


def address_key(url: str) -> str:
    """Return *url* without scheme, www, fragment and closing slash: the form in which addresses are compared."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    return urlunsplit(("", host, parts.path.rstrip("/"), parts.query, ""))


def parts_of(markup: str, url: str) -> Parts:
    """Return the parts of *markup*, a piece of HTML of the page at *url*; no parts when it is not to be parsed."""
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError):
        return Parts(frozenset(), dict.fromkeys(_TAGS, frozenset()), "")
    texts = {
        kind: frozenset(fold(" ".join(node.itertext())) for node in root.iter(*tags)) - {""}
        for kind, tags in _TAGS.items()
    }
    return Parts(frozenset(_links(root, url)), texts, fold(" ".join(root.itertext())))


def _links(root: html.HtmlElement, url: str) -> Iterator[str]:
    for node in root.iter("a"):
        href = (node.get("href") or "").strip()
        try:
            address = urljoin(url, href)
        except ValueError:
            continue
        if href and not href.startswith("#") and address.startswith(("http://", "https://")):
            yield address_key(address)


def ours(choose: Callable[[str], None]) -> Marker:
    """Return our reader: the blocks of a page as HTML; *choose* is told each address before it is read."""

    def read(source: str, url: str) -> str:
        choose(url)
        document = Document(url=url or "http://page.invalid/", html=source, seen_at=datetime(2026, 1, 1, tzinfo=UTC))
        return as_html(page_for(document).blocks(), document.absolute)

    return read


def as_html(blocks: Sequence[Block], absolute: Callable[[str], str]) -> str:
    """Return *blocks* as HTML, captions tied to their images, items in items; links stand empty behind their block."""
    return _items_html([(_items_around(pictured.block.node), pictured) for pictured in tie_captions(blocks)], absolute)


def _items_around(node: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the <li> elements that *node* stands in, outermost first."""
    return [box for box in (node, *node.iterancestors()) if box.tag == "li"][::-1]


def _items_html(
    placed: Sequence[tuple[list[html.HtmlElement], Pictured]], absolute: Callable[[str], str], depth: int = 0
) -> str:
    groups = groupby(placed, key=lambda one: one[0][depth] if len(one[0]) > depth else None)
    return "".join(
        "".join(_block_html(pictured, absolute) for _, pictured in group)
        if item is None
        else f"<li>{_items_html(list(group), absolute, depth + 1)}</li>"
        for item, group in groups
    )


def _block_html(pictured: Pictured, absolute: Callable[[str], str]) -> str:
    block, caption = pictured.block, pictured.caption
    anchors = [anchor for one in (block, caption) if one is not None for anchor in one.anchors]
    anchors += table_anchors(block.node) if block.kind is BlockKind.TABLE else ()
    links = "".join(f'<a href="{escape(absolute(anchor.href))}"></a>' for anchor in anchors)
    if block.kind is BlockKind.TABLE:
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>{links}"
    if block.kind is BlockKind.IMAGE:
        shown = f"<figcaption>{escape(caption.text)}</figcaption>" if caption is not None else ""
        return f'<figure><img src="{escape(absolute(block.source))}">{shown}</figure>{links}'
    tag = _TEXT_TAGS.get(block.kind, "p")
    return f"<{tag}>{escape(block.text)}</{tag}>{links}"


def _trafilatura(**options: Any) -> Marker:
    import trafilatura

    kept = {"links": True, "images": True, "tables": True, "formatting": True, "comments": False}
    named = {f"include_{name}": value for name, value in kept.items()} | options
    return lambda source, url: trafilatura.extract(source, url=url or None, output_format="html", **named) or ""


def _readability() -> Marker:
    from readability import Document as Readable

    return lambda source, _url: str(Readable(source).summary(html_partial=True))


def _newspaper4k() -> Marker:
    from newspaper import Article

    def read(source: str, url: str) -> str:
        article = Article(url or "http://page.invalid/", fetch_images=False)
        article.config.clean_article_html = False
        article.download(input_html=source)
        article.parse()
        return str(article.article_html)

    return read


def _resiliparse() -> Marker:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda source, _url: str(
        extract_plain_text(source, main_content=True, links=True, alt_texts=False, preserve_formatting="minimal_html")
    )


# goose3 and news-please hand over plain text alone.
PEERS: dict[str, Callable[[], Marker]] = {
    "trafilatura (precision)": lambda: _trafilatura(favor_precision=True),
    "trafilatura": _trafilatura,
    "readability-lxml": _readability,
    "newspaper4k": _newspaper4k,
    "resiliparse": _resiliparse,
}


def measure(
    read: Marker, pages: Sequence[dict[str, Any]], truths: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, float]:
    """Return how much of each kind a reader keeps over *pages*, and how many of its links are the article's.

    *truths* holds for a page's id its `links` and, folded, its `headings`, `items`, `cells` and `captions`. A caption
    counts as kept anywhere in the markup, and as tied when it is the caption of a figure.
    """
    wanted: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for page in pages:
        truth = truths.get(page["id"])
        if truth is None:
            continue
        try:
            parts = parts_of(read(page["html"], page["url"]) or "", page["url"])
        except Exception:  # a library's failure is its result
            parts = parts_of("", "")
        if links := {address_key(url) for url in truth["links"]}:
            wanted["links"] += len(links)
            kept["links"] += len(links & parts.links)
            kept["all links"] += len(parts.links)
        for kind in KINDS:
            keys = truth["captions" if kind == "tied" else kind]
            wanted[kind] += len(keys)
            kept[kind] += sum(_is_kept(key, kind, parts) for key in keys)
    shares = {kind: round(kept[kind] / max(1, wanted[kind]), 3) for kind in ("links", *KINDS)}
    return {**shares, "link precision": round(kept["links"] / max(1, kept["all links"]), 3)}


def _is_kept(key: str, kind: str, parts: Parts) -> bool:
    if kind == "captions":
        return key in parts.whole
    return key in parts.texts[kind] or (kind == "tied" and any(key in text for text in parts.texts[kind]))

"""A page as parsed once: the lxml tree, and what every reader of it needs to know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeAlias
from urllib.parse import urljoin

from lxml import etree, html

from spiders.pages.payload import Payload, read_payload
from spiders.pages.structured import Structured, read_structured

Element: TypeAlias = html.HtmlElement

# Tabs, line feeds and carriage returns stay; every other control character is damage that lxml refuses.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)
_EMPTY = "<html><body></body></html>"
_MOST_DEPTH = 240  # deeper nesting is flattened: nothing a person reads is nested so


@dataclass(frozen=True)
class Document:
    """One HTML page; `root` is the <html> element, `html` the decoded source."""

    url: str
    html: str
    seen_at: datetime
    status: int = 200
    root: Element = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", parse(self.html))

    @cached_property
    def structured(self) -> Structured:
        """Return what the page says about itself in JSON-LD, <meta> and microdata."""
        return read_structured(self.root)

    @cached_property
    def payload(self) -> Payload:
        """Return what the page's framework left in its scripts."""
        return read_payload(self.root)

    @cached_property
    def base_url(self) -> str:
        """Return the address that relative addresses are joined to."""
        href = next((node.get("href") for node in self.root.iter("base") if node.get("href")), "")
        return self.absolute(href, self.url) or self.url

    def absolute(self, href: str | None, base: str | None = None) -> str:
        """Return *href* as an absolute http(s) address; empty when it is none."""
        return absolute(href, base or self.base_url)


def absolute(href: str | None, base: str) -> str:
    """Return *href* joined to *base* when that gives an http(s) address, else an empty string."""
    try:
        joined = urljoin(base, re.sub(r"[\t\r\n]", "", href or "").strip())
    except ValueError:
        return ""
    return joined if href and joined.lower().startswith(("http://", "https://")) else ""


def parse(source: str) -> Element:
    """Return the <html> element of *source*, whatever it holds; never raises."""
    text = _XML_DECLARATION.sub("", _CONTROLS.sub("", source), count=1)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    try:
        root = html.document_fromstring((text.strip() or _EMPTY).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError, ValueError):
        root = html.document_fromstring(_EMPTY)
    _flatten(root)
    return root


def _flatten(root: Element) -> None:
    """Unwrap elements below the greatest depth, so that no recursion of a library can run out."""
    depth = 0
    deep: list[Element] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _MOST_DEPTH and isinstance(node.tag, str):
            deep.append(node)
    for node in deep:
        if node.getparent() is not None:
            node.drop_tag()


def direct_text(node: Element) -> str:
    """Return the text inside *node* with its whitespace collapsed, children included."""
    return collapse("".join(node.itertext()))


def collapse(text: str) -> str:
    """Return *text* with runs of whitespace, no-break and zero-width spaces made one space.

    >>> collapse("  a\\n b\\u200b ")
    'a b'
    """
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())


def text_nodes(
    root: Element, *, skip: frozenset[str] = frozenset({"script", "style", "template", "noscript"})
) -> Iterator[tuple[Element, str]]:
    """Yield (element, collapsed text) of every visible text node below *root*, in document order."""
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        if event == "start" and node.tag in skip:
            walker.skip_subtree()
        elif event == "start" and (text := collapse(node.text or "")):
            yield node, text
        if event == "end" and node is not root and (text := collapse(node.tail or "")):
            yield node.getparent(), text

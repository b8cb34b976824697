"""A page as parsed once: the lxml tree, and what every reader of it needs to know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import TypeAlias
from urllib.parse import urljoin

from lxml import etree, html

from spiders.pages.payload import Payload, read_payload
from spiders.pages.structured import Structured, read_structured

Element: TypeAlias = html.HtmlElement

# What reading a page may raise because of what the page holds; anything else is a fault of ours and is not caught.
PAGE_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    etree.LxmlError,
)

# Tabs, line feeds and carriage returns stay; every other control character is damage that lxml refuses.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)
_EMPTY = "<html><body></body></html>"
_MOST_DEPTH = 240  # deeper nesting is flattened: nothing a person reads is nested so
# Over twice what the largest of a thousand real pages has; the rest is left out, so that no page costs seconds.
_MOST_ELEMENTS, _MOST_TEXT = 20_000, 2_000_000
_MOST_MARKS = 60_000  # of "<" in the source: a tree of ten megabytes of tags weighs a gigabyte
_MOST_ATTRIBUTES_IN_ALL = 60_000
_WIDEST_SPAN, _MOST_SPANS = 50, 2_000  # columns; some pages say 1000 for "all of them"
_MOST_ATTRIBUTES = 500  # libxml2 compares every attribute of an element with every other
_IS_DEEP = etree.XPath(f"boolean(/*{'/*' * _MOST_DEPTH})")
_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,40})[^<>]{3000,}>?")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True)
class Document:
    """One HTML page; `root` is the <html> element, `html` the decoded source."""

    url: str
    html: str
    seen_at: datetime
    status: int = 200
    root: Element = field(init=False, repr=False)
    # Held so that a walk of the tree finds every element made: lxml makes one anew, at a cost, when nobody holds it.
    _nodes: list[Element] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        nodes = parsed(self.html)
        object.__setattr__(self, "root", nodes[0])
        object.__setattr__(self, "_nodes", nodes)

    @property
    def is_cut(self) -> bool:
        """Return whether the page has more elements than are read."""
        return len(self._nodes) >= _MOST_ELEMENTS

    @cached_property
    def structured(self) -> Structured:
        """Return what the page says about itself in JSON-LD, <meta> and microdata."""
        return read_structured(self.root)

    @cached_property
    def payload(self) -> Payload:
        """Return what the page's framework left in its scripts."""
        return read_payload(self.root)

    @cached_property
    def shown(self) -> str:
        """Return all text that the page shows, in one line."""
        return " ".join(text for _, text in text_nodes(self.root))

    @cached_property
    def base_url(self) -> str:
        """Return the address that relative addresses are joined to."""
        href = next((node.get("href") for node in self.root.iter("base") if node.get("href")), "")
        return self.absolute(href, self.url) or self.url

    def absolute(self, href: str | None, base: str | None = None) -> str:
        """Return *href* as an absolute http(s) address; empty when it is none."""
        return absolute(href, base or self.base_url)


@lru_cache(maxsize=256)
def absolute(href: str | None, base: str) -> str:
    """Return *href* joined to *base* when that gives an http(s) address, else an empty string."""
    try:
        joined = urljoin(base, _LINE_BREAKS.sub("", href or "").strip())
    except ValueError:
        return ""
    return joined if href and joined.lower().startswith(("http://", "https://")) else ""


def parse(source: str) -> Element:
    """Return the <html> element of *source*, whatever it holds; never raises."""
    return parsed(source)[0]


def parsed(source: str) -> list[Element]:
    """Return the elements of *source*, <html> first, in document order; never raises."""
    text = _XML_DECLARATION.sub("", _CONTROLS.sub("", shortened(source)), count=1)
    text = _LONG_TAG.sub(_without_many_attributes, text)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    try:
        root = html.document_fromstring((text.strip() or _EMPTY).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError, ValueError):
        root = html.document_fromstring(_EMPTY)
    nodes = list(root.iter())
    if len(nodes) > _MOST_ELEMENTS or len(text) > _MOST_TEXT:
        nodes = _cut(nodes)
    _clamp_spans(root)
    if _IS_DEEP(root):
        _flatten(root)
    return nodes


def shortened(source: str, *, most: int = _MOST_MARKS) -> str:
    """Return *source* up to its *most* + 1st "<": a tree weighs by its marks, whatever stands between them."""
    if source.count("<") <= most:
        return source
    return source[: next(islice(re.finditer("<", source), most, None)).start()]


def _without_many_attributes(tag: re.Match[str]) -> str:
    """Return a long tag as it is, or bare when it has more attributes than anyone writes."""
    return tag.group() if len(_VALUE.sub("", tag.group()).split()) <= _MOST_ATTRIBUTES else f"<{tag.group(1)}>"


def _cut(nodes: list[Element]) -> list[Element]:
    """Remove what is beyond the most that is read: of *nodes*, of their text and attributes; return the nodes left."""
    left, n_attributes = _MOST_TEXT, 0
    beyond: list[Element] = []
    for number, node in enumerate(nodes, start=1):
        n_attributes += len(node.attrib)
        if n_attributes > _MOST_ATTRIBUTES_IN_ALL:
            node.attrib.clear()
        if number > _MOST_ELEMENTS or left <= 0:
            beyond.append(node)
            continue
        for part in ("tail",) if node.tag in ("script", "style") else ("text", "tail"):
            text = getattr(node, part) or ""
            if len(text) > left:
                setattr(node, part, text[: max(left, 0)])
            left -= len(text)
    for node in reversed(beyond):
        if (parent := node.getparent()) is not None:
            parent.remove(node)
    gone = set(beyond)
    return [node for node in nodes if node not in gone]


def _clamp_spans(root: Element) -> None:
    """Make the columns that the cells of *root* span no more than is plausible, one by one and in all."""
    spans = _MOST_SPANS
    for cell in root.iter("td", "th"):
        spans -= _clamped_span(cell, spans)


def _clamped_span(node: Element, left: int) -> int:
    """Return how many columns a cell spans, after making that no more than is plausible and than is *left*."""
    raw = node.get("colspan")
    if raw is None:
        return 0
    span = min(int(raw) if raw.isdecimal() and len(raw) < 9 else _WIDEST_SPAN, _WIDEST_SPAN)
    if span > left:
        del node.attrib["colspan"]
        return 0
    node.set("colspan", str(span))
    return span


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

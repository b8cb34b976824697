"""A part of a page as ordered blocks: paragraphs, headings, list items, quotes, code, tables, images and captions.

Our own serialisation, because no library keeps captions and links together (on hyper.ai the captions are citations).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from lxml import etree, html

from archive.citations import is_reference_label
from spiders.pages.images import image_source, is_decoration
from spiders.pages.inline import Anchor, Run
from spiders.pages.tables import table_caption, table_rows

Element: TypeAlias = html.HtmlElement


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"
    IMAGE = "image"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Block:
    """One block as printed.

    `node` is the element it stands in, `figure` the <figure> around it, `pieces` the text nodes it was joined from,
    `source` an image's address and `text` then its alternative text.
    """

    kind: BlockKind
    node: Element
    text: str = ""
    pieces: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    source: str = ""
    figure: Element | None = None
    is_emphasised: bool = False

    @property
    def is_text(self) -> bool:
        """Return whether the block is a paragraph of the article's text (a heading is one too)."""
        return self.kind not in (BlockKind.TABLE, BlockKind.IMAGE, BlockKind.CAPTION)


SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "canvas",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "button",
        "input",
        "select",
        "textarea",
        "option",
        "datalist",
        "nav",
        "dialog",
        "head",
        "meta",
        "link",
        "title",
        "map",
        "rp",
        "rt",
        "progress",
        "meter",
        "noframes",
    ]
)
_SPECIAL = SKIPPED | {"noscript", "img", "amp-img", "table", "pre", "math"}
_BLOCK_TAGS = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "section",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "figure",
        "figcaption",
        "header",
        "footer",
        "aside",
        "form",
        "fieldset",
        "legend",
        "address",
        "details",
        "summary",
        "hgroup",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "center",
        "hr",
        "menu",
        "search",
        "amp-img",
        "picture-wrapper",
    ]
)
_CONTEXTS = {
    "li": BlockKind.ITEM,
    "blockquote": BlockKind.QUOTE,
    "figcaption": BlockKind.CAPTION,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockKind.HEADING),
}
_EMPHASIS = frozenset({"em", "i", "small", "cite"})
_INLINE = _EMPHASIS | {"a", "span", "b", "strong", "u", "font", "mark", "sub", "sup", "label", "picture", "source", "q"}
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def serialise(
    root: Element, *, is_skipped: Callable[[Element], bool] | None = None, keeps_hidden: bool = False
) -> list[Block]:
    """Return what *root* shows as blocks in document order.

    *is_skipped* tells which elements are left out with all they hold; hidden ones are, unless *keeps_hidden*.
    """
    builder = _Builder()
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        if not isinstance(node.tag, str):
            continue
        if event == "start":
            if (_is_hidden(node) and not keeps_hidden) or (is_skipped is not None and is_skipped(node)):
                builder.skip(node)
                walker.skip_subtree()
            elif builder.start(node):
                walker.skip_subtree()
        else:
            builder.end(node, with_tail=node is not root)
    builder.flush(root)
    return builder.blocks


def _is_hidden(node: Element) -> bool:
    if node.get("hidden") is not None and node.tag != "body":
        return True
    if node.get("aria-hidden") == "true" and node.tag not in _BLOCK_TAGS and node.tag != "img":
        return True  # an icon's name, or a formula's second, visual form
    return bool((style := node.get("style")) and _HIDDEN.search(style))


class _Builder:
    """Gathers blocks while the tree is walked: no recursion, so no depth of nesting can end it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._run = Run()
        self._contexts: list[tuple[Element, BlockKind]] = []
        self._figures: list[Element] = []
        self._skipped: set[Element] = set()
        self._waiting: list[Block] = []
        self._n_emphasis = 0

    def start(self, node: Element) -> bool:
        """Take in the start of *node*; True when its inside is not to be walked."""
        tag = node.tag
        if tag in _SPECIAL and not (_holds_content(node) or _is_reference_button(node)):
            return self._start_special(node)
        if tag == "br":
            self._break(node)
        elif tag in _BLOCK_TAGS:
            self._start_block(node)
        else:
            self._start_inline(node)
        self._run.add(node.text, is_emphasised=self._n_emphasis > 0)
        return False

    def end(self, node: Element, *, with_tail: bool) -> None:
        """Take in the end of *node* and the text after it."""
        if node in self._skipped:
            self._skipped.discard(node)
        elif node.tag in _BLOCK_TAGS:
            self._end_block(node)
        elif node.tag != "br":
            self._end_inline(node)
        if with_tail:
            self._run.add(node.tail, is_emphasised=self._n_emphasis > 0)

    def skip(self, node: Element) -> None:
        """Take in that *node* is left out; what follows it in a block is parted from what precedes it."""
        self._skipped.add(node)
        if node.tag in _BLOCK_TAGS:
            self.flush(node)
        self._run.border()

    def flush(self, node: Element) -> None:
        """End the block being gathered; *node* is the element whose border ends it, or stands within it."""
        if not self._run.is_untouched():
            run, self._run = self._run, self._run.rest()
            if not run.is_blank():
                self._emit_run(run, _box(node))
        if self._waiting:
            self.blocks.extend(self._waiting)
            self._waiting.clear()

    def _emit_run(self, run: Run, node: Element) -> None:
        kind = self._contexts[-1][1] if self._contexts else BlockKind.PARAGRAPH
        text = run.text()
        pieces = (text,) if len(run.pieces) == 1 else run.texts()
        self._emit(kind, node, text=text, pieces=pieces, anchors=tuple(run.anchors), is_emphasised=run.is_emphasised())

    def _emit(self, kind: BlockKind, node: Element, **facts: object) -> None:
        figure = self._figures[-1] if self._figures else None
        self.blocks.append(Block(kind, node, figure=figure, **facts))  # type: ignore[arg-type]

    def _start_special(self, node: Element) -> bool:
        rows = table_rows(node) if node.tag == "table" else ()
        if node.tag == "table" and not rows:
            self._start_block(node)
            self._run.add(node.text)
            return False
        self._skipped.add(node)
        if node.tag in ("img", "amp-img"):
            self._image(node)
        elif node.tag == "noscript":
            self._noscript(node)
        elif node.tag == "table":
            self.flush(_parent(node))
            self._emit(BlockKind.TABLE, node, text=table_caption(node), rows=rows)
        elif node.tag == "pre":
            self.flush(_parent(node))
            if code := re.sub(r"\n\s*\n+", "\n", "".join(node.itertext())).strip("\n"):
                self._emit(BlockKind.CODE, node, text=code)
        elif node.tag == "math":
            self._run.add(_formula(node))
        return True

    def _break(self, node: Element) -> None:
        if self._run.ends_in_break():
            self.flush(_parent(node))
        else:
            self._run.line_break()

    def _start_block(self, node: Element) -> None:
        self.flush(_parent(node))
        if node.tag == "figure":
            self._figures.append(node)
        if kind := _context(node):
            is_in_caption = bool(self._contexts) and self._contexts[-1][1] is BlockKind.CAPTION
            self._contexts.append((node, BlockKind.CAPTION if is_in_caption else kind))

    def _end_block(self, node: Element) -> None:
        self.flush(node)
        if self._figures and self._figures[-1] is node:
            self._figures.pop()
        if self._contexts and self._contexts[-1][0] is node:
            self._contexts.pop()

    def _start_inline(self, node: Element) -> None:
        self._run.border()
        self._n_emphasis += node.tag in _EMPHASIS
        if node.tag == "a" and node.get("href"):
            self._run.open_anchor(node.get("href"))
        if (node.get("role") or "") == "heading":
            self._start_block(node)

    def _end_inline(self, node: Element) -> None:
        if node.tag == "a":
            self._run.close_anchor()
        self._n_emphasis -= node.tag in _EMPHASIS
        self._run.border()
        if (node.get("role") or "") == "heading":
            self._end_block(node)

    def _image(self, node: Element) -> None:
        if is_decoration(node):
            return
        figure = self._figures[-1] if self._figures else None
        alt = " ".join((node.get("alt") or "").split())
        block = Block(BlockKind.IMAGE, node, text=alt, source=image_source(node), figure=figure)
        if self._run.is_blank() or self._run.ends_in_break():
            self.flush(_parent(node))
            self.blocks.append(block)
        else:
            self._waiting.append(block)

    def _noscript(self, node: Element) -> None:
        """Take the image that a page offers to readers without scripts, unless it repeats the lazy one before it."""
        for image in _noscript_images(node):
            source = image_source(image)
            last = next((block for block in reversed(self.blocks[-2:]) if block.kind is BlockKind.IMAGE), None)
            if last is not None and (
                not last.source or last.source == source or last.node.getparent() is node.getparent()
            ):
                if not last.source:
                    self.blocks[self.blocks.index(last)] = _with_source(last, source)
            elif source:
                self._image(image)


def _is_reference_button(node: Element) -> bool:
    """Return whether *node* is a button that opens the reference list: its words are the list's label."""
    return bool(node.tag == "button") and is_reference_label(" ".join("".join(node.itertext()).split())[:80])


def _context(node: Element) -> BlockKind | None:
    if (node.get("role") or "") == "heading":
        return BlockKind.HEADING
    return _CONTEXTS.get(node.tag)


def _holds_content(node: Element) -> bool:
    """Return whether *node* holds what it cannot be meant to hide.

    A <nav> that is never closed swallows the page (seen 2022-02); some pages make a picture with its caption a button.
    """
    inner = {"nav": ".//main", "button": ".//figcaption"}.get(node.tag)
    return inner is not None and node.find(inner) is not None


def _parent(node: Element) -> Element:
    parent = node.getparent()
    return node if parent is None else parent


def _box(node: Element) -> Element:
    """Return the element around *node*, or itself, that is more than a part of a line."""
    while node.tag in _INLINE and (parent := node.getparent()) is not None:
        node = parent
    return node


def _with_source(block: Block, source: str) -> Block:
    return Block(block.kind, block.node, text=block.text, source=source, figure=block.figure)


def _noscript_images(node: Element) -> list[Element]:
    found = list(node.iter("img"))
    if not found and "<img" in (node.text or ""):
        # The parser of a page with scripts keeps the inside of <noscript> as text.
        found = list(html.fragment_fromstring(node.text or "", create_parent="div").iter("img"))
    return found


def _formula(node: Element) -> str:
    """Return a formula as its TeX source when the page carries it, else the letters of its MathML."""
    for note in node.iter("annotation"):
        if "tex" in (note.get("encoding") or "") and note.text:
            return str(note.text).strip()
    return "".join(node.itertext()).strip()

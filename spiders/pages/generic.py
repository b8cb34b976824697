"""Pages that no site file reads: structured data, and the blocks that a small classifier finds to be main text.

What a library (trafilatura, precision mode) finds is one of the signs it weighs where the page's own leave doubt; the
blocks themselves are our own, so that links, captions, tables and headings stay.
"""

import logging
from collections.abc import Sequence
from copy import copy
from functools import cache
from itertools import islice
from typing import ClassVar

from lxml import etree

from spiders.pages.base import ArticlePage
from spiders.pages.block_classifier import LIKELY, Weights, likelihoods
from spiders.pages.block_context import settled
from spiders.pages.block_features import PageText, covered_share, linked_share, text_of
from spiders.pages.blocks import Block, BlockKind, serialise
from spiders.pages.datelines import without_date_lines
from spiders.pages.document import Document, Element, direct_text, parse
from spiders.pages.landmarks import is_within
from spiders.pages.outcomes import ENOUGH
from spiders.pages.payload_body import as_markup, payload_document, stated_body
from spiders.pages.titles import fold

_MIN_KEY = 12  # folded letters; a shorter heading says too little to be taken for the headline
_FEW = 30  # blocks; a page of fewer is nearly all article, and unlike those the classifier was trained on
_COVERED = 0.6  # share of a block that the library must have kept
_LONG_KEY = 40  # folded letters of a block that is not said twice
_WHOLE_KEY = 400  # … of one that may hold all others
_MOST_SAID = 300  # blocks above it that such a one is compared with
_NEAR = 2  # blocks after the last text: an image and its caption
_MOST_LINKED = 0.5  # share of a caption within links: more is the headline of another article
_TEASER = 600  # characters; a page that shows less than this and states a longer body is read from what it states


class GenericPage(ArticlePage):
    """Any page: what it says about itself, then the blocks that are its main text.

    `weights` are the classifier's, when not those shipped (a benchmark judges on pages that training never saw).
    """

    weights: ClassVar[Weights | None] = None

    def headline_element(self) -> Element | None:
        """Return the element of the headline: the heading that the page's titles begin with, else the first h1."""
        titles = [title for stated in self.stated_titles() if len(title := fold(stated)) >= _MIN_KEY]
        for tag in ("h1", "h2", "h3", "h4"):
            for node in self.document.root.iter(tag):
                key = fold(direct_text(node))
                if len(key) >= _MIN_KEY and any(
                    title.startswith(key) or key.startswith(title) or key.endswith(title) for title in titles
                ):
                    return node
        return super().headline_element()

    def blocks(self) -> list[Block]:
        """Return the blocks of the page that are its article, lines that only date it left out."""
        return without_date_lines(self._found_blocks(), seen_at=self.document.seen_at, lang=self.printed_language)

    def _found_blocks(self) -> list[Block]:
        """Return the blocks that are main text; from script state or JSON-LD when markup lacks them."""
        own = page_blocks(self.document, self.title() or "", self.description() or "", self.weights)
        size = sum(len(block.text) for block in own if block.is_text)
        if size < ENOUGH and (other := payload_document(self.document, [*self.h1s(), *self.stated_titles()])):
            found = [block for block in serialise(other.root) if fold(block.text) != fold(self.title() or "")]
            if sum(len(block.text) for block in found if block.is_text) > size:
                return found
        stated = stated_body(self.document)
        if size < min(_TEASER, 0.5 * len(stated)):
            return serialise(parse(f"<html><body>{as_markup(stated)}</body></html>"))
        return own


def page_blocks(document: Document, title: str, description: str = "", weights: Weights | None = None) -> list[Block]:
    """Return the blocks of *document* that are its main text, in order."""
    body = document.root.find("body")
    # Text that scripts unhide (paywalled pages) stays: the classifier decides, not the style.
    blocks = serialise(document.root if body is None else body, keeps_hidden=True)
    library_text = cache(lambda: main_text(document))
    known = PageText(fold(title), fold(description))
    is_small = len(blocks) < _FEW
    if is_small:
        kept = kept_by_library(blocks, library_text())
        scores = [float(place in kept) for place in range(len(blocks))]
    else:
        scores = settled(blocks, likelihoods(blocks, known, lambda: fold(library_text()), weights), LIKELY)
    chosen = choose_blocks(blocks, scores, title=known.title)
    size = sum(len(block.text) for block in chosen if block.is_text)
    if (size and not is_small) or any(block.rows for block in chosen):
        return chosen
    text = library_text()
    if not _is_mostly_rows(text) and size < (0.5 * len(text) if is_small else 1) and text:
        return serialise(parse(f"<html><body>{as_markup(text)}</body></html>"))
    return chosen


def _is_mostly_rows(text: str) -> bool:
    """Return whether the library's text is mostly table rows, which we keep as tables."""
    return sum(len(line) for line in text.splitlines() if line.count("|") >= 2) > 0.3 * len(text)


def kept_by_library(blocks: Sequence[Block], text: str) -> set[int]:
    """Return the places of texts and tables that stand in the library's *text*; short ones only between long ones."""
    lines = {fold(line) for line in text.splitlines()}
    whole = fold(text)
    keys = [fold(text_of(block)) if block.is_text or block.rows else "" for block in blocks]
    long = {n for n, key in enumerate(keys) if len(key) >= _MIN_KEY and covered_share(key, whole) >= _COVERED}
    if not long:
        return {n for n, key in enumerate(keys) if key and key in lines}
    between = range(min(long) + 1, max(long))
    return long | {n for n in between if 0 < len(keys[n]) < _MIN_KEY and keys[n] in lines}


def main_text(document: Document) -> str:
    """Return the main text of a page as the library finds it, a block a line; empty when it finds none.

    It copies the tree several times over, so a page of more elements than any real one has is not given to it.
    """
    if document.is_cut:
        return ""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(
            copy(document.root), favor_precision=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError, etree.LxmlError):
        return ""  # the library's own failure on a broken page
    return str(found.text or "") if found is not None and not isinstance(found, dict) else ""


def choose_blocks(blocks: Sequence[Block], scores: Sequence[float], *, title: str) -> list[Block]:
    """Return the blocks that are likely main text and say something new, and the images and captions among them.

    *scores* is how likely each block is main text, *title* the folded headline, which is left out.
    """
    chosen: set[int] = set()
    said: dict[str, None] = {}
    for place, block in enumerate(blocks):
        if scores[place] < LIKELY or block.kind in (BlockKind.IMAGE, BlockKind.CAPTION):
            continue
        key = fold(text_of(block))
        if key and key != title and not _is_again(key, said):
            chosen.add(place)
            said[key] = None
    if not chosen:
        return []
    region = common_box([blocks[place].node for place in sorted(chosen)])
    last = _end_of_figures(blocks, max(chosen) + _NEAR)
    return [
        block
        for place, block in enumerate(blocks)
        if place in chosen or (not block.is_text and place <= last and is_within(block.node, region))
    ]


def _end_of_figures(blocks: Sequence[Block], last: int) -> int:
    """Return the place of the last figure with a caption of those that follow one another up to and after *last*."""
    end = last
    for place in range(last, len(blocks)):
        block = blocks[place]
        if block.figure is None or linked_share(block, block.text) > _MOST_LINKED:
            break
        end = place if block.kind is BlockKind.CAPTION else end
    return end


def _is_again(key: str, said: dict[str, None]) -> bool:
    """Return whether a block repeats what was *said* above it: a teaser, or the whole text in one block."""
    if len(key) >= _LONG_KEY and key in said:
        return True
    if len(key) < _WHOLE_KEY:
        return False
    latest = islice(reversed(said), _MOST_SAID)
    return sum(len(other) for other in latest if other in key) >= 0.5 * len(key)


def common_box(nodes: Sequence[Element]) -> Element:
    """Return the smallest element around all *nodes*."""
    box = nodes[0]
    while any(not is_within(node, box) for node in nodes[1:]) and box.getparent() is not None:
        box = box.getparent()
    return box

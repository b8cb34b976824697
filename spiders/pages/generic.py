"""Pages that no site file reads: structured data, and the main text as the best open library finds it.

The library (trafilatura, precision mode; measured in benchmarks) only tells which blocks of the page are the article;
the blocks themselves are our own, so that links, captions, tables and headings stay.
"""

import logging
from collections.abc import Sequence
from copy import copy

from lxml import etree

from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, BlockKind, serialise
from spiders.pages.document import Document, Element, parse
from spiders.pages.landmarks import is_within
from spiders.pages.outcomes import ENOUGH
from spiders.pages.payload_body import as_markup, payload_document, stated_body
from spiders.pages.titles import fold

_MIN_KEY = 12  # folded letters; a shorter block counts only between longer ones of the article
_LONG_KEY, _WHOLE_KEY = 40, 400  # folded letters of a block that is not said twice; of one that may hold all others
_PART = 24  # folded letters compared at once
_COVERED = 0.6  # share of a block that the library must have kept
_BELOW = 0.7  # share of the text that stands below a headline which is the article's
_TEASER = 600  # characters; a page that shows less than this and states a longer body is read from what it states


class GenericPage(ArticlePage):
    """Any page: what it says about itself, then the blocks that are its main text."""

    def blocks(self) -> list[Block]:
        """Return the blocks of the page that are its article; from script state or JSON-LD when markup lacks them."""
        own = page_blocks(self.document, self.title() or "")
        size = sum(len(block.text) for block in own if block.is_text)
        if size < ENOUGH and (other := payload_document(self.document, [*self.h1s(), *self.stated_titles()])):
            found = [block for block in serialise(other.root) if fold(block.text) != fold(self.title() or "")]
            if sum(len(block.text) for block in found if block.is_text) > size:
                return found
        stated = stated_body(self.document)
        if size < min(_TEASER, 0.5 * len(stated)):
            return serialise(parse(f"<html><body>{as_markup(stated)}</body></html>"))
        return own


def page_blocks(document: Document, title: str) -> list[Block]:
    """Return the blocks of *document* that are its main text, in order."""
    body = document.root.find("body")
    # Text that scripts unhide (paywalled pages) stays: the library decides, not the style.
    blocks = serialise(document.root if body is None else body, keeps_hidden=True)
    text = main_text(document)
    chosen = choose_blocks(blocks, text, title=title)
    if sum(len(block.text) for block in chosen if block.is_text) >= 0.5 * len(text) or _is_mostly_rows(text):
        return chosen
    return serialise(parse(f"<html><body>{as_markup(text)}</body></html>"))


def _is_mostly_rows(text: str) -> bool:
    """Return whether the library's text is mostly table rows, which we keep as tables."""
    return sum(len(line) for line in text.splitlines() if line.count("|") >= 2) > 0.3 * len(text)


def main_text(document: Document) -> str:
    """Return the main text of a page as the library finds it, a block a line; empty when it finds none."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(
            copy(document.root), favor_precision=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except (RecursionError, ValueError, TypeError, AttributeError, LookupError, etree.LxmlError):
        return ""  # the library's own failure on a broken page
    return str(found.text or "") if found is not None and not isinstance(found, dict) else ""


def choose_blocks(blocks: Sequence[Block], text: str, *, title: str) -> list[Block]:
    """Return the blocks whose words stand in *text*, and the images, captions and tables among them."""
    chosen = _matching(blocks, text, fold(title))
    if not chosen:
        return []
    chosen = _after_headline(blocks, chosen, fold(title))
    region = common_box([blocks[place].node for place in sorted(chosen)])
    last = max(chosen)
    return [
        block
        for place, block in enumerate(blocks)
        if place in chosen or (not block.is_text and place <= last + 2 and is_within(block.node, region))
    ]


def _matching(blocks: Sequence[Block], text: str, title: str) -> set[int]:
    """Return the places of the text blocks that stand in *text*; short ones only between long ones."""
    lines = {fold(line) for line in text.splitlines()}
    whole = fold(text)
    keys = [fold(block.text) if block.is_text else "" for block in blocks]
    long = {place for place, key in enumerate(keys) if len(key) >= _MIN_KEY and _covered_share(key, whole) >= _COVERED}
    if not long:
        return {place for place, key in enumerate(keys) if key and key in lines}
    first, last = min(long), max(long)
    short = {place for place in range(first + 1, last) if 0 < len(keys[place]) < _MIN_KEY and keys[place] in lines}
    return {place for place in long | short if keys[place] != title} - _repeated(keys, long)


def _repeated(keys: Sequence[str], chosen: set[int]) -> set[int]:
    """Return the places among *chosen* that say again what stands above them: a teaser, the whole text in one block."""
    again: set[int] = set()
    seen: list[str] = []
    for place in sorted(chosen):
        key = keys[place]
        is_copy = len(key) >= _LONG_KEY and key in seen
        is_whole = len(key) >= _WHOLE_KEY and sum(len(other) for other in seen if other in key) >= 0.5 * len(key)
        if is_copy or is_whole:
            again.add(place)
        else:
            seen.append(key)
    return again


def _after_headline(blocks: Sequence[Block], chosen: set[int], title: str) -> set[int]:
    """Return *chosen* without what stands above the headline (teasers, breadcrumbs), when most of it stands below."""
    above = {
        place for place, block in enumerate(blocks) if block.kind is BlockKind.HEADING and fold(block.text) == title
    }
    n_all = sum(len(blocks[place].text) for place in chosen)
    for headline in sorted(above, reverse=True):
        below = {place for place in chosen if place > headline}
        if sum(len(blocks[place].text) for place in below) >= _BELOW * n_all:
            return below
    return chosen


def _covered_share(key: str, whole: str) -> float:
    """Return how much of *key* stands in *whole*: the library drops parts of some paragraphs (a link, a label)."""
    if key in whole:
        return 1.0
    parts = [key[start : start + _PART] for start in range(0, len(key) - _PART + 1, _PART)]
    return sum(part in whole for part in parts) / len(parts) if parts else 0.0


def common_box(nodes: Sequence[Element]) -> Element:
    """Return the smallest element around all *nodes*."""
    box = nodes[0]
    while any(not is_within(node, box) for node in nodes[1:]) and box.getparent() is not None:
        box = box.getparent()
    return box

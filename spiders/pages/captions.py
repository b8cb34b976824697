"""Which block is the caption of which image, in every form seen: <figcaption>, centred line, <em>, or just placed so.

On hyper.ai captions name sources that the text does not link, so a lost caption is a lost citation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lxml import html

from spiders.pages.blocks import Block, BlockKind

LONGEST = 300  # characters of a marked caption
LONGEST_UNMARKED = 120  # … of one known only by its place
LONGEST_SENTENCE = 60  # … of such a one that ends in a full stop and has no box with its image
_CENTRED = re.compile(r"text-align\s*:\s*(?:center|-webkit-center)", re.I)
_CENTRED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:text-?center|text-?align-?center|align-?center|has-text-centered|is-centered|center)(?:$|\s)", re.I
)
_CAPTION_CLASS = re.compile(r"caption|(?:^|[\s_-])credit|legend(?!ary)|image-?(?:text|desc)", re.I)
_SENTENCE_END = re.compile(r"[。．.!?！？…][」』”’\"')）]*$")
_SMALL_BOX = 3  # levels from an image to the box that holds it and its caption alone


@dataclass(frozen=True, slots=True)
class Pictured:
    """A block, and for an image its caption."""

    block: Block
    caption: Block | None = None


def tie_captions(blocks: Sequence[Block]) -> list[Pictured]:
    """Return *blocks* with each caption moved to its image; one without an image is a figure of its own."""
    has_habit = _has_habit(blocks)
    tied: list[Pictured] = []
    taken: set[int] = set()
    for place, block in enumerate(blocks):
        if place in taken:
            continue
        if block.kind is BlockKind.IMAGE:
            caption = _caption_of(blocks, place, taken, has_habit)
            if caption is not None:
                taken.add(caption)
            tied.append(Pictured(block, None if caption is None else blocks[caption]))
        elif block.kind is BlockKind.CAPTION and _stands_above(blocks, place):
            continue
        elif block.kind is BlockKind.CAPTION and not _joins_earlier(tied, block):
            tied.append(Pictured(replace(block, kind=BlockKind.IMAGE, text=""), block))
        elif block.kind is not BlockKind.CAPTION:
            tied.append(Pictured(block))
    return tied


def _stands_above(blocks: Sequence[Block], place: int) -> bool:
    """Return whether the image that the caption at *place* belongs to comes after it, and none before."""
    figure = blocks[place].figure
    if figure is None:
        return False
    own = [n for n in range(max(0, place - 4), min(place + 8, len(blocks))) if blocks[n].figure is figure]
    images = [n for n in own if blocks[n].kind is BlockKind.IMAGE]
    return bool(images) and min(images) > place


def _joins_earlier(tied: list[Pictured], block: Block) -> bool:
    """Join a further line of a caption to the figure it belongs to; a table's caption to its table."""
    last = tied[-1] if tied else None
    if last is None or block.figure is None or last.block.figure is not block.figure:
        return False
    if last.caption is not None:
        both = replace(
            last.caption, text=f"{last.caption.text} {block.text}", anchors=last.caption.anchors + block.anchors
        )
        tied[-1] = Pictured(last.block, both)
        return True
    if last.block.kind is BlockKind.TABLE and not last.block.text:
        tied[-1] = Pictured(replace(last.block, text=block.text))
        return True
    return False


def _caption_of(blocks: Sequence[Block], place: int, taken: set[int], has_habit: bool) -> int | None:
    """Return the place of the caption of the image at *place*, or None."""
    image = blocks[place]
    if image.figure is not None:
        own = [n for n, other in enumerate(blocks[: place + 8]) if n >= place - 4 and other.figure is image.figure]
        captions = [n for n in own if blocks[n].kind is BlockKind.CAPTION and n not in taken]
        images = [n for n in own if blocks[n].kind is BlockKind.IMAGE]
        if captions and (len(captions) >= len(images) or place == images[-1]):
            return captions[0]
        if captions:
            return None
    following = place + 1
    if following >= len(blocks) or following in taken:
        return None
    candidate = blocks[following]
    return following if _is_caption(candidate, image, has_habit) else None


def _is_caption(block: Block, image: Block, has_habit: bool) -> bool:
    if block.kind is BlockKind.CAPTION:
        return block.figure is None or block.figure is image.figure
    if block.kind is not BlockKind.PARAGRAPH or len(block.text) > LONGEST:
        return False
    if block.is_emphasised or _is_marked(block.node):
        return True
    if len(block.text) > LONGEST_UNMARKED or "\n" in block.text:
        return False
    is_line = not _SENTENCE_END.search(block.text) or len(block.text) <= LONGEST_SENTENCE
    return (is_line and has_habit) or _shares_small_box(block.node, image.node)


def _is_marked(node: html.HtmlElement) -> bool:
    """Return whether *node* or its box is centred, or named for a caption."""
    for element in [node, *list(node.iterancestors())[:1]]:
        if element.tag in ("body", "article", "main", "section"):
            return False
        if element.tag == "center" or (element.get("align") or "").lower() == "center":
            return True
        style, names = element.get("style") or "", element.get("class") or ""
        if _CENTRED.search(style) or _CENTRED_CLASS.search(names) or _CAPTION_CLASS.search(names):
            return True
    return False


def _shares_small_box(node: html.HtmlElement, image: html.HtmlElement) -> bool:
    """Return whether a box close around the image holds nothing but images and this one short text."""
    own = " ".join("".join(node.itertext()).split())
    for box in list(image.iterancestors())[:_SMALL_BOX]:
        if box is node or box in node.iterancestors():
            return " ".join("".join(box.itertext()).split()) == own and box.tag not in ("body", "article", "main")
    return False


def _has_habit(blocks: Sequence[Block]) -> bool:
    """Return whether this page sets a short line without a full stop under most of its images."""
    n_images = n_lines = 0
    for block, after in pairwise(blocks):
        if block.kind is BlockKind.IMAGE and after.kind is not BlockKind.IMAGE:
            n_images += 1
            is_line = after.kind is BlockKind.PARAGRAPH and len(after.text) <= LONGEST_UNMARKED
            n_lines += is_line and not _SENTENCE_END.search(after.text)
    return n_lines >= 2 and n_lines >= 0.6 * n_images

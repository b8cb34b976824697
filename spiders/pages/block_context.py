"""What stands together is kept together: a list is kept or left as one, and a heading goes with what it heads."""

from collections import defaultdict
from collections.abc import Sequence

from spiders.pages.block_features import linked_share
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element

_MOST_OF = 0.5  # share of a list's text
_LIKELY_LIST = 0.45  # mean likelihood of a list that is kept for itself
_LIKELY_BESIDE = 0.25  # … of one beside a block that is kept
_MOST_LINKED = 0.6  # share of a list's text within links: more is a menu
_LEAST_HEADING = 0.05  # likelihood of a heading above a block that is kept
_REACH = 2  # blocks below a heading


def settled(blocks: Sequence[Block], scores: Sequence[float], likely: float) -> list[float]:
    """Return *scores*, how likely each block is main text, raised to *likely* where a block's neighbours speak for it.

    Images and captions are nobody's neighbours: they come with the text around them.
    """
    result = list(scores)
    text = [n for n, block in enumerate(blocks) if block.kind not in (BlockKind.IMAGE, BlockKind.CAPTION)]
    beside = {place: text[max(0, n - 1) : n] + text[n + 1 : n + 2] for n, place in enumerate(text)}
    for places in _lists(blocks):
        near = (set(beside[places[0]]) | set(beside[places[-1]])) - set(places)
        if _is_kept_list(blocks, scores, places, likely, is_beside=any(scores[place] >= likely for place in near)):
            for place in places:
                result[place] = max(result[place], likely)
    for n in range(len(text) - 1, -1, -1):
        is_heading = blocks[text[n]].kind is BlockKind.HEADING and result[text[n]] >= _LEAST_HEADING
        if is_heading and any(result[below] >= likely for below in text[n + 1 : n + 1 + _REACH]):
            result[text[n]] = max(result[text[n]], likely)
    return result


def _lists(blocks: Sequence[Block]) -> list[list[int]]:
    """Return the places of the items of each list, in order."""
    lists: dict[Element, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        if block.kind is BlockKind.ITEM:
            parent = block.node.getparent()
            lists[block.node if parent is None else parent].append(place)
    return list(lists.values())


def _is_kept_list(
    blocks: Sequence[Block], scores: Sequence[float], places: Sequence[int], likely: float, *, is_beside: bool
) -> bool:
    sizes = [len(blocks[place].text) for place in places]
    size = sum(sizes) or 1
    if sum(n for n, place in zip(sizes, places, strict=True) if scores[place] >= likely) >= _MOST_OF * size:
        return True
    mean = sum(n * scores[place] for n, place in zip(sizes, places, strict=True)) / size
    linked = sum(n * linked_share(blocks[place], blocks[place].text) for n, place in zip(sizes, places, strict=True))
    return mean >= (_LIKELY_BESIDE if is_beside else _LIKELY_LIST) and linked <= _MOST_LINKED * size

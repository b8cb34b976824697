"""What stands together is kept together: lists, blocks of one form in one box, headings with what they head.

A block that is nearly all links is doubted; every other rule only raises likelihoods. Images and captions are nobody's
neighbours: they come with the text around them.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from spiders.pages.block_features import linked_share, text_of
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element

_LINKED, _LIKELY_LINKED = 0.7, 0.85  # share within links from where on a block is doubted; likelihood that clears it
_DOUBT = 0.4  # what its likelihood is multiplied with
_MOST_OF = 0.5  # share of a list's text
_LIKELY_LIST = 0.35  # mean likelihood of a list that is kept for itself
_LIKELY_BESIDE = 0.2  # … of one beside a block that is kept
_MOST_LINKED = 0.6  # share of a list's text within links: more is a menu
_SHARE_ALIKE, _LEAST_ALIKE = 0.6, 3  # share of kept blocks of one form that speaks for the others; blocks
_LIKELY_ALIKE = 0.4  # likelihood of a block that those like it speak for
_LEAST_HEADING = 0.05  # … of a heading above a block that is kept
_LEAST_HEADING_ALIKE = 0.02  # … of one of the same form as most that are kept
_REACH = 2  # blocks below a heading


@dataclass(frozen=True)
class _Page:
    """The blocks of a page, how likely each is main text, and from where on one is kept."""

    blocks: Sequence[Block]
    scores: list[float]
    likely: float

    @cached_property
    def text(self) -> list[int]:
        """Return the places of all but images and captions."""
        apart = (BlockKind.IMAGE, BlockKind.CAPTION)
        return [place for place, block in enumerate(self.blocks) if block.kind not in apart]

    def is_kept(self, place: int) -> bool:
        return self.scores[place] >= self.likely

    def size(self, places: Iterable[int], *, of_kept: bool = False) -> int:
        """Return the characters of the blocks at *places*, or of those that are kept."""
        return sum(len(text_of(self.blocks[place])) + 1 for place in places if not of_kept or self.is_kept(place))


def settled(blocks: Sequence[Block], scores: Sequence[float], likely: float) -> list[float]:
    """Return *scores*, how likely each block is main text, raised to *likely* where what is around it says so."""
    page = _Page(blocks, [_doubted(block, score) for block, score in zip(blocks, scores, strict=True)], likely)
    for rule in (_in_lists, _in_boxes, _above_kept, _alike_headings):
        for place in rule(page):
            page.scores[place] = max(page.scores[place], likely)
    return page.scores


def _doubted(block: Block, score: float) -> float:
    is_of_links = score < _LIKELY_LINKED and linked_share(block, text_of(block)) >= _LINKED
    return _DOUBT * score if is_of_links else score


def _in_lists(page: _Page) -> Iterator[int]:
    """Yield the entries of lists that are kept or left whole; the number of an entry is not drawn in."""
    items = (place for place in page.text if page.blocks[place].kind is BlockKind.ITEM)
    turns = {place: turn for turn, place in enumerate(page.text)}
    for places in _grouped(items, lambda place: _form_in_list(page.blocks[place].node)):
        first, last = turns[places[0]], turns[places[-1]]
        near = set(page.text[max(0, first - 1) : first + 2] + page.text[max(0, last - 1) : last + 2]) - set(places)
        if _is_kept_list(page, places, is_beside=any(map(page.is_kept, near))):
            yield from (place for place in places if any(map(str.isalpha, page.blocks[place].text)))


def _form_in_list(node: Element) -> Hashable:
    """Return the list that *node* stands in, and how it stands in its entry: tags and classes from it outwards."""
    path: list[tuple[str, str]] = []
    box: Element | None = node
    while box is not None and box.tag != "li":
        path.append((box.tag, box.get("class") or ""))
        box = box.getparent()
    return (None if box is None else box.getparent()), tuple(path)


def _is_kept_list(page: _Page, places: Sequence[int], *, is_beside: bool) -> bool:
    size = page.size(places)
    if page.size(places, of_kept=True) >= _MOST_OF * size:
        return True
    weights = [(place, page.size([place])) for place in places]
    mean = sum(weight * page.scores[place] for place, weight in weights) / size
    linked = sum(weight * linked_share(page.blocks[place], page.blocks[place].text) for place, weight in weights)
    return mean >= (_LIKELY_BESIDE if is_beside else _LIKELY_LIST) and linked <= _MOST_LINKED * size


def _in_boxes(page: _Page) -> Iterator[int]:
    """Yield blocks of doubt that stand in one box with others of their form, most of whose text is kept."""

    def form(place: int) -> Hashable:
        block = page.blocks[place]
        return block.node.getparent(), block.node.tag, block.node.get("class"), block.kind

    for places in _grouped(page.text, form):
        if len(places) >= _LEAST_ALIKE and page.size(places, of_kept=True) >= _SHARE_ALIKE * page.size(places):
            yield from (place for place in places if page.scores[place] >= _LIKELY_ALIKE)


def _above_kept(page: _Page) -> Iterator[int]:
    """Yield the headings above blocks that are kept, the lowest first: one may head another."""
    for turn in range(len(page.text) - 1, -1, -1):
        place = page.text[turn]
        is_heading = page.blocks[place].kind is BlockKind.HEADING and page.scores[place] >= _LEAST_HEADING
        if is_heading and any(map(page.is_kept, page.text[turn + 1 : turn + 1 + _REACH])):
            yield place


def _alike_headings(page: _Page) -> Iterator[int]:
    """Yield the headings within the text that have the form of others, most of which are kept."""
    headings = (place for place in page.text if page.blocks[place].kind is BlockKind.HEADING)
    end = max(filter(page.is_kept, page.text), default=-1)
    for places in _grouped(headings, lambda place: (page.blocks[place].node.tag, page.blocks[place].node.get("class"))):
        if len(places) >= _LEAST_ALIKE and sum(map(page.is_kept, places)) >= _SHARE_ALIKE * len(places):
            yield from (place for place in places if place < end and page.scores[place] >= _LEAST_HEADING_ALIKE)


def _grouped(places: Iterable[int], form: Callable[[int], Hashable]) -> list[list[int]]:
    """Return *places* by what *form* says of them, each group in order."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        groups[form(place)].append(place)
    return list(groups.values())

"""Entries of a reference list that plain boxes hold: <div>s of one kind, side by side, each with all of one entry."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from archive.bibliographic import n_signs
from archive.citations import holds_address, printed_number
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element
from spiders.pages.reference_lines import entry_of, lines_of

_HOLDERS = frozenset({"li", "tr", "dt", "dd", "table"})  # these tell by themselves what is one entry
_MOST_BLOCKS = 300  # read after a label for boxes


def boxes_of(blocks: Sequence[Block], start: int, outside: set[Element]) -> Mapping[int, Element]:
    """Return the box of each block from *start* on, by its place, when boxes of one kind hold an entry each.

    *outside* are the elements that hold the label as well. Empty when every block may be an entry by itself, or when
    a box holds more than one entry.
    """
    paths = list(_paths(blocks[start : start + _MOST_BLOCKS], outside))
    units: dict[Element, list[int]] = {}
    depth = 0
    while len(units) < 2 and paths and depth < len(paths[0]):
        units = _units(paths, depth)
        depth += 1
    if len(units) < 2 or all(len(places) == 1 for places in units.values()):
        return {}
    entries = {box: [blocks[start + place] for place in places] for box, places in units.items()}
    if not all(_is_one_entry(unit) for unit in entries.values()):
        return {}
    while entries and not _is_surely_entry(entries[last := next(reversed(entries))]):
        del entries[last]
    return {start + place: box for box in entries for place in units[box]}


def _paths(blocks: Sequence[Block], outside: set[Element]) -> Iterator[list[Element]]:
    """Yield, for each block up to the first that a box cannot hold, the elements around it, the outermost first."""
    for block in blocks:
        around = (block.node, *block.node.iterancestors())
        path = list(takewhile(lambda box: box not in outside, around))[::-1]
        is_heading = block.kind is BlockKind.HEADING and len(path) < 3  # beside the boxes, not in one
        if not path or not block.is_text or is_heading or any(box.tag in _HOLDERS for box in path):
            return
        yield path


def _units(paths: Sequence[Sequence[Element]], depth: int) -> dict[Element, list[int]]:
    """Return the boxes of the first one's kind and frame, as far as they follow one another, with their blocks."""
    units: dict[Element, list[int]] = {}
    first = paths[0]
    for place, path in enumerate(paths):
        is_inside = len(path) > depth and all(box is other for box, other in zip(path[:depth], first, strict=False))
        if not is_inside or not _is_like(path[depth], first[depth]):
            break
        units.setdefault(path[depth], []).append(place)
    return units


def _is_like(box: Element, other: Element) -> bool:
    return bool(box.tag == other.tag and box.get("class") == other.get("class"))


def _is_one_entry(unit: Sequence[Block]) -> bool:
    """Return whether *unit* has at most one number, and one address when it has none."""
    lines = [line for block in unit for line in lines_of(block)]
    n_numbers = sum(1 for line in lines if printed_number(line.text) is not None)
    is_numbered = n_numbers == 1 or printed_number(entry_of(unit).text) is not None
    addresses = {line.links[0][0] if line.links else line.text for line in lines if holds_address(line)}
    return n_numbers < 2 and (is_numbered or len(addresses) < 2)


def _is_surely_entry(unit: Sequence[Block]) -> bool:
    entry = entry_of(unit)
    return holds_address(entry) or printed_number(entry.text) is not None or n_signs(entry.text) > 0

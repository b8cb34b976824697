"""What holds the entries of a reference list: items, rows, pairs, numbered headings, each with all that is in it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import takewhile

from archive.citations import ReferenceLine, holds_address, printed_number
from archive.reference_marks import begins_entry
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element
from spiders.pages.inline import clean
from spiders.pages.reference_boxes import boxes_of
from spiders.pages.reference_lines import entry_of, lines_of, with_number

_HOLDERS = ("li", "tr", "dt", "dd")
_FRAME_OF = {"li": ("ol", "ul", "menu"), "tr": ("table",), "dt": ("dl",), "dd": ("dl",)}
_LONGEST_TITLED = 300  # characters of an entry under a heading without number
_BLOCKS_TO_LINK = 3  # blocks under a heading within which the link of its entry stands


class Form(StrEnum):
    """What the entries of a group are."""

    ITEMS = "items"
    ROWS = "rows"
    PAIRS = "pairs"
    HEADED = "headed"
    BOXES = "boxes"
    LINES = "lines"


_FORMS = {"li": Form.ITEMS, "dt": Form.PAIRS, "dd": Form.PAIRS, "tr": Form.ROWS, "table": Form.ROWS}


@dataclass(slots=True)
class Group:
    """Units that one element holds together, each the blocks of one entry; for lines a unit is a block."""

    form: Form
    frame: Element | None = None
    units: list[list[Block]] = field(default_factory=list)
    holders: list[Element] = field(default_factory=list)

    @property
    def has_structure(self) -> bool:
        """Return whether the page's structure tells where an entry ends."""
        return self.form is not Form.LINES

    @property
    def is_headed(self) -> bool:
        """Return whether the entries are headings with what follows them."""
        return self.form is Form.HEADED

    @property
    def is_ordered(self) -> bool:
        """Return whether the list numbers its items itself."""
        return self.form is Form.ITEMS and self.frame is not None and self.frame.tag == "ol"

    def follows(self, other: "Group") -> bool:
        """Return whether the frame of this group is of the same kind as that of *other* and stands right after it."""
        if self.frame is None or other.frame is None or self.frame.getprevious() is not other.frame:
            return False
        return bool(self.frame.tag == other.frame.tag and self.frame.get("class") == other.frame.get("class"))

    def entries(self) -> list[ReferenceLine]:
        """Return the entries; numbers printed by all of them count, else those that the list's markers show."""
        lines = list(self._rows()) if self._is_table() else [entry_of(unit) for unit in self.units]
        if all(printed_number(line.text) is not None for line in lines):
            return lines
        numbers = _marker_numbers(self.frame, self.holders) if self.is_ordered else range(1, len(lines) + 1)
        return [replace(line, number=number) for line, number in zip(lines, numbers, strict=True)]

    def spans(self) -> list[int]:
        """Return how many block lines each entry takes up."""
        spans = [sum(len(block.text.split("\n")) for block in unit) for unit in self.units]
        return [*spans, *([0] * (len(list(self._rows())) - 1))] if self._is_table() else spans

    def _is_table(self) -> bool:
        return self.form is Form.ROWS and self.units[0][0].kind is BlockKind.TABLE

    def _rows(self) -> Iterator[ReferenceLine]:
        """Yield the rows of a table without its header."""
        rows = [row for row in self.units[0][0].node.iter("tr") if len(row)]
        for row in rows:
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            is_header = all(cell.tag == "th" for cell in cells) or (row is rows[0] and _is_in_head(row))
            if is_header and len(rows) > 1:
                continue
            texts = [clean(" ".join(cell.itertext())) for cell in cells]
            links = ((a.get("href"), clean("".join(a.itertext()))) for a in row.iter("a") if a.get("href"))
            yield ReferenceLine(with_number(texts), tuple(links), is_entry=True)


def groups_of(blocks: Sequence[Block], place: int, ends: Callable[[Block], bool]) -> list[Group]:
    """Return the groups that follow the label at *place*, up to a heading, an image, or a block that *ends* names.

    A heading below the label's own stays: it may name a part of the list, or be an entry.
    """
    label = blocks[place]
    outside = {label.node, *label.node.iterancestors()}
    level = _level(label)
    groups: list[Group] = []
    at = place + 1
    boxes = boxes_of(blocks, at, outside)
    while at < len(blocks):
        block = blocks[at]
        holder = boxes.get(at)
        if holder is None:
            holder = block.node if block.kind is BlockKind.TABLE else _holder(block, outside)
        is_heading = holder is None and block.kind is BlockKind.HEADING
        if holder is None and (not block.is_text or ends(block)):
            break
        if is_heading and _level(block) > level and (headed := _headed(blocks, at, outside, ends)):
            groups.append(headed)
            at += sum(len(unit) for unit in headed.units)
            continue
        if is_heading and not 0 < level < _level(block):
            break
        _add(groups, block, holder)
        at += 1
    return [_loosened(group) for group in groups]


def _holder(block: Block, outside: set[Element]) -> Element | None:
    """Return the outermost item, row or part of a pair that holds *block* and not the label."""
    holder: Element | None = None
    for box in (block.node, *block.node.iterancestors()):
        if box in outside:
            break
        if box.tag in _HOLDERS:
            holder = box
    return holder


def _add(groups: list[Group], block: Block, holder: Element | None) -> None:
    """Add *block* to the last of *groups*, or to a new one when something else holds it."""
    last = groups[-1] if groups else None
    if holder is None:
        if last is None or last.form is not Form.LINES:
            groups.append(last := Group(Form.LINES))
        last.units.append([block])
        return
    form = _FORMS.get(holder.tag, Form.BOXES)
    frame = holder.getparent() if form is Form.BOXES else _frame(holder)
    if last is None or last.form is not form or last.frame is not frame:
        groups.append(last := Group(form, frame))
    if last.units and (last.holders[-1] is holder or _is_same_pair(last, holder)):
        last.units[-1].append(block)
        last.holders[-1] = holder
    else:
        last.units.append([block])
        last.holders.append(holder)


def _frame(holder: Element) -> Element | None:
    if holder.tag == "table":
        return holder
    frames = _FRAME_OF[holder.tag]
    found = next((box for box in holder.iterancestors() if box.tag in frames), None)
    return holder.getparent() if found is None else found


def _is_same_pair(group: Group, holder: Element) -> bool:
    """Return whether *holder* is a <dd> of the <dt> that the last unit of *group* begins with, which has no address."""
    if holder.tag != "dd" or "dt" not in _before(holder):
        return False
    if group.holders[-1].tag == "dt":
        return next(iter(_before(holder)), None) == "dt"
    return not holds_address(entry_of(group.units[-1]))


def _before(node: Element) -> Iterator[str]:
    return (one.tag for one in node.itersiblings(preceding=True) if isinstance(one.tag, str))


def _level(block: Block) -> int:
    """Return the level of a heading, 0 for what is none."""
    if block.kind is not BlockKind.HEADING:
        return 0
    boxes = (block.node, *block.node.iterancestors())
    return next((int(box.tag[1]) for box in boxes if re.fullmatch("h[1-6]", str(box.tag))), 6)


def _headed(blocks: Sequence[Block], at: int, outside: set[Element], ends: Callable[[Block], bool]) -> Group | None:
    """Return the headings from *at* on that are entries, each with what follows it; None when they are none.

    They are numbered, or each has a short text with one address below it.
    """
    group = Group(Form.HEADED)
    level, is_numbered = _level(blocks[at]), printed_number(blocks[at].text) == 1
    while at < len(blocks) and _level(blocks[at]) == level:
        following = takewhile(lambda one: one.is_text and one.kind is not BlockKind.HEADING, blocks[at + 1 :])
        unit = [blocks[at], *takewhile(lambda one: not ends(one), following)]
        is_entry = printed_number(unit[0].text) == len(group.units) + 1 if is_numbered else _is_titled(unit)
        if not is_entry:
            break
        group.units.append(unit)
        at += len(unit)
    if len(group.units) < (1 if is_numbered else 2):
        return None
    group.units[-1] = _without_rest(group.units[-1], outside)
    return group


def _is_titled(unit: Sequence[Block]) -> bool:
    """Return whether a heading and a short text with one address, and no list, are what *unit* holds."""
    lines = [line for block in unit[: _BLOCKS_TO_LINK + 2] for line in lines_of(block)]
    is_short = len(unit) <= _BLOCKS_TO_LINK + 1 and sum(len(block.text) for block in unit) <= _LONGEST_TITLED
    n_addresses = sum(1 for line in lines if holds_address(line))
    return is_short and n_addresses == 1 and not any(begins_entry(block.text) for block in unit)


def _without_rest(unit: list[Block], outside: set[Element]) -> list[Block]:
    """Cut the last entry: what shares its box belongs to it, else what comes up to its link."""
    box = unit[0].node.getparent()
    n_within = 1
    if box is not None and box not in outside:
        n_within = sum(1 for block in unit if any(one is box for one in block.node.iterancestors()))
    near = enumerate(unit[: _BLOCKS_TO_LINK + 1], start=1)
    to_link = (place for place, block in near if block.anchors or holds_address(entry_of([block])))
    return unit[: max(n_within, next(to_link, 1))]


def _loosened(group: Group) -> Group:
    """Return *group* as lines when one of its items holds several numbered lines, and so a list of its own."""
    blocks = [block for unit in group.units for block in unit]
    if group.form is not Form.ITEMS or not all(block.is_text for block in blocks):
        return group
    for unit in group.units:
        numbers = [printed_number(line) for block in unit for line in block.text.split("\n")]
        if len([number for number in numbers if number is not None]) > 1:
            return Group(Form.LINES, units=[[block] for block in blocks])
    return group


def _marker_numbers(frame: Element | None, holders: Sequence[Element]) -> list[int]:
    """Return the numbers that the markers of an ordered list show (HTML, 4.4.5: start, value)."""
    numbers: dict[Element, int] = {}
    next_number = _integer(None if frame is None else frame.get("start"), 1)
    for item in () if frame is None else frame.iterchildren("li"):
        numbers[item] = _integer(item.get("value"), next_number)
        next_number = numbers[item] + 1
    return [numbers.get(holder, place) for place, holder in enumerate(holders, start=1)]


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*\d{1,6}\s*", text) else otherwise


def _is_in_head(row: Element) -> bool:
    parent = row.getparent()
    return parent is not None and parent.tag == "thead"

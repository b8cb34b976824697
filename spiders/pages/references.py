"""The reference lists that a page prints: where each begins and ends, and what holds one entry.

A label opens a list (参考リンク：). From there on the page's structure is read before its words: an item of a list with
all it holds is one entry, as is a row of a table, a pair of a definition list, a numbered heading with what follows it;
where nothing holds the entries, they are lines. What an entry says is read by archive.citations. The forms are those
of SITES 5.2 and 5.3.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from urllib.parse import urlsplit

from archive.bibliographic import n_signs
from archive.citations import ReferenceLine, holds_address, printed_number, read_reference_list, reference_label
from archive.model import Reference
from archive.reference_labels import LONGEST_LABEL, Certainty, Label
from archive.reference_marks import begins_entry
from archive.urls import with_scheme
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.reference_groups import Form, Group, groups_of
from spiders.pages.reference_lines import are_one_entry, joined, lines_of

_ADDRESS = re.compile(
    r"https?://|www\.|\b10\.\d{4,}/|arxiv[\s:.]|\b[a-z0-9-]+\.(?:com|org|net|io|ai|co|cn|jp|kr|fr|de|gov|edu)/", re.I
)
_SHARING = re.compile(
    r"//(?:[\w.-]+\.)?[\w-]+\.\w+/(?:intent|share|sharer|sharing|dialog|submit)\b|[?&](?:url|u)=https?", re.I
)
_CALL = re.compile(
    r"\W*(?:follow|subscribe|contact|join|share|like us|关注|關注|扫码|掃碼|加入|投稿|公众号|フォロー|登録|"
    r"お問い合わせ|シェア|구독|문의|팔로우|공유|suivez|abonnez|contactez|partag|folgen|abonnieren|kontakt|teilen)",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.75
_BACK_LINK = re.compile(r"[↩↑⤴⬆^\ufe0e\ufe0f\s]+\d*")
_BETWEEN_NAMES = re.compile(r"\s*[,;、，；・/|.。]?\s*(?:and|und|et|y|と|和|및|&)?\s*")
_SENTENCE_END = re.compile(r"[。．.!?！？:：]\s*$")
_LONGEST_TITLE = 300
_MOST_STRAYS = 8  # lines without number, address or link, after which no list goes on
_MOST_NOTES = 2  # paragraphs that may follow the list at the end of an article
_LONGEST_INTRODUCTION, _LONGEST_SUBTITLE = 200, 60


@dataclass(frozen=True, slots=True)
class _PrintedList:
    """A list found in blocks: those from `start` up to `end` were looked at, `n_lines` of their lines belong to it."""

    references: tuple[Reference, ...]
    start: int
    end: int
    n_lines: int
    has_structure: bool
    is_named: bool = False  # sources that a sentence names, each a link


def split_references(
    blocks: Sequence[Block],
    absolute: Callable[[str], str] = str,
    *,
    label_of: Callable[[str], Label] = reference_label,
) -> tuple[list[Block], tuple[Reference, ...]]:
    """Return *blocks* without the reference lists that they print, and the entries of all of these in order.

    *absolute* turns an href into an address, or into nothing. What follows the last entry of a list stays text, also
    within the block of the list.
    """
    kept: list[Block] = []
    references: list[Reference] = []
    place = 0
    for found in _lists(blocks, _Reader(absolute, label_of)):
        kept += [*blocks[place : found.start], *_left_over(blocks[found.start : found.end], found.n_lines)]
        references += found.references
        place = found.end
    return [*kept, *blocks[place:]], tuple(references)


def end_of_references(blocks: Sequence[Block], absolute: Callable[[str], str]) -> int:
    """Return how many of *blocks* come before the end of the last list that the page's structure holds together.

    Its entries may lead to the page's own site and look like the related items below an article.
    """
    lists = [found for found in _lists(blocks, _Reader(absolute, reference_label)) if found.has_structure]
    if not lists:
        return 0
    last = lists[-1]
    return last.end - len(list(_left_over(blocks[last.start : last.end], last.n_lines)))


def _lists(blocks: Sequence[Block], reader: "_Reader") -> list[_PrintedList]:
    """Return the lists of a page. What stands alone is one only at the end: else it is a credit."""
    found: list[_PrintedList] = []
    place = 0
    while place < len(blocks):
        one = reader.list_at(blocks, place)
        if one:
            found.append(one)
        place = one.end if one else place + 1
    return [
        one
        for number, one in enumerate(found, start=1)
        if one.has_structure
        or (len(one.references) > 1 and not one.is_named)
        or (number == len(found) and not (one.is_named and any(block.is_text for block in blocks[one.end :])))
    ]


@dataclass(slots=True)
class _Handed:
    """Entries gathered for one list, each with the number of block lines that it takes up."""

    lines: list[ReferenceLine] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)
    skipped: int = 0
    n_strays: int = 0
    number: int | None = None
    has_structure: bool = False
    has_subtitles: bool = False
    group: Group | None = None
    depth: int | None = None

    def add(self, line: ReferenceLine, span: int) -> None:
        self.lines.append(line)
        self.spans.append(span + self.skipped)
        self.skipped = 0
        is_stray = not (line.links or begins_entry(line.text) or _ADDRESS.search(line.text))
        self.n_strays = self.n_strays + 1 if is_stray else 0
        self.number = self.number if (number := _number(line)) is None else number

    def goes_on_with(self, line: ReferenceLine) -> bool:
        """Return whether *line* carries the number that comes next."""
        return self.number is not None and _number(line) == self.number + 1


@dataclass(frozen=True, slots=True)
class _Opening:
    """A label, and the entries that stand in its own block."""

    certainty: Certainty
    lines: list[ReferenceLine]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the lists of one page."""

    absolute: Callable[[str], str]
    label_of: Callable[[str], Label]

    def list_at(self, blocks: Sequence[Block], place: int) -> _PrintedList | None:
        """Return the list whose label is the block at *place*, if there is one."""
        if blocks[place].kind is BlockKind.TABLE:
            return self._table(blocks, place)
        opening = self._opening(blocks[place])
        labelled = self._labelled(blocks, place, opening) if opening else None
        return labelled or self._named_sources(blocks, place)

    def _labelled(self, blocks: Sequence[Block], place: int, opening: _Opening) -> _PrintedList | None:
        n_label = len(lines_of(blocks[place])) - len(opening.lines)
        handed = _Handed()
        for line in opening.lines:
            handed.add(self._absolute(line), 1)
        groups = groups_of(blocks, place, self._opens_another)
        for group, following in zip_longest(groups, groups[1:]):
            if not self._takes(group, following, handed):
                break
        read = read_reference_list(handed.lines)
        if not self._are_cited(read.references, opening.certainty):
            return None
        n_lines = n_label + sum(handed.spans[: read.n_lines])
        end, n_left = place, n_lines
        while end < len(blocks) and n_left > 0:
            n_left -= len(lines_of(blocks[end]))
            end += 1
        if opening.certainty is Certainty.LIKELY and _goes_on_after(blocks[end:]):
            return None
        return _PrintedList(read.references, place, end, n_lines, handed.has_structure)

    def _are_cited(self, references: Sequence[Reference], certainty: Certainty) -> bool:
        """Return whether *references* bear out a label: are cited works, nearly all of them when it is not sure."""
        are_works = [n_signs(one.text) > 1 for one in references]
        if certainty is Certainty.SURE:
            return any(one.url for one in references) or 2 * sum(are_works) >= max(1, len(references))
        elsewhere = [self._is_elsewhere(one.url) for one in references]
        n_cited = sum(map(max, elsewhere, are_works))
        return n_cited >= max(2, _NEARLY_ALL * len(references)) and 2 * sum(elsewhere) >= len(references)

    def _is_elsewhere(self, address: str | None) -> bool:
        return bool(address) and not self._is_own_host(address or "") and not _SHARING.search(address or "")

    def _table(self, blocks: Sequence[Block], place: int) -> _PrintedList | None:
        """Return the list that a table is whose caption, or first row of one cell, is the label."""
        table = blocks[place]
        title = table.text or "".join(table.rows[0])
        label = self.label_of(title[:_LONGEST_TITLE])
        if label.certainty is not Certainty.SURE or label.rest:
            return None
        rows = Group(Form.ROWS, table.node, [[table]], [table.node]).entries()
        read = read_reference_list([self._absolute(row) for row in rows if row.text != title])
        if not self._are_cited(read.references, Certainty.SURE):
            return None
        return _PrintedList(read.references, place, place + 1, len(table.text.split("\n")), True)

    def _named_sources(self, blocks: Sequence[Block], place: int) -> _PrintedList | None:
        """Return the list that "Sources: Reuters, AP and NHK" is, unless it stands below an image as its credit."""
        block = blocks[place]
        if not block.is_text or len(block.text) > 2 * LONGEST_LABEL or not block.anchors:
            return None
        before = blocks[place - 1].kind if place else None
        if before is BlockKind.IMAGE or (before is BlockKind.CAPTION and len(block.anchors) == 1):
            return None
        label, *between = _around(block)
        named = self.label_of(label)
        is_labelled = named.has_colon and not named.rest and named.certainty is Certainty.SURE
        if not is_labelled or not all(_BETWEEN_NAMES.fullmatch(one) for one in between):
            return None
        lines = [
            self._absolute(ReferenceLine(anchor.text, ((anchor.href, anchor.text),), is_entry=True, number=number))
            for number, anchor in enumerate(block.anchors, start=1)
        ]
        if any(not line.links or self._is_own_host(line.links[0][0]) for line in lines):
            return None
        references = read_reference_list(lines).references
        return _PrintedList(references, place, place + 1, len(lines_of(block)), False, is_named=True)

    def _takes(self, group: Group, following: Group | None, handed: _Handed) -> bool:
        if group.has_structure:
            return self._takes_structure(group, handed)
        return self._takes_lines(group, following if following and following.has_structure else None, handed)

    def _takes_structure(self, group: Group, handed: _Handed) -> bool:
        """Hand on the entries that the structure of *group* parts; False when they are no part of the list."""
        lines = [self._absolute(line) for line in group.entries()]
        is_named_part = handed.has_subtitles and handed.skipped > 0 and group.is_ordered
        if handed.group and self._continues(group, lines, handed.group):
            lines = [replace(line, number=(handed.number or 0) + place) for place, line in enumerate(lines, start=1)]
        if handed.lines and not handed.goes_on_with(lines[0]) and not is_named_part:
            return False
        n_with_address = sum(1 for line in lines if holds_address(line))
        n_cited = n_with_address or sum(1 for line in lines if n_signs(line.text) > 1)
        must_be_seen = group.is_headed or handed.skipped > 0 or not n_with_address  # no label right before it
        if 2 * n_cited < len(lines) if must_be_seen else not n_cited:
            return False
        handed.group = group
        for line, span in zip(lines, group.spans(), strict=True):
            handed.add(line, span)
        handed.has_structure = True
        return True

    def _continues(self, group: Group, lines: Sequence[ReferenceLine], before: Group) -> bool:
        """Return whether *group* is one more of the lists without numbers over which the entries are spread."""
        if group.is_ordered or not group.follows(before):
            return False
        links = [href for line in lines for href, _ in line.links]
        return all(map(self._is_elsewhere, links)) and all(map(_is_work, lines))

    def _takes_lines(self, group: Group, following: Group | None, handed: _Handed) -> bool:
        """Hand on the lines of *group*, without the title of the *following*; False when the list ends among them."""
        blocks = [unit[0] for unit in group.units]
        for place, block in enumerate(blocks):
            lines = [self._absolute(line) for line in lines_of(block)]
            before_structure = following is not None and place + 1 == len(blocks)
            if _is_subtitle(block, handed) and (
                before_structure or self._introduces(block, blocks[place + 1 :], handed)
            ):
                handed.has_subtitles |= not handed.lines and not _SENTENCE_END.search(block.text)
                handed.skipped += len(lines)
            elif self._is_beside(block, lines[0], handed):
                return False
            elif are_one_entry(lines):
                handed.add(joined(lines), len(lines))
            else:
                for line in lines:
                    handed.add(line, 1)
            handed.depth = handed.depth or (_depth(block) if handed.lines else None)
            if handed.n_strays > _MOST_STRAYS:
                return False
        return True

    def _is_beside(self, block: Block, line: ReferenceLine, handed: _Handed) -> bool:
        """Return whether *block* is no part of the list: outside of what holds it, or into the site as none before."""
        if block.kind is BlockKind.HEADING or (handed.has_structure and not handed.goes_on_with(line)):
            return True
        if not handed.lines or printed_number(line.text) is not None:
            return False
        if _CALL.match(line.text):
            return True
        own = [self._is_own_host(href) for href, _ in line.links]
        is_inward = all(own) and not any(self._is_own_host(href) for one in handed.lines for href, _ in one.links)
        return _depth(block) < (handed.depth or 0) or (bool(own) and is_inward)

    def _introduces(self, block: Block, following: Sequence[Block], handed: _Handed) -> bool:
        """Return whether the list, or the next part of one in parts, begins in the first of *following*."""
        if not following or (handed.lines and not (handed.has_subtitles and block.kind is BlockKind.HEADING)):
            return False
        first = self._absolute(lines_of(following[0])[0])
        if printed_number(first.text) == 1 and holds_address(first):
            return not any(self._is_own_host(href) for href, _ in first.links)
        return not handed.lines and bool(first.links) and "".join(shown for _, shown in first.links) == first.text

    def _opening(self, block: Block) -> _Opening | None:
        """Return how sure a label *block* begins with and the entries that follow it there; None when it has none."""
        if not block.is_text:
            return None
        label = self.label_of(block.text[:_LONGEST_TITLE])
        is_entry = label.certainty is Certainty.LIKELY and label.rest and printed_number(block.text) is not None
        if label.certainty is Certainty.NONE or is_entry:  # 注1：https://…
            return None
        lines = lines_of(block)
        if label.rest:
            rest = lines[0].text[lines[0].text.rfind(label.rest) :]
            return _Opening(label.certainty, [replace(lines[0], text=rest), *lines[1:]])
        return _Opening(label.certainty, lines[1:])

    def _opens_another(self, block: Block) -> bool:
        """Return whether *block* is the label of another list; 参考1: https://… is an entry of this one."""
        opening = self._opening(block)
        if opening is None or opening.certainty is not Certainty.SURE:
            return False
        return printed_number(block.text) is None or block.kind is BlockKind.HEADING

    def _absolute(self, line: ReferenceLine) -> ReferenceLine:
        """Return *line* with its links as addresses, without those that lead to the page itself."""
        own = self.absolute("#").partition("#")[0]
        text, links = line.text, []
        for href, shown in line.links:
            address = self.absolute(with_scheme(href))
            if not href.startswith("#") and address.partition("#")[0] not in ("", own):
                links.append((address, shown))
            elif _BACK_LINK.fullmatch(shown):
                text = text.replace(shown, "", 1)
        return replace(line, text=text, links=tuple(links))

    def _is_own_host(self, address: str) -> bool:
        return urlsplit(address).netloc == urlsplit(self.absolute("#")).netloc


def _left_over(blocks: Sequence[Block], n_taken: int) -> Iterator[Block]:
    """Yield what *blocks* hold after their first *n_taken* lines."""
    for block in blocks:
        lines = block.text.split("\n")
        if n_taken <= 0:
            yield block
        elif n_taken < len(lines):
            anchors = [replace(one, line=one.line - n_taken) for one in block.anchors if one.line >= n_taken]
            yield replace(block, text="\n".join(lines[n_taken:]), pieces=(), anchors=tuple(anchors))
        n_taken -= len(lines)


def _around(block: Block) -> list[str]:
    """Return the words before, between and after the links of *block*."""
    words, rest = [], block.text
    for anchor in block.anchors:
        before, _, rest = rest.partition(anchor.text)
        words.append(before)
    return [*words, rest]


def _is_work(line: ReferenceLine) -> bool:
    return holds_address(line) or n_signs(line.text) > 1


def _depth(block: Block) -> int:
    return sum(1 for _ in block.node.iterancestors())


def _number(line: ReferenceLine) -> int | None:
    return printed_number(line.text) if line.number is None else line.number


def _goes_on_after(blocks: Sequence[Block]) -> bool:
    """Return whether the article goes on with *blocks*: a list of doubtful name is one only at its end."""
    texts = [block for block in blocks if block.is_text and len(block.text) > _LONGEST_SUBTITLE]
    n_sentences = sum(1 for block in texts if _SENTENCE_END.search(block.text))
    return n_sentences > _MOST_NOTES or (n_sentences > 0 and any(block.kind is BlockKind.HEADING for block in blocks))


def _is_subtitle(block: Block, handed: _Handed) -> bool:
    """Return whether *block*, if a list follows it, names or introduces what that holds."""
    if block.anchors or begins_entry(block.text) or _ADDRESS.search(block.text):
        return False
    if not handed.lines:
        return len(block.text) <= _LONGEST_INTRODUCTION
    return len(block.text) <= _LONGEST_SUBTITLE and not _SENTENCE_END.search(block.text)

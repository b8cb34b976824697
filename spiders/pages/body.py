"""An article's body: numbered paragraphs, headings, figures, tables, links, and the reference list it ends with."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.citations import ReferenceLine, is_reference_label, parse_reference_list
from archive.model import Figure, Link, Reference, Table
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.captions import Pictured, tie_captions

_NUMBERED = re.compile(r"\s*(?:[\[(（【［]?\s*[0-9０-９]{1,3}\s*[\])）】］.．、:：]|[①-⑳㉑-㊿]|\^|[•・●-]\s)")
_ADDRESS = re.compile(
    r"https?://|www\.|\b10\.\d{4,}/|arxiv[\s:.]|\b[a-z0-9-]+\.(?:com|org|net|io|ai|co|cn|jp|kr|fr|de|gov|edu)/", re.I
)
_LABEL_AND_ENTRY = re.compile(r"(?P<label>[^:：\d\[［①-⑳]{2,30}[:：]?)\s*(?P<entry>\S.*)", re.S)
_LONGEST_LABEL = 40
_LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Body:
    """What the body of a page holds; paragraphs are numbered from 1."""

    paragraphs: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs parted by a blank line."""
        return "\n\n".join(self.paragraphs)


def make_body(blocks: Sequence[Block], absolute: Callable[[str], str]) -> Body:
    """Return the body that *blocks* show; *absolute* turns an href into an address, or into nothing."""
    kept, references = split_references(blocks, absolute)
    paragraphs: list[str] = []
    headings: list[str] = []
    figures: list[Figure] = []
    tables: list[Table] = []
    links: list[Link] = []
    for item in tie_captions(kept):
        block = item.block
        if block.kind is BlockKind.IMAGE:
            links.extend(_links(item.caption, 0, absolute) if item.caption else ())
            figures.append(_figure(item, len(paragraphs), absolute))
        elif block.kind is BlockKind.TABLE:
            tables.append(Table(caption=block.text, rows=block.rows, after_paragraph=len(paragraphs)))
        else:
            paragraphs.append(block.text)
            links.extend(_links(block, len(paragraphs), absolute))
            if block.kind is BlockKind.HEADING:
                headings.append(block.text.replace("\n", " "))
    figures = [figure for figure in figures if figure.url or figure.caption]
    return Body(tuple(paragraphs), tuple(headings), tuple(figures), tuple(tables), tuple(links), references)


def _links(block: Block, paragraph: int, absolute: Callable[[str], str]) -> Iterable[Link]:
    for anchor in block.anchors:
        if not anchor.href.startswith("#") and (url := absolute(anchor.href)):
            yield Link(url=url, text=anchor.text, paragraph=paragraph)


def _figure(item: Pictured, after: int, absolute: Callable[[str], str]) -> Figure:
    caption = item.caption.text.replace("\n", " ") if item.caption else ""
    return Figure(url=absolute(item.block.source), alt=item.block.text, caption=caption, after_paragraph=after)


def split_references(
    blocks: Sequence[Block], absolute: Callable[[str], str] = str
) -> tuple[list[Block], tuple[Reference, ...]]:
    """Return *blocks* without the printed reference list, and that list; the last label that opens entries counts."""
    for place in range(len(blocks) - 1, -1, -1):
        opening = _opening(blocks[place])
        if opening is None:
            continue
        lines = [*opening]
        end = place + 1
        while end < len(blocks) and _continues(blocks, end, bool(lines)):
            lines.extend(_lines(blocks[end]))
            end += 1
        references = parse_reference_list([_absolute_line(line, absolute) for line in lines]) if lines else []
        if references:
            return [*blocks[:place], *blocks[end:]], tuple(references)
    return list(blocks), ()


def _opening(block: Block) -> list[ReferenceLine] | None:
    """Return the entries that stand in the label's own block (often none); None when *block* is no label."""
    if not block.is_text:
        return None
    lines = _lines(block)
    if not lines or len(lines[0].text) > _LONGEST_TITLE:
        return None
    if len(lines[0].text) <= _LONGEST_LABEL and is_reference_label(lines[0].text):
        return lines[1:]
    found = _LABEL_AND_ENTRY.match(lines[0].text)
    if found and _looks_like_entry(found["entry"]) and is_reference_label(found["label"].strip()):
        return [ReferenceLine(found["entry"], lines[0].links), *lines[1:]]
    return None


def _lines(block: Block) -> list[ReferenceLine]:
    texts = block.text.split("\n")
    return [
        ReferenceLine(text, tuple((anchor.href, anchor.text) for anchor in block.anchors if anchor.line == number))
        for number, text in enumerate(texts)
    ]


def _absolute_line(line: ReferenceLine, absolute: Callable[[str], str]) -> ReferenceLine:
    links = tuple((address, text) for href, text in line.links if (address := absolute(href)))
    return ReferenceLine(line.text, links)


def _continues(blocks: Sequence[Block], place: int, has_entries: bool) -> bool:
    """Return whether the block at *place* still belongs to the reference list."""
    block = blocks[place]
    if not block.is_text or block.kind is BlockKind.HEADING:
        return False
    if all(_looks_like_entry(line.text) or line.links for line in _lines(block)[:1]):
        return True
    following = blocks[place + 1] if place + 1 < len(blocks) else None
    is_title = len(block.text) <= _LONGEST_TITLE and following is not None and _is_address_only(following)
    is_item = block.kind is BlockKind.ITEM and (not has_entries or blocks[place - 1].kind is BlockKind.ITEM)
    return is_title or is_item


def _looks_like_entry(text: str) -> bool:
    return bool(_NUMBERED.match(text) or (_ADDRESS.search(text) and len(text) <= 2 * _LONGEST_TITLE))


def _is_address_only(block: Block) -> bool:
    return block.is_text and bool(re.match(r"\s*(?:https?://|www\.)\S+\s*$", block.text))

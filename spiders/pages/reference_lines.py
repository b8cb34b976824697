"""Blocks as lines of a reference list: each with its links, and a number that has an element of its own told apart."""

import re
from collections.abc import Sequence

from archive.citations import ReferenceLine, holds_address
from archive.reference_marks import begins_entry, mark_in_order, mark_of
from spiders.pages.blocks import Block

_ONLY_NUMBER = re.compile(r"[\W_]*(\d{1,3})[\W_]*")
_MOST_LINES = 4  # of an entry without a number: title, authors, publisher, address


def lines_of(block: Block) -> list[ReferenceLine]:
    """Return the lines of *block*, each with the links that stand in it."""
    texts = block.text.split("\n")
    shown = _with_parted_numbers(texts, block.pieces) if len(block.pieces) > 1 else texts
    return [
        ReferenceLine(text, tuple((anchor.href, anchor.text) for anchor in block.anchors if anchor.line == number))
        for number, text in enumerate(shown)
    ]


def entry_of(unit: Sequence[Block]) -> ReferenceLine:
    """Return what the blocks of *unit* say as one entry."""
    return joined([line for block in unit if block.is_text for line in lines_of(block)])


def joined(lines: Sequence[ReferenceLine]) -> ReferenceLine:
    """Return *lines* as one entry; a number that has the first of them for itself stands in brackets."""
    links = tuple(link for line in lines for link in line.links)
    return ReferenceLine(with_number([line.text for line in lines], between="\n"), links, is_entry=True)


def with_number(texts: Sequence[str], *, between: str = " ") -> str:
    """Return *texts* as one, a number that is the first of them in brackets."""
    number = _ONLY_NUMBER.fullmatch(texts[0]) if len(texts) > 1 else None
    return between.join((f"[{number[1]}] {texts[1]}", *texts[2:]) if number else texts)


def are_one_entry(lines: Sequence[ReferenceLine]) -> bool:
    """Return whether the lines of a block are one entry: one mark before the first, or one address in a few lines."""
    if len(lines) < 2:
        return False
    first = mark_of(lines[0].text)
    following = first.number + 1 if first else 0  # "2 — 24 nights" goes on with "1 — Silt"
    if any(begins_entry(line.text) or mark_in_order(line.text, following) for line in lines[1:]):
        return False
    is_marked = begins_entry(lines[0].text)
    return is_marked or (len(lines) <= _MOST_LINES and sum(1 for line in lines if holds_address(line)) == 1)


def _with_parted_numbers(texts: Sequence[str], pieces: Sequence[str]) -> list[str]:
    """Return *texts* with a number parted from the words where it begins a line and is a piece of its own (a <span>).

    One without any sign gets brackets.
    """
    parted = []
    place = 0
    for text in texts:
        first = pieces[place] if place < len(pieces) else ""
        number = _ONLY_NUMBER.fullmatch(first) if len(first) < min(len(text), 8) and text.startswith(first) else None
        shown = f"[{first}]" if first.isdecimal() else first
        parted.append(f"{shown} {text[len(first) :].lstrip()}" if number else text)
        left = len("".join(text.split()))
        while place < len(pieces) and left > 0:
            left -= len("".join(pieces[place].split()))
            place += 1
    return parted

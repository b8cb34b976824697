"""Entries that share a line: where each begins, and which links are its own."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from archive.printed_addresses import URL
from archive.reference_marks import CIRCLED, mark_of

Links: TypeAlias = tuple[tuple[str, str], ...]  # (href, text) of each anchor, in order


def pieces(text: str, links: Links, expected: int) -> Iterator[tuple[str, Links]]:
    """Split "1.https://a.example/2.https://b.example/" where the next number stands before an address or a title."""
    pieces, number = [], expected + 1
    first = mark_of(text)
    form = text[: first.end].strip() if first else ""
    while (start := _start_of(number, text, links, form)) is not None:
        pieces.append(text[:start])
        text, number = text[start:].lstrip(), number + 1
    pieces.append(text)
    yield from zip(pieces, shared_out(links, pieces), strict=True)


def _start_of(number: int, text: str, links: Links, form: str) -> int | None:
    """Return where in *text*, after its beginning, the entry *number* starts; *form* is the mark of the first."""
    mark = rf"[\[(（【〔<＜]?(?:{number}|{_circled(number)})\s*[.．、:：)）\]】〕>＞]{{0,2}}\s*(?=https?:|www\.)"
    found = re.search(rf"(?:(?<=[^\s\d])\s?(?<![\d.])|(?<=\d)\s){mark}", text)
    titles = (shown for _, shown in links[1:] if (its := mark_of(shown)) and its.number == number)
    starts = [found.start()] if found else [start for shown in titles if (start := text.find(shown)) > 0]
    starts += [same] if (same := _start_like(form, number, text, links)) else []
    return min(starts, default=None)


def _start_like(form: str, number: int, text: str, links: Links) -> int | None:
    """Return where after an address the next number stands in the *form* of the first: [1] … https://… [2] …"""
    if len(form) == 1:
        mark = _circled(number)
    elif re.fullmatch(r"[\[(（【〔<＜]\d+[)）\]】〕>＞]", form):
        mark = re.escape(re.sub(r"\d+", str(number), form))
    else:
        return None
    found = re.search(rf"(?<=[\s;；。，、)）]){mark}" if mark.isascii() else mark, text[1:])
    start = found.start() + 1 if found else 0
    is_after_address = URL.search(text, 0, start) or any(shown and shown in text[:start] for _, shown in links)
    return start if start and is_after_address else None


def _circled(number: int) -> str:
    return "[" + "".join(char for char, value in CIRCLED.items() if value == number) + "]" if number <= 50 else "(?!)"


def shared_out(links: Links, parts: Sequence[str]) -> list[Links]:
    """Hand every link to the first part, from the one before it on, that shows its text."""
    shares: list[list[tuple[str, str]]] = [[] for _ in parts]
    place = 0
    for href, shown in links:
        text = shown
        place = next((index for index in range(place, len(parts)) if text and text in parts[index]), place)
        shares[place].append((href, text))
    return [tuple(share) for share in shares]

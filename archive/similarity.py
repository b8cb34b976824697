"""Differences between two states of a text, fit for Japanese: by sentence first, then by character.

RapidFuzz finds the longest common subsequence in a time that nobody's text can stretch: difflib, used before, took
7 s of CPU for a page of 4,000 characters with every twentieth changed, and hung on sentences that repeat.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from archive.text import sentence_spans

_UNIT = re.compile(r"[a-zA-Z0-9]+|.", re.DOTALL)  # a Latin word or number changes as a whole
_ALIKE = 0.5  # sentences less alike than this are shown as one gone and one new
_MOST_CELLS = 200_000_000  # of the comparison's matrix, one bit each: longer stretches change as a whole


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that is the same in both states, gone from the first, or new in the second."""

    kind: Literal["same", "gone", "new"]
    text: str


def differences(before: str, after: str) -> list[Change]:
    """Return the changes that lead from *before* to *after*, in order; "same" and "gone" together are *before*.

    >>> differences("額は200億ドル。", "額は300億ドル。")[1:3]
    [Change(kind='gone', text='200'), Change(kind='new', text='300')]
    """
    out: list[Change] = []
    for old, new, is_same in _stretches(sentences(before), sentences(after)):
        out.extend([Change("same", old)] if is_same else _within(old, new))
    return list(_joined(out))


def changed_paragraphs(changes: Iterable[Change]) -> list[list[Change]]:
    """Return *changes* paragraph by paragraph: a blank line parts them, whether it stayed, went or came.

    >>> [[part.kind for part in each] for each in changed_paragraphs(differences("一。\\n\\n雨。", "一。\\n\\n株価！"))]
    [['same'], ['gone', 'new']]
    """
    out: list[list[Change]] = [[]]
    for change in changes:
        pieces = re.split(r"\n[ \t]*\n", change.text)
        for number, piece in enumerate(pieces):
            if number:
                out.append([])
            if piece:
                out[-1].append(Change(change.kind, piece))
    return [each for each in out if any(part.text.strip() for part in each)]


def share_kept(before: str, after: str) -> float:
    """Return how much of *before* still stands in *after*, 0 to 1, by characters; 1 when there was nothing.

    >>> share_kept("一二三四。", "一二三五。")
    0.8
    """
    if not before:
        return 1.0
    return sum(len(change.text) for change in differences(before, after) if change.kind == "same") / len(before)


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, each with what ends it; joined they are the text."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _within(before: str, after: str) -> list[Change]:
    old, new = _UNIT.findall(before), _UNIT.findall(after)
    stretches = list(_stretches(old, new))
    n_same = sum(len(text) for text, _, is_same in stretches if is_same)
    if 2 * n_same < _ALIKE * (len(before) + len(after)):
        return _gone_and_new(before, after)
    out: list[Change] = []
    for gone, come, is_same in _readable(stretches):
        out.extend([Change("same", gone)] if is_same else _gone_and_new(gone, come))
    return out


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield (text before, text after, whether they are the same), same and changed in turn."""
    if len(old) * len(new) > _MOST_CELLS:
        yield "".join(old), "".join(new), False
        return
    i = j = 0
    for block in LCSseq.opcodes(old, new).as_matching_blocks():
        if block.a > i or block.b > j:
            yield "".join(old[i : block.a]), "".join(new[j : block.b]), False
        i, j = block.a + block.size, block.b + block.size
        if block.size:
            text = "".join(old[block.a : i])
            yield text, text, True


def _readable(stretches: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Return *stretches* without the few same characters that stand by chance between longer changes."""
    out: list[tuple[str, str, bool]] = []
    for old, new, is_same in stretches:
        out.append((old, new, is_same))
        while len(out) > 2 and not is_same and len(out[-2][0]) <= min(_weight(out[-3]), _weight(out[-1])):
            joined = out[-3:]
            out[-3:] = [("".join(part[0] for part in joined), "".join(part[1] for part in joined), False)]
    return out


def _weight(stretch: tuple[str, str, bool]) -> int:
    return max(len(stretch[0]), len(stretch[1]))


def _gone_and_new(before: str, after: str) -> list[Change]:
    return [Change("gone", before)] * bool(before) + [Change("new", after)] * bool(after)


def _joined(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield *changes* with neighbours of one kind joined."""
    held: Change | None = None
    for change in changes:
        if held and held.kind == change.kind:
            held = Change(held.kind, held.text + change.text)
            continue
        if held:
            yield held
        held = change
    if held:
        yield held

"""Differences between two states of a text, fit for Japanese: by sentence first, then by character."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from archive.text import sentence_spans

_UNIT = re.compile(r"[a-zA-Z0-9]+|.", re.DOTALL)  # a Latin word or number changes as a whole
_ALIKE = 0.5  # sentences less alike than this are shown as one gone and one new


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
    old, new = sentences(before), sentences(after)
    out: list[Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            out.append(Change("same", "".join(old[i1:i2])))
        elif tag == "replace":
            out.extend(_within("".join(old[i1:i2]), "".join(new[j1:j2])))
        else:
            out.extend(_gone_and_new("".join(old[i1:i2]), "".join(new[j1:j2])))
    return list(_joined(out))


def sentences(text: str) -> list[str]:
    """Return the sentences of *text*, each with what ends it; joined they are the text."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _within(before: str, after: str) -> Iterator[Change]:
    old, new = _UNIT.findall(before), _UNIT.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        yield from _gone_and_new(before, after)
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Change("same", "".join(old[i1:i2]))
        else:
            yield from _gone_and_new("".join(old[i1:i2]), "".join(new[j1:j2]))


def _gone_and_new(before: str, after: str) -> Iterator[Change]:
    if before:
        yield Change("gone", before)
    if after:
        yield Change("new", after)


def _joined(changes: Sequence[Change]) -> Iterator[Change]:
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

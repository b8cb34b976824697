"""Passages that show why an article was found: whole sentences of the original text, with the found words marked.

SQLite's own snippet() cannot do this: the index holds segmented text, and cuts it between two characters of a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from archive.text import CJK, folded, query_words, script_runs, sentence_spans

MAX_PASSAGES = 3
MAX_CHARS = 200
_LATIN = rf"[^\W_{CJK}]"
_PART = re.compile(rf"[{CJK}]+|{_LATIN}+")
_GAP, _NO_GAP = r"[\W_]{1,3}", r"[\W_]{0,3}"  # between the parts of Grok-4, of 200億
_ENDING = re.compile(r"(?:ies|ing|ed|es|s|ly|y|e)$")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage; `marks` are the (start, end) of the found words in it, `where` is title, text, caption or table."""

    text: str
    marks: tuple[tuple[int, int], ...]
    where: str


@dataclass(frozen=True, slots=True)
class _Passage:
    snippet: Snippet
    n_words: int
    order: int


def word_patterns(query: str, *, is_question: bool = False) -> list[re.Pattern[str]]:
    """Return one pattern a word of *query*, to be searched in folded text; of a question, one a run of script."""
    words = query_words(query)
    if is_question:
        words = [run for word in words for run in script_runs(word)]
    return [re.compile(_pattern(folded(word)[0])) for word in dict.fromkeys(words)]


def snippets(
    patterns: Sequence[re.Pattern[str]], *, title: str, text: str, captions: Iterable[str], cells: Iterable[str]
) -> tuple[Snippet, ...]:
    """Return the title when it holds a found word, then up to three passages, those with most of the words first.

    When no passage holds one, the first sentence stands for the article, without marks.
    """
    head = [passage.snippet for passage in _passages(patterns, [title], "title", whole=True)]
    found = [
        *_passages(patterns, [text], "text"),
        *_passages(patterns, captions, "caption", whole=True),
        *_passages(patterns, cells, "table", whole=True),
    ]
    best = sorted(found, key=lambda passage: (-passage.n_words, passage.order))[:MAX_PASSAGES]
    body = [passage.snippet for passage in best]
    if not body and text:
        body = [_cut(text, start, end, ()) for start, end in islice(_sentences(text), 1)]
    return (*head, *body)


def _pattern(word: str) -> str:
    parts = _PART.findall(word)
    if not parts:
        return re.escape(word)
    gaps = [_GAP if _is_latin(one) == _is_latin(next_one) else _NO_GAP for one, next_one in pairwise(parts)]
    body = "".join(re.escape(part) + gap for part, gap in zip(parts, [*gaps, ""], strict=True))
    if re.search(r"(\+\+|#)$", word):
        return rf"(?<!{_LATIN}){re.escape(word)}"
    first_is_latin, last_is_latin = _is_latin(parts[0]), _is_latin(parts[-1])
    if last_is_latin and parts[-1].isalpha() and len(parts[-1]) > 3:
        # The index stems English; a word is shown as found when it differs in its ending alone.
        stem = _ENDING.sub("", parts[-1]) if len(parts[-1]) > 4 else parts[-1]
        body = body[: len(body) - len(re.escape(parts[-1]))] + re.escape(stem) + "[a-z]{0,4}"
    return f"{rf'(?<!{_LATIN})' if first_is_latin else ''}{body}{rf'(?!{_LATIN})' if last_is_latin else ''}"


def _is_latin(part: str) -> bool:
    return bool(re.match(_LATIN, part))


def _passages(
    patterns: Sequence[re.Pattern[str]], texts: Iterable[str], where: str, *, whole: bool = False
) -> Iterator[_Passage]:
    for text in texts:
        low, places = folded(text)
        marks = [
            (places[match.start()], places[match.end()], number)
            for number, pattern in enumerate(patterns)
            for match in pattern.finditer(low)
        ]
        if not marks:
            continue
        marks.sort()
        for start, end in [(0, len(text))] if whole else _sentences(text):
            inside = [mark for mark in marks if start <= mark[0] < end]
            if inside:
                snippet = _cut(text, start, end, _merged((mark[0], min(mark[1], end)) for mark in inside))
                yield _Passage(replace(snippet, where=where), len({mark[2] for mark in inside}), start)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end in sentence_spans(text) if text[start:end].strip())


def _merged(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in marks:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def _cut(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> Snippet:
    """Return text[start:end] without blanks around it; a sentence too long for one passage is cut around its marks."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    before = after = ""
    if end - start > MAX_CHARS:
        centre = marks[0][0] if marks else start
        new_start = start if centre - start < MAX_CHARS // 2 else _word_start(text, centre - MAX_CHARS // 3)
        new_end = min(end, new_start + MAX_CHARS)
        if new_end < end:
            new_end = _word_start(text, new_end)
        before, after = "…" * (new_start > start), "…" * (new_end < end)
        start, end = new_start, new_end
    shift = len(before) - start
    kept = tuple((a + shift, min(b, end) + shift) for a, b in marks if start <= a < end)
    passage = before + re.sub(r"[\r\n\t]", " ", text[start:end]) + after
    return Snippet(passage, kept, "text")


def _word_start(text: str, place: int) -> int:
    """Return the start of the Latin word that *place* falls into, at most 20 characters before it."""
    for back in range(min(20, place)):
        if not (text[place - back - 1 : place - back].isascii() and text[place - back - 1].isalnum()):
            return place - back
    return place

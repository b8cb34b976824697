"""Passages that show why an article was found: whole sentences of the original text, with the found words marked.

SQLite's own snippet() cannot do this: the index holds segmented text, and cuts it between two characters of a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from archive.english import forms
from archive.query import Query, Term
from archive.segments import CJK, LATIN, fold, folded, script_runs
from archive.text import sentence_around, sentence_spans

MAX_PASSAGES = 3
MAX_CHARS = 200
_MAX_MARKS = 200  # of one word in one text
_PART = re.compile(rf"[{CJK}]+|{LATIN}+")
_GAP, _NO_GAP = r"[\W_]{1,3}", r"[\W_]{0,3}"  # between the parts of Grok-4, of 200億
_KATAKANA = "[\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff]"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage; `marks` are the (start, end) of the found words in it.

    `where` is title, text, caption, table, citation or mention; `number` that of the citation as printed, or the
    paragraph that names the source.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    where: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What of an article may hold a word: title, paragraphs, then (where, number, text) of its other parts."""

    title: str
    text: str
    parts: tuple[tuple[str, int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Passage:
    """A stretch of one of an article's texts that holds found words: (start, end, number of the pattern)."""

    text: str
    start: int
    end: int
    marks: Sequence[tuple[int, int, int]]
    where: str
    number: int | None = None

    @property
    def n_words(self) -> int:
        return len({mark[2] for mark in self.marks})

    def snippet(self) -> Snippet:
        marks = _merged((mark[0], min(mark[1], self.end)) for mark in self.marks)
        return _cut(self.text, self.start, self.end, marks, where=self.where, number=self.number)


def word_patterns(query: Query, *, others: Iterable[Term] = (), as_question: bool = False) -> list[re.Pattern[str]]:
    """Return one pattern a term of *query* and of *others*, for folded text; of a question, one a run of script."""
    terms = [*query.terms(), *others]
    if as_question:
        terms = [Term(run) for term in terms for run in script_runs(term.text)]
    return [re.compile(_pattern(term)) for term in dict.fromkeys(terms)]


def snippets(patterns: Sequence[re.Pattern[str]], texts: Texts) -> tuple[Snippet, ...]:
    """Return the title when it holds a found word, then up to three passages, those with most of the words first.

    When no passage holds one, the first sentence stands for the article, without marks.
    """
    head = [passage.snippet() for passage in _whole(patterns, texts.title, "title")]
    found = list(_sentences(patterns, texts.text))
    for where, number, text in texts.parts:
        found.extend(_whole(patterns, text, where, number))
    best = sorted(found, key=lambda passage: (-passage.n_words, passage.start))[:MAX_PASSAGES]
    body = [passage.snippet() for passage in best]
    if not body:
        body = [_cut(texts.text, start, end, ()) for start, end in islice(_spans(texts.text), 1)]
    return (*head, *body)


def _pattern(term: Term) -> str:
    parts = _PART.findall(term.text)
    if re.search(r"(\+\+|#)$", term.text):
        return rf"(?<!{LATIN}){re.escape(term.text)}"
    gaps = [_GAP if _is_latin(one) == _is_latin(next_one) else _NO_GAP for one, next_one in pairwise(parts)]
    body = "".join(re.escape(part) + gap for part, gap in zip(parts, [*gaps, ""], strict=True))
    if not term.is_exact and not term.is_inside and len(parts) == 1 and term.text.isascii():
        body = f"(?:{'|'.join(forms(term.text))})" if term.text.isalpha() else body
    return f"{_edge(parts[0][0], term, '<!')}{body}{_edge(parts[-1][-1], term, '!')}"


def _edge(character: str, term: Term, look: str) -> str:
    """Return what keeps a word from going on in its own script; a word asked for inside others may."""
    if term.is_inside:
        return ""
    if _is_latin(character):
        return f"(?{look}{LATIN})"
    return f"(?{look}{_KATAKANA})" if re.match(_KATAKANA, character) else ""


def _is_latin(part: str) -> bool:
    return bool(re.match(LATIN, part))


def _whole(patterns: Sequence[re.Pattern[str]], text: str, where: str, number: int | None = None) -> Iterator[_Passage]:
    """Yield the one passage that a text without sentences is, when it holds a found word."""
    if marks := _marks(patterns, text):
        yield _Passage(text, 0, len(text), marks, where, number)


def _sentences(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[_Passage]:
    """Yield the sentences that hold found words; for a single word no more than can be shown."""
    marks = _marks(patterns, text)
    n_found = at = 0
    while at < len(marks) and (len(patterns) > 1 or n_found < MAX_PASSAGES):
        start, end = sentence_around(text, marks[at][0])
        after = at + 1
        while after < len(marks) and marks[after][0] < end:
            after += 1
        yield _Passage(text, start, end, marks[at:after], "text")
        n_found, at = n_found + 1, after


def _marks(patterns: Sequence[re.Pattern[str]], text: str) -> list[tuple[int, int, int]]:
    """Return (start, end, number of the pattern) of found words in *text*, in order.

    They are looked for in the text as it is written; only where that lacks one is the text folded (ＧＰＵ, Café).
    """
    low = text.lower()
    if len(low) == len(text):
        found = [_found(pattern, low) for pattern in patterns]
        if all(found) or fold(text) == low:
            return sorted((start, end, number) for number, one in enumerate(found) for start, end in one)
    low, places = folded(text)
    return sorted(
        (places[start], places[end], number)
        for number, pattern in enumerate(patterns)
        for start, end in _found(pattern, low)
    )


def _found(pattern: re.Pattern[str], low: str) -> list[tuple[int, int]]:
    return [match.span() for match in islice(pattern.finditer(low), _MAX_MARKS)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end in sentence_spans(text) if text[start:end].strip())


def _merged(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in marks:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def _cut(
    text: str,
    start: int,
    end: int,
    marks: Sequence[tuple[int, int]],
    *,
    where: str = "text",
    number: int | None = None,
) -> Snippet:
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
    return Snippet(passage, kept, where, number)


def _word_start(text: str, place: int) -> int:
    """Return the start of the Latin word that *place* falls into, at most 20 characters before it."""
    for back in range(min(20, place)):
        if not (text[place - back - 1 : place - back].isascii() and text[place - back - 1].isalnum()):
            return place - back
    return place

"""Passages that show why an article was found: whole sentences of the original text, with the found words marked.

SQLite's own snippet() cannot do this: the index holds segmented text, and cuts it between two characters of a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from archive.english import forms
from archive.query import Query, Term
from archive.segments import CJK, LATIN, folded, script_runs
from archive.text import sentence_spans

MAX_PASSAGES = 3
MAX_CHARS = 200
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
    snippet: Snippet
    n_words: int
    order: int


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
    head = [passage.snippet for passage in _passages(patterns, texts.title, "title", whole=True)]
    found = list(_passages(patterns, texts.text, "text"))
    for where, number, text in texts.parts:
        passages = _passages(patterns, text, where, whole=True)
        found.extend(replace(one, snippet=replace(one.snippet, number=number)) for one in passages)
    best = sorted(found, key=lambda passage: (-passage.n_words, passage.order))[:MAX_PASSAGES]
    body = [passage.snippet for passage in best]
    if not body and texts.text:
        body = [_cut(texts.text, start, end, ()) for start, end in islice(_sentences(texts.text), 1)]
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


def _passages(patterns: Sequence[re.Pattern[str]], text: str, where: str, *, whole: bool = False) -> Iterator[_Passage]:
    low, places = folded(text)
    marks = sorted(
        (places[match.start()], places[match.end()], number)
        for number, pattern in enumerate(patterns)
        for match in pattern.finditer(low)
    )
    if not marks:
        return
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

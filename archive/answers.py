"""Answers to a question, of which no article need hold every word, in two stages.

Its rarest terms, within the budget of matches, choose a hundred candidates by bm25; all its terms, found in the
candidates' text, put those in order: bm25 again, and how much of the question stands close together.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from archive.english import any_form, stem
from archive.matches import MIN_BUDGET, Match, best, budget, is_any, n_articles, n_matches, newest
from archive.query import Filters, Query
from archive.segments import fold, is_cjk, phrase, script_of, script_runs, tokens

_CANDIDATES = 100
_RAREST = 4  # terms that tell whether an article may hold all of them
_MAX_TERMS = 64
# Chosen on 120 questions of each of seven public sets (seed 1234), apart from those that docs/benchmarks.md reports.
_K1, _B, _TITLE_WEIGHT = 0.9, 0.6, 3.0
_RUN_WEIGHT = 0.5  # of a run of three and more characters, whose pairs count as well
_RARITY_POWER = 1.2
_CLOSE_CHARS = 60
_CLOSE_WEIGHT = 1.5
_LATIN_WORD = re.compile("[a-z0-9]+")


_Place = tuple[int, int]
"""Place in a text, number of the term."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a question as it stands in folded text: characters, or the stem of a Latin word; and its weight."""

    text: str
    is_latin: bool
    weight: float


class Question:
    """A question asked of one archive: its terms, and in how many articles each occurs."""

    def __init__(self, connection: Any, query: Query) -> None:
        """Count the terms of *query*."""
        self._connection = connection
        self._allowed = max(MIN_BUDGET, budget(connection) // 2)  # several terms a match cost more than one
        self._frequencies = _frequencies(connection, _question_terms(query), self._allowed)

    def may_be_held_whole(self, filters: Filters) -> bool:
        """Say whether an article may hold every word: it would hold the rarest terms. That costs less than to look."""
        if not all(self._frequencies.values()):
            return False
        rarest = _rarest(self._frequencies, self._allowed)[:_RAREST]
        return not rarest or is_any(self._connection, " AND ".join(rarest), filters)

    def answers(self, filters: Filters) -> list[Match]:
        """Return up to 100 articles that may answer the question, best first."""
        known = {term: n for term, n in self._frequencies.items() if n}
        chosen = _rarest(known, self._allowed)
        if not chosen:
            return []
        candidates = self._candidates(chosen, is_common=known[chosen[0]] >= self._allowed, filters=filters)
        terms = _weighed(self._connection, known)
        scores = _scores(self._connection, candidates, terms)
        return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))

    def _candidates(self, chosen: Sequence[str], *, is_common: bool, filters: Filters) -> list[int]:
        """Return the best by bm25; where even the rarest term is in more articles than may be scored, the newest."""
        match = " OR ".join(chosen)
        if is_common:
            return newest(self._connection, match, filters, _CANDIDATES)
        return [article_id for article_id, _ in best(self._connection, match, filters, _CANDIDATES)]


def _question_terms(query: Query) -> list[str]:
    """Return the phrases of a question: its tokens, less those of hiragana alone, and its longer runs of one script."""
    words = [term.text for term in query.terms()]
    terms = [_expression(token) for word in words for token in tokens(word) if _has_meaning(token)]
    runs = [phrase(run) for word in words for run in script_runs(word) if len(run) > 2 and is_cjk(run)]
    return list(dict.fromkeys([*terms, *runs]))[:_MAX_TERMS]


def _expression(token: str) -> str:
    return f'"{token}"' if is_cjk(token) else any_form(token)


def _has_meaning(token: str) -> bool:
    if is_cjk(token):
        return len(token) > 1 and any(script_of(character) != "hiragana" for character in token)
    return True


def _frequencies(connection: Any, terms: Sequence[str], allowed: int) -> dict[str, int]:
    """Return in how many articles each term occurs: the common ones from the table, the others counted."""
    words = {term: term.strip("()").replace('"', "").split(" OR ") for term in terms}
    sql = "SELECT word, n_articles FROM search_words WHERE word IN (SELECT value FROM json_each(:words))"
    asked = json.dumps([word for ors in words.values() for word in ors])
    known = dict(connection.execute(sql, {"words": asked}).fetchall())
    counted = {term: sum(known.get(word, 0) for word in ors) for term, ors in words.items()}
    return {term: counted[term] or n_matches(connection, term, allowed) for term in terms}


def _rarest(frequencies: Mapping[str, int], allowed: int) -> list[str]:
    chosen: list[str] = []
    total = 0
    for term, n in sorted(frequencies.items(), key=lambda item: item[1]):
        if chosen and total + n > allowed:
            break
        chosen.append(term)
        total += n
    return chosen


def _weighed(connection: Any, frequencies: Mapping[str, int]) -> list[_Term]:
    total = n_articles(connection)
    terms = []
    for term, n in frequencies.items():
        words = term.split(" OR ")[0].strip('(" *)').split()
        weight = max(1e-6, math.log((total - min(n, total) + 0.5) / (min(n, total) + 0.5))) ** _RARITY_POWER
        if is_cjk(words[0]):  # bigrams put together again: 資金 金調 調達 is 資金調達
            terms.append(_Term("".join(word[0] for word in words) + words[-1][1:], False, weight))
        else:
            terms.append(_Term(stem(words[0]), True, weight))
    return terms


def _scores(connection: Any, candidates: Sequence[int], terms: Sequence[_Term]) -> dict[int, float]:
    rows = connection.execute(
        "SELECT id, COALESCE(title, ''), text FROM articles WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(candidates))},
    )
    documents = {row[0]: (fold(row[1]), fold(row[2])) for row in rows}
    mean = max(1.0, sum(len(text) for _, text in documents.values()) / max(1, len(documents)))
    places = _Places(terms)
    return {
        article_id: _score(places.of(title), places.of(text), terms, norm=_K1 * (1 - _B + _B * len(text) / mean))
        for article_id, (title, text) in documents.items()
    }


def _score(in_title: Sequence[_Place], in_text: Sequence[_Place], terms: Sequence[_Term], *, norm: float) -> float:
    counted: dict[int, float] = {}
    for weight, places in ((_TITLE_WEIGHT, in_title), (1.0, in_text)):
        for _, number in places:
            counted[number] = counted.get(number, 0.0) + weight
    score = 0.0
    for number, n in counted.items():
        term = terms[number]
        weight = term.weight * (_RUN_WEIGHT if len(term.text) > 2 and not term.is_latin else 1.0)
        score += weight * n * (_K1 + 1) / (n + norm)
    return score + _CLOSE_WEIGHT * _closeness(in_text, {number for _, number in in_title}, terms)


class _Places:
    """Finds terms in folded texts; what it learns about Latin words is kept for the next text."""

    def __init__(self, terms: Sequence[_Term]) -> None:
        self._parts = [(number, term.text) for number, term in enumerate(terms) if not term.is_latin]
        self._stems = {term.text: number for number, term in enumerate(terms) if term.is_latin}
        self._heads = {text[:2] for text in self._stems}
        self._known: dict[str, int | None] = {}

    def of(self, text: str) -> list[_Place]:
        """Return (place in *text*, number of the term) of every occurrence, in order."""
        found = list(self._latin(text)) if self._stems else []
        for number, part in self._parts:
            place = text.find(part)
            while place >= 0:
                found.append((place, number))
                place = text.find(part, place + 1)
        return sorted(found)

    def _latin(self, text: str) -> Iterator[_Place]:
        known = self._known
        for match in _LATIN_WORD.finditer(text):
            word = match.group()
            if word not in known:  # a stem begins as its word does
                known[word] = self._stems.get(stem(word)) if word[:2] in self._heads else None
            if (number := known[word]) is not None:
                yield match.start(), number


def _closeness(places: Sequence[_Place], titled: Set[int], terms: Sequence[_Term]) -> float:
    """Return the most weight of different terms within 60 characters; terms of the title are near everywhere."""
    held: Counter[int] = Counter()
    now = most = 0.0
    first = 0
    for place, number in places:
        if not held[number] and number not in titled:
            now += terms[number].weight
        held[number] += 1
        while places[first][0] < place - _CLOSE_CHARS:
            left = places[first][1]
            held[left] -= 1
            if not held[left] and left not in titled:
                now -= terms[left].weight
            first += 1
        most = max(most, now)
    return most + sum(terms[number].weight for number in titled)

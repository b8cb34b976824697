"""Did you mean: what to search for instead of a query that finds nothing; every suggestion finds something."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
from typing import Any

from archive.matches import is_any
from archive.query import Filters, Query, Term, expression, term_expression
from archive.segments import WHOLE, has_words, katakana_words

MAX_SUGGESTIONS = 4
_MAX_WORDS = 3_000  # words of the index that one misspelt word is compared with
_LATIN_WORD = re.compile("[a-z]{4,30}")
_SHORT_WORD = re.compile("[a-z0-9]{2,6}")


def did_you_mean(connection: Any, query: Query, filters: Filters) -> list[str]:
    """Return up to four queries that are near *query* and find something within *filters*, the nearest first."""
    found: list[str] = []
    for candidate in _candidates(connection, query):
        typed = replace(candidate, filters=query.filters).typed()
        if candidate.groups and typed not in found and is_any(connection, expression(candidate), filters):
            found.append(typed)
        if len(found) == MAX_SUGGESTIONS:
            break
    return found


def _candidates(connection: Any, query: Query) -> Iterator[Query]:
    """Yield *query* with the words that nothing holds replaced, then with any word replaced, then without a word."""
    terms = {place: group[0] for place, group in enumerate(query.groups) if len(group) == 1}
    unknown = {place: term for place, term in terms.items() if not is_any(connection, term_expression(term), Filters())}
    known: dict[int, list[Term | None]] = {place: [*_known(connection, term)] for place, term in unknown.items()}
    for chosen in product(*(repaired or [None] for repaired in known.values())):
        yield _with(query, dict(zip(known, chosen, strict=True)))
    for place, term in terms.items():
        for repaired in _repairs(connection, term):
            yield _with(query, {place: repaired})
    if len(query.groups) > 1:
        for place in range(len(query.groups)):
            yield _with(query, {place: None})


def _known(connection: Any, term: Term) -> list[Term]:
    """Return the two nearest words to *term* that something holds."""
    found = (one for one in _repairs(connection, term) if is_any(connection, term_expression(one), Filters()))
    return list(islice(found, 2))


def _repairs(connection: Any, term: Term) -> Iterator[Term]:
    """Yield *term* spelled otherwise, asked for inside others, shorter."""
    text = term.text
    for near in _near(connection, text):
        yield replace(term, text=near)
    if _SHORT_WORD.fullmatch(text):
        for place in range(len(text) - 1):
            yield replace(term, text=text[:place] + text[place + 1] + text[place] + text[place + 2 :])
    if katakana_words(text) and not term.is_inside:
        yield replace(term, is_inside=True, is_exact=False)
    for length in range(len(text) - 1, max(1, (len(text) - 1) // 2), -1):
        for part in () if text.isascii() else (text[:length], text[-length:]):
            if has_words(part):
                yield replace(term, text=part)


def _with(query: Query, terms: Mapping[int, Term | None]) -> Query:
    """Return *query* with other terms at those places; None leaves one out."""
    kept = [(place, group) for place, group in enumerate(query.groups) if terms.get(place, group) is not None]
    return replace(
        query, groups=tuple((terms.get(place) or group[0],) if place in terms else group for place, group in kept)
    )


def _near(connection: Any, word: str) -> list[str]:
    """Return known words that differ from *word* by a letter or two, the nearest and then the most common first."""
    is_katakana = katakana_words(word) == [word]
    if not (is_katakana or _LATIN_WORD.fullmatch(word)):
        return []
    mark = WHOLE if is_katakana else ""
    first = word[:1]
    rows = connection.execute(_WORDS, {"low": first, "high": first + "\uffff", "limit": _MAX_WORDS, "mark": f"*{mark}"})
    allowed = 1 if len(word) < 6 else 2
    near = []
    for known, n_articles in rows:
        text = known.removesuffix(WHOLE)
        if abs(len(text) - len(word)) <= allowed and 0 < (distance := _distance(word, text, allowed)) <= allowed:
            near.append((distance, -n_articles, text))
    return [text for _, _, text in sorted(near)[:2]]


_WORDS = """
SELECT word, n_articles FROM search_words
WHERE word >= :low AND word < :high AND word GLOB :mark ORDER BY n_articles DESC LIMIT :limit
"""


def _distance(one: str, two: str, at_most: int) -> int:
    """Return how many letters must be put in, left out, changed or swapped; more than *at_most* is not counted out."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(two, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > at_most:
            return at_most + 1
    return row[-1]

"""The order of hits: bm25 first, then what a reader would put first of that: title, phrase, exact form, the newer one.

A question, of which no article holds every word, is asked in two stages: its rarest terms, within the budget of
matches, choose the candidates; all its terms, counted in the candidates' text, put those in order.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from archive.matches import Match, best, budget, n_articles, n_matches
from archive.query import Filters, Query, expression
from archive.segments import any_form, fold, is_cjk, phrase, script_of, script_runs, tokens

_RERANKED = 200
_CANDIDATES = 100
_MAX_TERMS = 64
_TITLE_BONUS, _PHRASE_BONUS, _FORM_BONUS, _RECENCY_BONUS = 0.6, 0.4, 0.15, 0.25  # the best bm25 counts 1
_HALF_LIFE_DAYS = 365.0
_TITLE_WEIGHT = 2.0  # against 1 for the paragraphs: as in the index
_K1, _B = 1.2, 0.75  # of FTS5's bm25


def ranked(connection: Any, query: Query, match: str, filters: Filters, limit: int) -> list[Match]:
    """Return up to *limit* matches of *match*, the expression for *query*; there are no more than budget() of them."""
    found = best(connection, match, filters, max(limit, _RERANKED))
    extra = _bonuses(connection, query, filters)
    first = dict(found[:_RERANKED])
    for article_id in extra:
        first.setdefault(article_id, 0.0)
    top = max(first.values(), default=0.0) or 1.0
    recency = _recency(connection, list(first))
    scores = {
        article_id: score / top + extra.get(article_id, 0.0) + recency.get(article_id, 0.0)
        for article_id, score in first.items()
    }
    head = sorted(scores.items(), key=lambda item: (-item[1], -item[0]))
    tail = [(article_id, 0.0) for article_id, _ in found[_RERANKED:] if article_id not in first]
    return [*head, *tail][:limit]


def answers(connection: Any, query: Query, filters: Filters) -> list[Match]:
    """Return up to 100 articles that may answer *query*, a question, best first."""
    allowed = budget(connection)
    frequencies = _frequencies(connection, _question_terms(query), allowed)
    chosen = _rarest(frequencies, allowed)
    if not chosen:
        return []
    candidates = best(connection, " OR ".join(chosen), filters, _CANDIDATES)
    scores = _exact_scores(connection, [article_id for article_id, _ in candidates], frequencies)
    return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))


def _bonuses(connection: Any, query: Query, filters: Filters) -> dict[int, float]:
    """Return what articles gain that hold all of *query* in the title, as one phrase, in the very form typed."""
    if not query.groups:
        return {}
    in_title = replace(query, groups=tuple(tuple(replace(t, in_title=True) for t in group) for group in query.groups))
    as_typed = replace(query, groups=tuple(tuple(replace(t, is_exact=True) for t in group) for group in query.groups))
    wanted = [(_TITLE_BONUS, expression(in_title)), (_FORM_BONUS, expression(as_typed))]
    if len(query.groups) > 1 and not any(len(group) > 1 or group[0].in_title for group in query.groups):
        words = [group[0].text for group in query.groups]
        either = dict.fromkeys(phrase(joined.join(words)) for joined in ("", " "))
        wanted.append((_PHRASE_BONUS, " OR ".join(either)))
    gained: dict[int, float] = {}
    for bonus, match in wanted:
        for article_id, _ in best(connection, match, filters, _RERANKED):
            gained[article_id] = gained.get(article_id, 0.0) + bonus
    return gained


def _recency(connection: Any, ids: Sequence[int]) -> dict[int, float]:
    """Return what articles gain by their date: half a year less than the newest of the archive counts little."""
    newest = connection.execute("SELECT MAX(newest) FROM search_blocks").fetchone()[0]
    sql = "SELECT id, dated_at FROM search_facets WHERE id IN (SELECT value FROM json_each(:ids))"
    rows = connection.execute(sql, {"ids": json.dumps(list(ids))})
    return {row[0]: _RECENCY_BONUS * 0.5 ** (_days(row[1], newest) / _HALF_LIFE_DAYS) for row in rows}


def _days(earlier: str, later: str) -> float:
    try:
        return max(0.0, float((_day(later) - _day(earlier)).days))
    except ValueError:
        return 36_500.0


def _day(written: str) -> date:
    return date.fromisoformat(f"{written[:10]}-01-01"[:10])


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


def _frequencies(connection: Any, terms: Iterable[str], allowed: int) -> dict[str, int]:
    """Return in how many articles each term occurs: the common ones from the table, the others counted."""
    counted: dict[str, int] = {}
    for term in terms:
        known = _common(connection, term)
        counted[term] = known or n_matches(connection, term, allowed)
    return {term: n for term, n in counted.items() if n}


def _common(connection: Any, term: str) -> int:
    words = term.strip("()").replace('"', "").split(" OR ")
    rows = connection.execute(
        "SELECT SUM(n_articles) FROM search_words WHERE word IN (SELECT value FROM json_each(:words))",
        {"words": json.dumps(words)},
    )
    return int(rows.fetchone()[0] or 0)


def _rarest(frequencies: Mapping[str, int], allowed: int) -> list[str]:
    chosen: list[str] = []
    total = 0
    for term, n in sorted(frequencies.items(), key=lambda item: item[1]):
        if chosen and total + n > allowed:
            break
        chosen.append(term)
        total += n
    return chosen


def _exact_scores(connection: Any, candidates: Sequence[int], frequencies: Mapping[str, int]) -> dict[int, float]:
    """Return the bm25 of each candidate over all terms, counted in its folded text."""
    total = n_articles(connection)
    weights = [(_counter(term), _weight(min(n, total), total)) for term, n in frequencies.items()]
    documents = {row[0]: (fold(row[1]), fold(row[2])) for row in _texts(connection, candidates)}
    mean = sum(len(text) for _, text in documents.values()) / max(1, len(documents))
    scores = {}
    for article_id, (title, text) in documents.items():
        norm = _K1 * (1 - _B + _B * len(text) / max(1.0, mean))
        counted = ((_TITLE_WEIGHT * occurrences(title) + occurrences(text), weight) for occurrences, weight in weights)
        scores[article_id] = sum(weight * n * (_K1 + 1) / (n + norm) for n, weight in counted)
    return scores


def _weight(n_holding: int, total: int) -> float:
    return max(1e-6, math.log((total - n_holding + 0.5) / (n_holding + 0.5)))


def _counter(term: str) -> Callable[[str], int]:
    """Return what counts a term of _question_terms() in folded text."""
    words = term.split(" OR ", maxsplit=1)[0].strip('(" *)').split()
    if is_cjk(words[0]):  # bigrams put together again: 資金 金調 調達 is 資金調達
        whole = "".join(word[0] for word in words) + words[-1][1:]
        return lambda text: text.count(whole)
    # any_form() names the stem first; a word counts with any ending
    word = re.compile(rf"(?<![a-z0-9]){re.escape(words[0])}")
    return lambda text: len(word.findall(text))


def _texts(connection: Any, ids: Sequence[int]) -> Any:
    return connection.execute(
        "SELECT id, COALESCE(title, ''), text FROM articles WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(ids))},
    )

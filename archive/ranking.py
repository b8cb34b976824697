"""The order of hits: bm25 first, then what a reader puts first of that: title, phrase, exact form, the newer one."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from archive.matches import Match, best
from archive.query import Filters, Query, expression
from archive.segments import phrase

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
    extra = _bonuses(connection, query, match, filters)
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


def _bonuses(connection: Any, query: Query, match: str, filters: Filters) -> dict[int, float]:
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
    for bonus, narrower in wanted:
        if narrower == match:
            continue  # every match would gain it
        for article_id, _ in best(connection, narrower, filters, _RERANKED):
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

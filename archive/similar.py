"""Articles like another one: they cite the same things, and share words that are rare in the archive."""

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.matches import best, budget, n_articles, n_matches
from archive.query import Filters
from archive.segments import bounded, fold, script_of, script_runs

_MAX_WORDS = 40  # of one article, whose rarity is looked up
_RAREST = 12
_MOST_CITED = 50  # what more articles cite says nothing about two of them
_CANDIDATES = 50
_CITATION_WEIGHT = 1.5  # against 1 for the words


@dataclass(frozen=True, slots=True)
class Similar:
    """An article like another, how much, and why: how many citations and which words they share."""

    article_id: int
    score: float
    n_shared_citations: int
    shared_words: tuple[str, ...]


def similar_articles(connection: Any, article_id: int, *, limit: int = 10) -> list[Similar]:
    """Return the articles most like *article_id*, best first, without its own other language editions."""
    words = _rare_words(connection, article_id)
    by_words: dict[int, float] = {}
    if words:
        match = " OR ".join(bounded(word) for word in words)
        found = best(connection, match, Filters(), _CANDIDATES)
        top = max((score for _, score in found), default=1.0) or 1.0
        by_words = {other: score / top for other, score in found}
    by_citations = {row[0]: (row[1], row[2]) for row in connection.execute(_SHARED, _values(article_id))}
    own = {row[0] for row in connection.execute(_EDITIONS, {"id": article_id})} | {article_id}
    scores: dict[int, float] = {}
    for other in (by_words.keys() | by_citations.keys()) - own:
        weight = by_citations.get(other, (0, 0.0))[1]
        scores[other] = by_words.get(other, 0.0) + _CITATION_WEIGHT * (1 - math.exp(-weight))
    chosen = sorted(scores.items(), key=lambda item: (-item[1], -item[0]))[:limit]
    texts = _texts(connection, [other for other, _ in chosen])
    return [
        Similar(
            other,
            round(score, 3),
            by_citations.get(other, (0, 0.0))[0],
            tuple(word for word in words if word in texts.get(other, ""))[:5],
        )
        for other, score in chosen
    ]


# A citation that few articles share weighs more: 1 / (articles that cite it - 1).
_SHARED = """
WITH cited AS (SELECT DISTINCT surt FROM citations WHERE article_id = :id AND surt IS NOT NULL),
    counted AS (
        SELECT cited.surt, (
            SELECT COUNT(DISTINCT article_id) FROM (
                SELECT article_id FROM citations WHERE citations.surt = cited.surt LIMIT :most + 1
            )
        ) AS n FROM cited
    )
SELECT article_id, COUNT(DISTINCT citations.surt), SUM(1.0 / (n - 1)) FROM counted
JOIN citations ON citations.surt = counted.surt
WHERE n BETWEEN 2 AND :most AND article_id <> :id
GROUP BY article_id ORDER BY 3 DESC LIMIT :limit
"""
_EDITIONS = """
SELECT other.id FROM articles AS own JOIN articles AS other ON other.work_id = own.work_id
WHERE own.id = :id AND own.work_id IS NOT NULL
"""


def _values(article_id: int) -> dict[str, int]:
    return {"id": article_id, "most": _MOST_CITED, "limit": _CANDIDATES}


def _rare_words(connection: Any, article_id: int) -> list[str]:
    """Return the words of an article that fewest others have, but at least one other; those of the title first."""
    text = _texts(connection, [article_id]).get(article_id, "")
    runs = [run for run in script_runs(text) if 2 <= len(run) <= 12 and (script_of(run[0]) != "word" or len(run) > 3)]
    words = [word for word, _ in Counter(runs).most_common(_MAX_WORDS)]
    allowed = budget(connection) // _RAREST
    counted = {word: n_matches(connection, bounded(word), allowed + 1) for word in words if not word.isdigit()}
    total = n_articles(connection)
    rare = [word for word, n in counted.items() if 2 <= n <= allowed and n < max(3, total // 2)]
    return sorted(rare, key=lambda word: counted[word])[:_RAREST]


def _texts(connection: Any, ids: list[int]) -> dict[int, str]:
    sql = "SELECT id, title, text FROM articles WHERE id IN (SELECT value FROM json_each(:ids))"
    return {row[0]: fold(f"{row[1] or ''}\n{row[2]}") for row in connection.execute(sql, {"ids": json.dumps(ids)})}

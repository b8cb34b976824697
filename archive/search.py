"""Search: ranked hits with passages, at a cost that does not grow with how common a word is.

SQLite scores every match of a ranked query, so the matches it may score are limited:
- Words that occur in few articles (up to 2 % of the archive) are ranked by bm25.
- Words that occur in more are answered newest first, which stops after one page of hits.
- A question, of which no article holds every word, is asked in two stages: its rarest terms within that same limit
  choose 100 articles, and the exact bm25 of all its terms on their text puts those in order.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.snippets import Snippet, snippets, word_patterns
from archive.store import Connection, Store
from archive.text import is_cjk, match_query, normalise, phrase, query_words, script_of, script_runs, search_terms

MIN_BUDGET = 3_000
"""Matches that may always be scored, however small the archive."""

_BUDGET_SHARE = 50  # one in fifty: 2 % keeps the quality of scoring every match (research, JSQuAD)
_CANDIDATES = 100
_MAX_TERMS = 64
_FIRST_COUNT = 256  # occurrences of a term counted at first; only the terms that may be chosen are counted further
_TITLE_WEIGHT = 2.0  # against 1 for the paragraphs: as in the index
_K1, _B = 1.2, 0.75  # of FTS5's bm25


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. A higher score is better; it is 0 when hits are newest first."""

    article_id: int
    url: str
    title: str
    source: str
    lang: str | None
    kind: str
    published_at: str | None
    score: float
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class _Filters:
    kind: str | None = None
    lang: str | None = None
    source: str | None = None
    since: str | None = None
    until: str | None = None

    def named(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in ("kind", "lang", "source", "since", "until")}


def search(  # noqa: PLR0913 - one argument a filter
    store: Store | Connection,
    query: str,
    *,
    kind: str | None = None,
    lang: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> list[Hit]:
    """Return the hits for what a person typed, best first; any text is a valid query, one without words finds nothing.

    *since* and *until* are dates as stored, of any sharpness, both included: until="2025-11" takes all of November.
    They apply to the day of publication, or of the first capture where that is unknown.
    """
    connection = _connection(store)
    filters = _Filters(kind, lang, source, since, until)
    page = max(0, limit), max(0, offset)
    ranked, is_question = _ranked(connection, query, filters, *page)
    return _hits(connection, ranked, word_patterns(query, is_question=is_question))


def count(  # noqa: PLR0913 - one argument a filter
    store: Store | Connection,
    query: str,
    *,
    kind: str | None = None,
    lang: str | None = None,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> int:
    """Return how many articles search() would find without a limit; for a question, at most the 100 it looks at."""
    connection = _connection(store)
    filters = _Filters(kind, lang, source, since, until)
    match = match_query(query)
    if not match:
        return 0
    is_plain = not any(filters.named().values())
    n_found = int(
        connection.execute(_COUNT_ALL if is_plain else _COUNT, {"match": match, **filters.named()}).fetchone()[0]
    )
    if n_found or not is_question(query):
        return n_found
    return len(_two_stages(connection, query, filters))


def is_question(query: str) -> bool:
    """Say whether *query* reads like a sentence, of which an article need not hold every word."""
    words = query_words(query)
    if len(words) > 4 or query.rstrip().endswith(("?", "？")):
        return True
    return any(len(word) >= 8 and "hiragana" in {script_of(character) for character in word} for word in words)


def escape_fts(query: str) -> str:
    """Return the MATCH expression for Datasette's ?_search=; it takes the place of Datasette's function of that name.

    An expression for a text without words is '""', which matches nothing; an empty one would be an error.
    """
    return match_query(query or "") or '""'


def _connection(store: Store | Connection) -> Connection:
    return store.connection if isinstance(store, Store) else store


def _ranked(
    connection: Connection, query: str, filters: _Filters, limit: int, offset: int
) -> tuple[list[tuple[int, float]], bool]:
    """Return (article, score) of one page of hits, and whether the query was taken as a question."""
    match = match_query(query)
    if not match:
        return [], False
    budget = _budget(connection)
    page = {"match": match, **filters.named(), "limit": limit, "offset": offset}
    n_matches = _n_matches(connection, match, budget + 1)
    if n_matches == 0 and is_question(query):
        return _two_stages(connection, query, filters)[offset : offset + limit], True
    if n_matches <= budget:
        return [(row[0], -row[1]) for row in connection.execute(_BEST, page)], False
    # A prefix is looked up anew for every article that is tried, which costs more than it saves.
    sql = _LAST_STORED if match.endswith("*") else _NEWEST
    return [(row[0], 0.0) for row in connection.execute(sql, page)], False


_FILTERED = """
    (:kind IS NULL OR articles.kind = :kind)
    AND (:lang IS NULL OR articles.lang = :lang)
    AND (:source IS NULL OR articles.source = :source)
    AND (:since IS NULL OR COALESCE(articles.published_at, articles.first_captured_at) >= :since)
    AND (:until IS NULL OR COALESCE(articles.published_at, articles.first_captured_at) < :until || '~')
"""
_COUNT_ALL = "SELECT COUNT(*) FROM articles_fts WHERE articles_fts MATCH :match"
_COUNT = f"""
SELECT COUNT(*) FROM articles_fts JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND {_FILTERED}
"""  # noqa: S608 - constants
_BEST = f"""
SELECT articles.id, articles_fts.rank FROM articles_fts JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND {_FILTERED}
ORDER BY articles_fts.rank LIMIT :limit OFFSET :offset
"""  # noqa: S608
_NEWEST = f"""
SELECT articles.id FROM articles INDEXED BY articles_newest
WHERE {_FILTERED}
    AND EXISTS (SELECT 1 FROM articles_fts WHERE articles_fts.rowid = articles.id AND articles_fts MATCH :match)
ORDER BY COALESCE(articles.published_at, articles.first_captured_at) DESC, articles.id DESC
LIMIT :limit OFFSET :offset
"""  # noqa: S608
_LAST_STORED = f"""
SELECT articles.id FROM articles_fts JOIN articles ON articles.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND {_FILTERED}
ORDER BY articles_fts.rowid DESC LIMIT :limit OFFSET :offset
"""  # noqa: S608


def _budget(connection: Connection) -> int:
    return max(MIN_BUDGET, _n_articles(connection) // _BUDGET_SHARE)


def _n_articles(connection: Connection) -> int:
    """Return about how many articles there are: the highest number, which SQLite knows without counting."""
    return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM articles").fetchone()[0])


def _n_matches(connection: Connection, match: str, at_most: int) -> int:
    sql = "SELECT COUNT(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :match LIMIT :at_most)"
    return int(connection.execute(sql, {"match": match, "at_most": at_most}).fetchone()[0])


def _two_stages(connection: Connection, query: str, filters: _Filters) -> list[tuple[int, float]]:
    """Return (article, score) of up to 100 articles for a question, best first."""
    frequencies = _frequencies(connection, _question_terms(query), _budget(connection))
    chosen = _rarest(frequencies, _budget(connection))
    if not chosen:
        return []
    page = {"match": " OR ".join(chosen), **filters.named(), "limit": _CANDIDATES, "offset": 0}
    candidates = [row[0] for row in connection.execute(_BEST, page)]
    scores = _exact_scores(connection, candidates, frequencies)
    return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))


def _question_terms(query: str) -> list[str]:
    """Return the phrases of a question: its tokens, less those of hiragana alone, and its longer runs of one script."""
    words = query_words(query)
    terms = [f'"{token}"' for word in words for token in search_terms(word) if _has_meaning(token)]
    runs = [phrase(run) for word in words for run in script_runs(word) if len(run) > 2 and is_cjk(run)]
    return list(dict.fromkeys([*terms, *runs]))[:_MAX_TERMS]


def _has_meaning(token: str) -> bool:
    if is_cjk(token):
        return len(token) > 1 and any(script_of(character) != "hiragana" for character in token)
    return True


def _frequencies(connection: Connection, terms: Iterable[str], budget: int) -> dict[str, int]:
    """Return in how many articles each term occurs, counted up to *budget* and only as far as the choice needs it."""
    counted = {term: _n_matches(connection, term, _FIRST_COUNT) for term in terms}
    known = sum(n for n in counted.values() if n < _FIRST_COUNT)
    for term in [term for term, n in counted.items() if n >= _FIRST_COUNT]:
        if known < budget:
            counted[term] = _n_matches(connection, term, budget)
            known += counted[term]
        else:
            counted[term] = budget
    return {term: n for term, n in counted.items() if n}


def _rarest(frequencies: Mapping[str, int], budget: int) -> list[str]:
    chosen: list[str] = []
    total = 0
    for term, n in sorted(frequencies.items(), key=lambda item: item[1]):
        if chosen and total + n > budget:
            break
        chosen.append(term)
        total += n
    return chosen


def _exact_scores(
    connection: Connection, candidates: Sequence[int], frequencies: Mapping[str, int]
) -> dict[int, float]:
    """Return the bm25 of each candidate over all terms, counted in its normalised text."""
    n_articles = _n_articles(connection)
    weights = [(_counter(term), _weight(min(n, n_articles), n_articles)) for term, n in frequencies.items()]
    documents = {row[0]: (normalise(row[1]), normalise(row[2])) for row in _texts(connection, candidates)}
    mean = sum(len(text) for _, text in documents.values()) / max(1, len(documents))
    scores = {}
    for article_id, (title, text) in documents.items():
        norm = _K1 * (1 - _B + _B * len(text) / max(1.0, mean))
        counted = ((_TITLE_WEIGHT * occurrences(title) + occurrences(text), weight) for occurrences, weight in weights)
        scores[article_id] = sum(weight * n * (_K1 + 1) / (n + norm) for n, weight in counted)
    return scores


def _weight(n_holding: int, n_articles: int) -> float:
    return max(1e-6, math.log((n_articles - n_holding + 0.5) / (n_holding + 0.5)))


def _counter(term: str) -> Callable[[str], int]:
    """Return what counts a term of _question_terms() in normalised text."""
    tokens = term.strip('" *').split()
    if is_cjk(tokens[0]):  # bigrams put together again: 資金 金調 調達 is 資金調達
        whole = "".join(token[0] for token in tokens) + tokens[-1][1:]
        return lambda text: text.count(whole)
    # English is stemmed in the index; here a word counts with any ending.
    word = re.compile(rf"(?<![a-z0-9]){re.escape(tokens[0][:-1] if len(tokens[0]) > 5 else tokens[0])}")
    return lambda text: len(word.findall(text))


def _texts(connection: Connection, ids: Sequence[int]) -> Any:
    return connection.execute(
        "SELECT id, COALESCE(title, ''), text FROM articles WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(list(ids))},
    )


def _hits(
    connection: Connection, ranked: Sequence[tuple[int, float]], patterns: Sequence[re.Pattern[str]]
) -> list[Hit]:
    ids = {"ids": json.dumps([article_id for article_id, _ in ranked])}
    parts: dict[tuple[int, str], list[str]] = {}
    for article_id, where, text in connection.execute(_PARTS, ids):
        parts.setdefault((article_id, where), []).append(text)
    hits = {}
    for row in connection.execute(_ARTICLES, ids):
        article_id, url, title, source, lang, kind, published_at, text = row
        cells = [" ".join(line) for rows in parts.get((article_id, "rows"), ()) for line in json.loads(rows)]
        found = snippets(
            patterns, title=title or "", text=text, captions=parts.get((article_id, "caption"), ()), cells=cells
        )
        hits[article_id] = Hit(article_id, url, title or "", source, lang, kind, published_at, 0.0, found)
    return [replace(hits[article_id], score=score) for article_id, score in ranked if article_id in hits]


_ARTICLES = """
SELECT id, canonical_url, title, source, lang, kind, published_at, text FROM articles
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_PARTS = """
SELECT article_id, 'caption', caption FROM figures
WHERE caption <> '' AND article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'caption', caption FROM data_tables
WHERE caption <> '' AND article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'rows', rows FROM data_tables WHERE article_id IN (SELECT value FROM json_each(:ids))
"""

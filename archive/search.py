"""Search: what a person typed, read, looked for and put in order, with the passages that show why.

    found = find(store, "資金調達 -規制 lang:ja")
    found.read_as, found.hits

search() gives the hits alone, count() their number. The parts: query (the language), segments (what a word is in the
index), matches (how many, the newest, the best), ranking (the order), spellings (other ways to write a name).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive import matches, ranking
from archive.answers import Question
from archive.errors import QueryError, SchemaError
from archive.query import Filters, Note, Query, Term, expression, is_question, read_query, term_expression
from archive.segments import bounded, script_runs
from archive.snippets import Snippet, Texts, snippets, word_patterns
from archive.spellings import Spelling, other_spellings
from archive.store import Connection, Store
from archive.store.search_index import index_is_current

Spellings = Literal["auto", "always", "never"]
Order = Literal["best", "newest"]


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
class Found:
    """The answer to a query: its hits, how it was read, and how it was answered.

    `order` is best, newest or question (no article need hold every word); `also` are other spellings that were looked
    for, `offered` those that were not; `notes` say what could not be read as it was meant. `match` is the expression
    for FTS5, '' for a question.
    """

    hits: tuple[Hit, ...]
    query: Query
    filters: Filters
    order: Literal["best", "newest", "question"]
    match: str
    also: tuple[Spelling, ...] = ()
    offered: tuple[Spelling, ...] = ()

    @property
    def read_as(self) -> str:
        """How the query was read, in the query's own language; a question as the words that it looks for."""
        query = replace(self.query, filters=self.filters)
        if self.order == "question":
            runs = [Term(run) for term in query.terms() for run in script_runs(term.text)]
            query = replace(query, groups=(tuple(dict.fromkeys(runs)),) if runs else query.groups)
        return str(query)


@dataclass(frozen=True, slots=True)
class Options:
    """How to search: in which order, with other spellings or not, and whether the query is an FTS5 expression."""

    order: Order = "best"
    spellings: Spellings = "auto"
    raw: bool = False


def find(
    store: Store | Connection,
    text: str,
    *,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    options: Options = Options(),
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """Return the answer to what a person typed; any text is a valid query, one without words or filters finds nothing.

    *filters* are those that were chosen beside the text; they give way to filters of the text.
    Other spellings are used when asked for, and when nothing is found without them.

    Raises QueryError when options.raw and the text is no FTS5 expression; SchemaError when another release made the
    index.
    """
    connection = _connection(store)
    query = Query(text) if options.raw else read_query(text)
    search = _Search(connection, query, filters.merged(query.filters), options, max(0, limit), max(0, offset))
    try:
        return search.run()
    except sqlite3.OperationalError as error:
        if options.raw and ("fts5" in str(error) or "no such column" in str(error)):
            raise QueryError(f"{text!r} is no expression of SQLite's FTS5: {error}") from error
        raise


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
    """Return the hits for what a person typed, best first.

    *since* and *until* are dates as stored, of any sharpness, both included: until="2025-11" takes all of November.
    They apply to the day of publication, or of the first capture where that is unknown.
    """
    filters = Filters(kind=kind, lang=lang, source=source, since=since, until=until)
    return list(find(store, query, filters=filters, limit=limit, offset=offset).hits)


def find_new(store: Store | Connection, text: str, *, after_id: int) -> Found:
    """Return what find() finds among the articles stored after number *after_id*, the last stored first."""
    connection = _connection(store)
    query = read_query(text)
    match = expression(query)
    if match:
        ids = matches.newer_than(connection, match, query.filters, after_id)
    else:
        listed = matches.newest_of_all(connection, _without(query), query.filters, matches.MIN_BUDGET)
        ids = sorted((article_id for article_id in listed if article_id > after_id), reverse=True)
    hits = hits_of(connection, [(article_id, 0.0) for article_id in ids], query)
    return Found(hits, query, query.filters, "newest", match)


def hits_of(store: Store | Connection, ranked: Iterable[matches.Match], query: Query) -> tuple[Hit, ...]:
    """Return the hits for articles and scores, in that order, with the passages that hold words of *query*."""
    return _hits(_connection(store), ranked, word_patterns(query))


def count(store: Store | Connection, query: str, *, filters: Filters = Filters()) -> int:  # noqa: B008 - frozen
    """Return how many articles find() would give without a limit, estimated where there are more than 8,000.

    For a question that is at most the 100 it looks at.
    """
    found = find(store, query, filters=filters, limit=0)
    return number_of(store, found)[0]


def number_of(store: Store | Connection, found: Found) -> tuple[int, bool]:
    """Return how many articles an answer has in all, and whether that is exact."""
    connection = _connection(store)
    if found.order == "question":
        return len(Question(connection, found.query).answers(found.filters)), True
    if found.match:
        return matches.n_found(connection, found.match, found.filters)
    without = _without(found.query)
    listed = bool(without) or not found.filters.is_empty()
    limit = matches.MIN_BUDGET
    n_listed = len(matches.newest_of_all(connection, without, found.filters, limit + 1)) if listed else 0
    return min(n_listed, limit), n_listed <= limit


def escape_fts(query: str) -> str:
    """Return the MATCH expression for Datasette's ?_search=; it takes the place of Datasette's function of that name.

    Filters are left out, the table page has its own. An expression for a text without words is '""', which matches
    nothing; an empty one would be an error.
    """
    return expression(read_query(query or "")) or '""'


def _connection(store: Store | Connection) -> Connection:
    return store.connection if isinstance(store, Store) else store


@dataclass(frozen=True, slots=True)
class _Search:
    """One search on its way."""

    connection: Connection
    query: Query
    filters: Filters
    options: Options
    limit: int
    offset: int
    notes: list[Note] = field(default_factory=list)

    def run(self) -> Found:
        if not index_is_current(self.connection):
            raise SchemaError("the search index was made by another release; make it anew with: archive reindex")
        if self.options.raw and self.query.text.strip():
            return self._matched(self.query.text)
        match = self._affordable(expression(self.query))
        if not match:
            return self._listed()
        others = {} if self.options.spellings == "never" else _spellings(self.query)
        if others and self.options.spellings == "always":
            return self._matched(self._affordable(_widened(self.query, others)), others)
        return self._as_typed(match, others)

    def _as_typed(self, match: str, others: Mapping[Term, Sequence[Spelling]]) -> Found:
        """Return what is found as it was typed; when that is nothing, an answer to a question or other spellings."""
        if is_question(self.query):
            question = Question(self.connection, self.query)
            if not question.may_be_held_whole(self.filters) or not matches.is_any(self.connection, match, self.filters):
                return self._answered(question)
        found = self._matched(match)
        if found.hits or matches.is_any(self.connection, match, self.filters):
            return replace(found, offered=self._findable(others))
        wide = self._affordable(_widened(self.query, others)) if others else ""
        if wide and matches.is_any(self.connection, wide, self.filters):
            return self._matched(wide, others)
        return found

    def _affordable(self, match: str) -> str:
        """Return *match* at a bounded cost, having noted what was given up for that."""
        match, replaced = matches.affordable(self.connection, match)
        said = [
            Note("{words} begins very many words: only the most common of them are looked for", one) for one in replaced
        ]
        self.notes.extend(one for one in said if one not in self.notes)
        return match

    def _matched(self, match: str, others: Mapping[Term, Sequence[Spelling]] | None = None) -> Found:
        order = self.options.order
        allowed = matches.budget(self.connection)
        if order == "best" and matches.n_matches(self.connection, match, allowed + 1) > allowed:
            order = "newest"  # too many to be scored
        end = self.offset + self.limit
        ranked: Sequence[matches.Match] = []
        if order == "best" and self.limit:
            ranked = ranking.ranked(self.connection, self.query, match, self.filters, end)[self.offset :]
        elif self.limit:
            ids = matches.newest(self.connection, match, self.filters, self.limit, self.offset)
            ranked = [(article_id, 0.0) for article_id in ids]
        terms = [Term(spelling.text, is_exact=True) for spellings in (others or {}).values() for spelling in spellings]
        patterns = [] if self.options.raw else word_patterns(self.query, others=terms)
        hits = _hits(self.connection, ranked, patterns)
        query = replace(self.query, notes=(*self.query.notes, *self.notes))
        return Found(hits, query, self.filters, order, match, also=_flat(others or {}))

    def _findable(self, others: Mapping[Term, Sequence[Spelling]]) -> tuple[Spelling, ...]:
        """Return the spellings that would find anything at all."""
        return tuple(
            spelling
            for spelling in _flat(others)
            if matches.is_any(self.connection, bounded(spelling.text), self.filters)
        )

    def _answered(self, question: Question) -> Found:
        ranked = question.answers(self.filters)[self.offset : self.offset + self.limit]
        hits = _hits(self.connection, ranked, word_patterns(self.query, as_question=True))
        return Found(hits, self.query, self.filters, "question", "")

    def _listed(self) -> Found:
        """Return what passes the filters and exclusions of a query without words: the newest first."""
        without = _without(self.query)
        ids = []
        if without or not self.filters.is_empty():
            ids = matches.newest_of_all(self.connection, without, self.filters, self.limit, self.offset)
        hits = _hits(self.connection, [(article_id, 0.0) for article_id in ids], [])
        return Found(hits, self.query, self.filters, "newest", "")


def _without(query: Query) -> str:
    return " OR ".join(term_expression(term) for term in query.excluded)


def _spellings(query: Query) -> dict[Term, list[Spelling]]:
    found = {term: other_spellings(term) for term in query.terms()}
    return {term: spellings for term, spellings in found.items() if spellings}


def _widened(query: Query, others: Mapping[Term, Sequence[Spelling]]) -> str:
    return expression(query, lambda term: [spelling.text for spelling in others.get(term, ())])


def _flat(others: Mapping[Term, Sequence[Spelling]]) -> tuple[Spelling, ...]:
    return tuple(dict.fromkeys(spelling for spellings in others.values() for spelling in spellings))


def _hits(connection: Connection, ranked: Iterable[matches.Match], patterns: Sequence[Any]) -> tuple[Hit, ...]:
    scores = dict(ranked)
    ids = {"ids": json.dumps(list(scores))}
    parts: dict[int, list[tuple[str, int | None, str]]] = {}
    for article_id, where, number, text in connection.execute(_PARTS, ids):
        if where == "table":
            parts.setdefault(article_id, []).extend(("table", None, " ".join(row)) for row in json.loads(text))
        else:
            parts.setdefault(article_id, []).append((where, number, text))
    hits = {}
    for row in connection.execute(_ARTICLES, ids):
        article_id, url, title, source, lang, kind, published_at, text = row
        found = snippets(patterns, Texts(title or "", text, tuple(parts.get(article_id, ()))))
        hits[article_id] = Hit(
            article_id, url, title or "", source, lang, kind, published_at, scores[article_id], found
        )
    return tuple(hits[article_id] for article_id in scores if article_id in hits)


_ARTICLES = """
SELECT id, canonical_url, title, source, lang, kind, published_at, text FROM articles
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_PARTS = """
SELECT id, 'caption', NULL, lead_image_caption FROM articles
WHERE lead_image_caption IS NOT NULL AND id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'caption', NULL, caption FROM figures
WHERE caption <> '' AND article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'caption', NULL, caption FROM data_tables
WHERE caption <> '' AND article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'table', NULL, rows FROM data_tables WHERE article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'citation', number, text FROM citations
WHERE kind = 'reference' AND text <> '' AND article_id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT article_id, 'mention', paragraph, name FROM citations
WHERE kind = 'mention' AND name IS NOT NULL AND article_id IN (SELECT value FROM json_each(:ids))
"""

"""Articles that match an FTS5 expression: how many, the newest, the best; at a cost that stays within a budget.

SQLite scores every match of a ranked query, so only as many as budget() may be scored; what matches more articles is
answered newest first, from the newest blocks of the archive (see search_blocks in the schema).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import AddressError
from archive.query import Filters
from archive.urls import surt

MIN_BUDGET = 3_000
"""Matches that may always be scored, however small the archive."""

BLOCK = 1024
_BUDGET_SHARE = 100
_COUNTED = 8_000  # matches are counted up to here, beyond the number is estimated
_SAMPLED = 3_000
_SORTED = 200  # so many matches are put in the order of their dates at once
_RANGES, _FEWEST_RANGES = 128, 16  # that a sample has
_SEEN = 2_048.0  # articles in which the density of matches is seen first
_PREFIX = re.compile(r'"([^"]*?)([^" ]+)" \*')
_BEGINNING_BUDGETS = 3  # occurrences that a beginning may have, as a multiple of budget()
_STANDING_FOR = 32
_OFTEN = 20_000  # citations of one domain

_CITED = """(
    (surt >= :cites AND surt < :cites_end)
    OR (:host IS NOT NULL AND surt >= :host || ',' AND surt < :host || '-')
    OR (:host IS NOT NULL AND surt >= :host || ':' AND surt < :host || ';')
)"""
FILTERED = f"""
    (:any_set OR search_facets.set_id IN (
        SELECT id FROM facet_sets
        WHERE (:kind IS NULL OR kind = :kind) AND (:not_kind IS NULL OR kind <> :not_kind)
            AND (:lang IS NULL OR lang = :lang COLLATE NOCASE OR lang LIKE :lang || '-%')
            AND (:not_lang IS NULL OR NOT (lang = :not_lang COLLATE NOCASE OR lang LIKE :not_lang || '-%'))
            AND (:source IS NULL OR source = :source) AND (:not_source IS NULL OR source <> :not_source)
            AND (:section IS NULL OR section = :section) AND (:outcome IS NULL OR outcome = :outcome)
    ))
    AND (:since IS NULL OR search_facets.dated_at >= :since)
    AND (:until IS NULL OR search_facets.dated_at < :until || '~')
    AND (:before IS NULL OR search_facets.dated_at < :before)
    AND (:cites IS NULL
        OR (NOT :is_cited_often AND search_facets.id IN (SELECT article_id FROM citations WHERE {_CITED}))
        OR (:is_cited_often AND EXISTS (SELECT 1 FROM citations WHERE article_id = search_facets.id AND {_CITED}))
    )
"""  # noqa: S608 - constants
"""What Filters mean in SQL, for parameters(); search_facets is the table that is filtered."""

Match = tuple[int, float]
"""Number of an article, and how well it matches; 0 when the order is another."""


def parameters(connection: Any, filters: Filters) -> dict[str, Any]:
    """Return the named parameters of FILTERED."""
    named = filters.named()
    in_sets = ("kind", "not_kind", "lang", "not_lang", "source", "not_source", "section", "outcome")
    values = {**named, **_cited(filters.cites), "any_set": not any(named[name] for name in in_sets)}
    if values["cites"] is not None:  # what few cite is gathered once, what many cite is asked of each match
        often = connection.execute(_CITED_OFTEN, {**values, "often": _OFTEN}).fetchone()
        values["is_cited_often"] = often is not None
    return {"is_cited_often": False, **values}


def n_articles(connection: Any) -> int:
    """Return about how many articles there are: the highest number, which SQLite knows without counting."""
    return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM search_facets").fetchone()[0])


def budget(connection: Any) -> int:
    """Return how many matches a ranked search may score."""
    return max(MIN_BUDGET, n_articles(connection) // _BUDGET_SHARE)


def affordable(connection: Any, match: str) -> tuple[str, list[str]]:
    """Return *match* with each beginning that very many pages hold (の, ン, a*) replaced, and those beginnings.

    SQLite reads every occurrence of every token that begins so, for one character seconds in a large archive. Its most
    common tokens stand for it then; what holds only rarer ones is not found. Every function here does that by itself.
    """
    replaced = list[str]()

    def replacement(found: re.Match[str]) -> str:
        before, begin = found[1], found[2]
        span = {"begin": begin, "end": begin + "\U0010ffff", "most": _STANDING_FOR}
        if int(connection.execute(_BEGINNING, span).fetchone()[0]) <= _BEGINNING_BUDGETS * budget(connection):
            return found[0]
        replaced.append(begin)
        return "({})".format(" OR ".join(f'"{before}{row[0]}"' for row in connection.execute(_MOST_COMMON, span)))

    return _PREFIX.sub(replacement, match), replaced


def n_matches(connection: Any, match: str, at_most: int) -> int:
    """Return how many articles match, without filters, counted up to *at_most*."""
    sql = "SELECT COUNT(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :match LIMIT :at_most)"
    return int(connection.execute(sql, _values(connection, match, at_most=at_most)).fetchone()[0])


def n_found(connection: Any, match: str, filters: Filters) -> tuple[int, bool]:
    """Return how many articles match, and whether that is exact; beyond 8,000 it is estimated from a sample."""
    values = _values(connection, match, filters, at_most=_COUNTED + 1)
    found = int(connection.execute(_COUNT_PLAIN if filters.is_empty() else _COUNT, values).fetchone()[0])
    if found <= _COUNTED:
        return found, True
    sample = sample_of(connection, match, _SAMPLED)
    sampled = int(connection.execute(_COUNT_SAMPLE, {**values, "ranges": sample.ranges}).fetchone()[0])
    return max(found, round(sampled / sample.share)), sample.share == 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Ranges of article numbers, as a JSON array of [first, last], and what share of the archive they are."""

    ranges: str
    share: float


WHOLE = Sample(f"[[0, {2**62}]]", 1.0)
"""All articles."""


def sample_of(connection: Any, match: str, n_wanted: int) -> Sample:
    """Return evenly spread ranges of article numbers that hold about *n_wanted* matches of *match*, without filters.

    How dense the matches are is seen in narrow ranges first. SQLite looks for every word of *match* anew in each range,
    so many words get fewer ranges.
    """
    n_ranges = max(_FEWEST_RANGES, _RANGES // max(1, match.count('"') // 8))
    stride = n_articles(connection) / n_ranges
    narrow = min(stride, _SEEN / n_ranges)
    values = {**_values(connection, match), "ranges": _spread(n_ranges, stride, narrow)}
    seen = int(connection.execute(_COUNT_SAMPLE_PLAIN, values).fetchone()[0])
    width = min(stride, max(1.0, n_wanted * narrow / max(seen, 1)))
    return WHOLE if width >= stride else Sample(_spread(n_ranges, stride, width), max(1, int(width)) / stride)


def _spread(n_ranges: int, stride: float, width: float) -> str:
    starts = [int(number * stride) + 1 for number in range(n_ranges)]
    return json.dumps([(start, start + max(1, int(width)) - 1) for start in starts])


def best(connection: Any, match: str, filters: Filters, limit: int) -> list[Match]:
    """Return the *limit* matches of the highest bm25, best first."""
    values = _values(connection, match, filters, limit=limit)
    return [(row[0], -row[1]) for row in connection.execute(_BEST_PLAIN if filters.is_empty() else _BEST, values)]


def newest(connection: Any, match: str, filters: Filters, limit: int, offset: int = 0) -> list[int]:
    """Return articles that match, the latest published first; what has no date counts from its first capture."""
    wanted = limit + offset
    sql = _NEWEST_PLAIN if filters.is_empty() else _NEWEST
    values = _values(connection, match, filters, wanted=wanted, low=0, high=2**62)
    about = n_matches(connection, match, _SORTED + 1)
    if about <= _SORTED:
        return [row[0] for row in connection.execute(sql, values).fetchall()[offset:]]
    found = list[tuple[str, int]]()
    for group, newest_next in _block_groups(connection):
        for low, high in _ranges(group):
            rows = connection.execute(sql, {**values, "low": low, "high": high})
            found.extend((row[1], row[0]) for row in rows)
        found.sort(reverse=True)
        if len(found) >= wanted and (not wanted or found[wanted - 1][0] > newest_next):
            break
    return [article_id for _, article_id in found[offset:wanted]]


def is_any(connection: Any, match: str, filters: Filters) -> bool:
    """Say whether anything matches."""
    sql = f"SELECT EXISTS (SELECT 1 {_MATCHING})"
    return bool(connection.execute(sql, _values(connection, match, filters)).fetchone()[0])


def newest_of_all(connection: Any, without: str, filters: Filters, limit: int, offset: int = 0) -> list[int]:
    """Return the newest articles that pass *filters* and do not match *without* ('' excludes none)."""
    values = _values(connection, without, filters, limit=limit, offset=offset)
    values["oldest"] = filters.since or ""
    values["newest"] = min(filters.before or "~", f"{filters.until or ''}~")
    return [row[0] for row in connection.execute(_ALL_WITHOUT if without else _ALL, values)]


def newer_than(connection: Any, match: str, filters: Filters, article_id: int) -> list[int]:
    """Return the matching articles that were stored after article *article_id*, the last stored first."""
    values = _values(connection, match, filters, wanted=-1, low=article_id + 1, high=2**62)
    return sorted((row[0] for row in connection.execute(_NEWEST, values)), reverse=True)


_MATCHING = f"""
FROM articles_fts CROSS JOIN search_facets ON search_facets.id = articles_fts.rowid
WHERE articles_fts MATCH :match AND {FILTERED}
"""
_CITED_OFTEN = f"SELECT 1 FROM citations WHERE {_CITED} LIMIT 1 OFFSET :often"  # noqa: S608
_BEGINNING = "SELECT COALESCE(SUM(n_articles), 0) FROM search_words WHERE word >= :begin AND word < :end"
_MOST_COMMON = """
SELECT word FROM search_words WHERE word >= :begin AND word < :end ORDER BY n_articles DESC LIMIT :most
"""
_COUNT_PLAIN = "SELECT COUNT(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH :match LIMIT :at_most)"
_COUNT = f"SELECT COUNT(*) FROM (SELECT 1 {_MATCHING} LIMIT :at_most)"  # noqa: S608 - constants, here and below
IN_RANGES = """
FROM json_each(:ranges) AS ranges CROSS JOIN articles_fts
    CROSS JOIN search_facets ON search_facets.id = articles_fts.rowid
WHERE articles_fts MATCH :match
    AND articles_fts.rowid >= json_extract(ranges.value, '$[0]')
    AND articles_fts.rowid <= json_extract(ranges.value, '$[1]')
"""
"""Matches within the ranges of a Sample."""

_COUNT_SAMPLE_PLAIN = f"SELECT COUNT(*) {IN_RANGES}"
_COUNT_SAMPLE = f"{_COUNT_SAMPLE_PLAIN} AND {FILTERED}"
_BEST_PLAIN = "SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rank LIMIT :limit"
_BEST = f"SELECT articles_fts.rowid, articles_fts.rank {_MATCHING} ORDER BY articles_fts.rank LIMIT :limit"
_NEWEST = f"""
SELECT search_facets.id, search_facets.dated_at {_MATCHING} AND articles_fts.rowid BETWEEN :low AND :high
ORDER BY search_facets.dated_at DESC, search_facets.id DESC LIMIT :wanted
"""
_NEWEST_PLAIN = _NEWEST.replace(f"AND {FILTERED}", "")
_ALL = f"""
SELECT articles.id FROM articles INDEXED BY articles_newest JOIN search_facets ON search_facets.id = articles.id
WHERE COALESCE(published_at, first_captured_at) BETWEEN :oldest AND :newest AND {FILTERED}
ORDER BY COALESCE(published_at, first_captured_at) DESC, articles.id DESC LIMIT :limit OFFSET :offset
"""  # noqa: S608
_ALL_WITHOUT = _ALL.replace(
    "ORDER BY", "AND articles.id NOT IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match)\nORDER BY"
)


def _values(connection: Any, match: str, filters: Filters | None = None, **others: int) -> dict[str, Any]:
    """Return the named parameters of a query for *match*, at a bounded cost."""
    return {"match": affordable(connection, match)[0], **others, **(parameters(connection, filters) if filters else {})}


def _cited(cites: str | None) -> dict[str, str | None]:
    """Return the stretch of SURTs that *cites* means: a domain with its subdomains, or one address and what follows."""
    try:
        target = surt(cites) if cites else None
    except AddressError:
        target = "\x00"  # cites nothing
    if cites is None or target is None:
        return {"cites": None, "cites_end": None, "host": None}
    host, _, path = target.partition(")")
    if "://" not in cites and path in ("", "/"):
        return {"cites": f"{host})", "cites_end": f"{host}*", "host": host}
    return {"cites": target, "cites_end": f"{target}\uffff", "host": None}


def _block_groups(connection: Any) -> Iterator[tuple[list[int], str]]:
    """Yield blocks, the newest first, in growing groups, each with the date that no later block is newer than."""
    rows = connection.execute("SELECT block, newest FROM search_blocks ORDER BY newest DESC, block DESC")
    size, group = 1, list[int]()
    for block, newest_of_it in rows:
        if len(group) == size:
            yield group, newest_of_it
            size, group = size * 2, []
        group.append(block)
    if group:
        yield group, ""


def _ranges(blocks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of article numbers that *blocks* cover; neighbours are one range."""
    ordered = sorted(blocks)
    first = last = ordered[0]
    for block in [*ordered[1:], -1]:
        if block == last + 1:
            last = block
            continue
        yield first * BLOCK, last * BLOCK + BLOCK - 1
        first = last = block

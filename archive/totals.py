"""Counts that pages and pictures show, kept so that no reader waits for them: made anew when a crawl ends.

Counting reads whole tables; a page reads a few hundred rows of what came of it.
"""

from typing import Any

from archive.health import coverage_counts
from archive.store import Store

_STATE = "counted"
# Whatever changes a count adds a row to one of these. Every crawl captures lists; they alone are no reason to count.
_MARKS = """
SELECT json_array(
    (SELECT MAX(id) FROM articles), (SELECT MAX(id) FROM citations),
    (SELECT id FROM captures WHERE kind NOT IN ('robots', 'sitemap', 'feed', 'listing') ORDER BY id DESC LIMIT 1),
    (SELECT MAX(id) FROM revisions), (SELECT COUNT(*) FROM articles)
)
"""
_HELD = """
INSERT INTO totals (about, name, n)
SELECT 'held', CASE kind WHEN 'article' THEN 'articles' ELSE 'sources' END, COUNT(*) FROM articles GROUP BY kind
UNION ALL SELECT 'held', kind || 's', COUNT(*) FROM citations GROUP BY kind
UNION ALL SELECT 'held', 'captures', COUNT(*) FROM captures
UNION ALL SELECT 'held', 'states', COUNT(*) FROM revisions
UNION ALL SELECT 'held', 'problems', COUNT(*) FROM problems
UNION ALL SELECT 'month', SUBSTR(published_at, 1, 7), COUNT(*) FROM articles
    WHERE kind = 'article' AND LENGTH(published_at) >= 7 GROUP BY 2
UNION ALL SELECT kind, COALESCE(outcome, state), COUNT(*) FROM frontier GROUP BY 1, 2
"""
# 'weekday 0' is the Sunday on or after a day; six days before it lies its Monday.
_ARTICLE_WEEKS = """
INSERT INTO article_weeks (week, section, lang, n_articles)
SELECT DATE(SUBSTR(published_at, 1, 10), 'weekday 0', '-6 days') AS week,
    COALESCE(section, ''), COALESCE(lang, ''), COUNT(*)
FROM articles WHERE kind = 'article' AND LENGTH(published_at) >= 10
GROUP BY 1, 2, 3 HAVING week IS NOT NULL
"""
# As in source_totals, an article that names a page twice (in its list and below a figure) cites it once.
_CITATION_MONTHS = """
INSERT INTO citation_months (source, month, n_citations, n_articles)
SELECT domain, month, COUNT(*), COUNT(DISTINCT article_id)
FROM (
    SELECT DISTINCT cited_sources.domain, SUBSTR(articles.published_at, 1, 7) AS month, articles.id AS article_id,
        cited_sources.surt
    FROM citations
    JOIN articles ON articles.id = citations.article_id
    JOIN cited_addresses ON cited_addresses.surt = citations.surt
    JOIN cited_sources ON cited_sources.surt = cited_addresses.source_surt
    WHERE articles.kind = 'article' AND LENGTH(articles.published_at) >= 7 AND cited_sources.domain <> ''
)
GROUP BY 1, 2
"""
_SOURCE_TOTALS = """
INSERT INTO source_totals (source, n_cited_pages, n_citations, n_held, n_lost)
SELECT domain, COUNT(*), SUM(n_citing), SUM(cited_article_id IS NOT NULL),
    SUM(COALESCE(outcome IN ('gone', 'soft-404'), 0))
FROM cited_sources WHERE domain <> '' GROUP BY domain
"""
# Lost means that the page is no longer there: a wall or a failure says nothing about it.
# A page is lost at the first answer that says so after its last good one.
_LINK_AGES = """
INSERT INTO link_ages (source, days, n_lost, n_seen)
SELECT domain, MAX(0, CAST(julianday(COALESCE(lost_at, last_captured_at)) - cited_day AS INTEGER)) AS days,
    SUM(is_lost), SUM(NOT is_lost)
FROM (
    SELECT domain, last_captured_at, julianday(first_captured_at) - hours_after_publication / 24 AS cited_day,
        COALESCE(outcome IN ('gone', 'soft-404'), 0) AS is_lost,
        CASE WHEN outcome IN ('gone', 'soft-404') THEN (
            SELECT MIN(fetched_at) FROM captures
            JOIN cited_addresses AS one ON one.surt = captures.surt AND one.source_surt = cited_sources.surt
            WHERE outcome IN ('gone', 'soft-404') AND fetched_at > COALESCE((
                SELECT MAX(fetched_at) FROM captures
                JOIN cited_addresses AS other ON other.surt = captures.surt AND other.source_surt = cited_sources.surt
                WHERE outcome IN ('ok', 'paywalled')), '')
        ) END AS lost_at
    FROM cited_sources WHERE domain <> '' AND hours_after_publication IS NOT NULL AND last_captured_at IS NOT NULL
)
GROUP BY domain, days
"""
_ALL_LINK_AGES = """
INSERT INTO link_ages (source, days, n_lost, n_seen)
SELECT '', days, SUM(n_lost), SUM(n_seen) FROM link_ages GROUP BY days
"""
_INSERT_COVERAGE = """
INSERT INTO field_coverage (source, kind, field, n_articles, n_filled)
VALUES (:source, :kind, :field, :n_articles, :n_filled)
"""
_COUNTED = (_HELD, _ARTICLE_WEEKS, _CITATION_MONTHS, _SOURCE_TOTALS, _LINK_AGES, _ALL_LINK_AGES)
_EMPTY = tuple(
    f"DELETE FROM {table}"  # noqa: S608 - names of this module
    for table in ("totals", "article_weeks", "citation_months", "source_totals", "link_ages", "field_coverage")
)
_NOTE = """
INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


def count_totals(store: Store) -> None:
    """Count everything anew, in one transaction."""
    with store.transaction():
        for sql in (*_EMPTY, *_COUNTED):
            store.connection.execute(sql)
        store.connection.executemany(_INSERT_COVERAGE, coverage_counts(store))
        store.connection.execute(_NOTE, {"key": _STATE, "value": _marks(store.connection)})


def count_totals_when_changed(store: Store) -> None:
    """Call count_totals() when anything was added to the archive since the last time."""
    found = store.connection.execute("SELECT value FROM meta WHERE key = :key", {"key": _STATE}).fetchone()
    if found is None or found[0] != _marks(store.connection):
        count_totals(store)


def _marks(connection: Any) -> str:
    return str(connection.execute(_MARKS).fetchone()[0])

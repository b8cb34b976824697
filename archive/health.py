"""How the archive fares: last runs, the frontier, and for each source what was captured and how well it is read."""

import json
from dataclasses import asdict
from typing import Any

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.model import Article
from archive.store import Store, has_wal_reset_fix
from archive.store.frontier import counts_by_kind
from archive.store.lists import ledger, readings
from archive.store.runs import latest_runs

FIELDS = ("title", "authors", "published_at", "category", "lead_image_url", "text", "figures", "references")
"""Fields whose filling is watched, as share of a source's articles."""

N_RUNS = 10


def summary(store: Store) -> dict[str, Any]:
    """Return what `archive status` prints: SQLite, runs, frontier, totals, outcomes, coverage, ways of finding."""
    return {
        "sqlite": {"version": sqlite3.sqlite_version, "has_wal_reset_fix": has_wal_reset_fix()},
        "runs": [_run(asdict(run)) for run in latest_runs(store, limit=N_RUNS)],
        "frontier": counts_by_kind(store),
        "totals": totals(store),
        "outcomes": outcomes(store),
        "coverage": coverage(store),
        "discovery": ledger(store),
        "lists": readings(store),
    }


def totals(store: Store) -> dict[str, int]:
    """Return how much is held: articles, cited pages, captures, citations and how many of them we hold, problems."""
    row = store.connection.execute(_TOTALS).fetchone()
    return dict(row)


def outcomes(store: Store) -> dict[str, dict[str, int]]:
    """Return kind (article, cited, listing …) -> outcome of the last attempt -> how many addresses."""
    found: dict[str, dict[str, int]] = {}
    for kind, outcome, n_addresses in store.connection.execute(
        "SELECT kind, outcome, COUNT(*) FROM frontier WHERE outcome IS NOT NULL "
        "GROUP BY kind, outcome ORDER BY 1, 3 DESC, 2"
    ):
        found.setdefault(kind, {})[outcome] = n_addresses
    return found


def coverage(store: Store) -> list[dict[str, Any]]:
    """Return for each source with articles how many there are, and the share of them (0 to 1) that has each field."""
    rows = store.connection.execute(_COVERAGE).fetchall()
    return [
        {"source": row["source"], "kind": row["kind"], "articles": row["n"]}
        | {name: round(row[name] / row["n"], 3) for name in FIELDS}
        for row in rows
    ]


def coverage_counts(store: Store) -> list[dict[str, Any]]:
    """Return for each source, kind and field how many articles there are and how many of them have it: field_coverage.

    Rows for all sources of a kind together come under the empty source.
    """
    counts: dict[tuple[str, str, str], list[int]] = {}
    for row in store.connection.execute(_COVERAGE).fetchall():
        for source in (row["source"], ""):
            for field in FIELDS:
                sums = counts.setdefault((source, row["kind"], field), [0, 0])
                sums[0] += row["n"]
                sums[1] += row[field]
    names = ("source", "kind", "field", "n_articles", "n_filled")
    return [dict(zip(names, (*key, *sums), strict=True)) for key, sums in counts.items()]


def filled_fields(article: Article) -> list[str]:
    """Return which of FIELDS a page fills."""
    values = {name: getattr(article, name) for name in FIELDS if name != "lead_image_url"}
    values["lead_image_url"] = article.lead_image
    return [name for name in FIELDS if values[name]]


def _run(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"counts": json.loads(row["counts"]), "alarms": json.loads(row["alarms"])}


_TOTALS = """
SELECT
    (SELECT COUNT(*) FROM articles WHERE kind = 'article') AS articles,
    (SELECT COUNT(*) FROM articles WHERE kind = 'source') AS cited_pages,
    (SELECT COUNT(*) FROM revisions) AS revisions,
    (SELECT COUNT(*) FROM captures) AS captures,
    (SELECT COUNT(*) FROM citations) AS citations,
    (SELECT COUNT(*) FROM citations WHERE cited_article_id IS NOT NULL) AS citations_held,
    (SELECT COUNT(*) FROM problems) AS problems
"""
# The answers come before the grouping, which else would sort the rows with their whole texts: 560 MiB for 100,000.
_COVERAGE = """
WITH with_references AS (SELECT DISTINCT article_id FROM citations WHERE kind = 'reference'),
    with_figures AS (SELECT DISTINCT article_id FROM figures),
    filled AS MATERIALIZED (
        SELECT source, kind,
            COALESCE(title, '') <> '' AS title,
            authors <> '[]' AS authors,
            published_at IS NOT NULL AS published_at,
            COALESCE(category, '') <> '' AS category,
            lead_image_url IS NOT NULL AS lead_image_url,
            text <> '' AS text,
            id IN (SELECT article_id FROM with_figures) AS figures,
            id IN (SELECT article_id FROM with_references) AS "references"
        FROM articles
    )
SELECT source, kind, COUNT(*) AS n, SUM(title) AS title, SUM(authors) AS authors, SUM(published_at) AS published_at,
    SUM(category) AS category, SUM(lead_image_url) AS lead_image_url, SUM(text) AS text, SUM(figures) AS figures,
    SUM("references") AS "references"
FROM filled GROUP BY source, kind ORDER BY kind, n DESC, source
"""

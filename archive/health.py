"""How the archive fares: last runs, the frontier, and for each source what was captured and how well it is read."""

import json
from dataclasses import asdict
from typing import Any

from archive.store import Connection, Store
from archive.store.frontier import counts_by_kind
from archive.store.runs import latest_runs

FIELDS = ("title", "authors", "published_at", "category", "lead_image_url", "text", "figures", "references")
"""Fields whose filling is watched, as share of a source's articles."""

N_RUNS = 10
_LEAST_ARTICLES = 5  # fewer say nothing about a share
_RISE = 1.5  # problems of the last run against the mean of those before


def summary(store: Store) -> dict[str, Any]:
    """Return what `archive status` prints: runs, frontier, outcomes, totals, and coverage by source and field."""
    return {
        "runs": [_run(asdict(run)) for run in latest_runs(store, limit=N_RUNS)],
        "frontier": counts_by_kind(store),
        "totals": totals(store),
        "outcomes": outcomes(store),
        "coverage": coverage(store),
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


def alarms(store: Store) -> list[str]:
    """Return what needs a person, one line each; empty when all is well.

    The last run failed or was killed; it brought nothing where the one before did; many more problems than before.
    """
    runs = [run for run in latest_runs(store, limit=N_RUNS) if run.ended_at or run.end_reason]
    found: list[str] = []
    if not runs:
        return found
    last = runs[0]
    if last.end_reason not in ("finished", "shutdown", "limit"):
        found.append(f"run {last.id} ({last.command}) ended badly: {last.end_reason}; look at its log and run it again")
    found.extend(_yield_alarms(store, [run.id or 0 for run in runs]))
    found.extend(_problem_alarms(store, [run.id or 0 for run in runs]))
    return found


def _yield_alarms(store: Store, run_ids: list[int]) -> list[str]:
    asked, ok = _asked_and_ok(store.connection, run_ids[0])
    if asked and not ok and any(_asked_and_ok(store.connection, run_id)[1] for run_id in run_ids[1:]):
        return [f"run {run_ids[0]} asked for {asked} pages and could use none, where earlier runs could"]
    return []


def _problem_alarms(store: Store, run_ids: list[int]) -> list[str]:
    """Compare the share of captures with problems in the last run with that of the runs before."""
    shares = [_problem_share(store.connection, run_id) for run_id in run_ids]
    before = [share for share in shares[1:] if share is not None]
    if shares[0] is None or not before:
        return []
    usual = sum(before) / len(before)
    if shares[0] > max(0.1, usual * _RISE):
        return [
            f"problems on {shares[0]:.0%} of the pages of run {run_ids[0]}, {usual:.0%} before; a site may have changed"
        ]
    return []


def _asked_and_ok(connection: Connection, run_id: int) -> tuple[int, int]:
    row = connection.execute(
        "SELECT COUNT(*), COALESCE(SUM(outcome = 'ok'), 0) FROM captures WHERE run_id = :id AND kind <> 'robots'",
        {"id": run_id},
    ).fetchone()
    return int(row[0]), int(row[1])


def _problem_share(connection: Connection, run_id: int) -> float | None:
    row = connection.execute(
        "SELECT COUNT(*), COUNT(DISTINCT problems.capture_id) FROM captures "
        "LEFT JOIN problems ON problems.capture_id = captures.id "
        "WHERE captures.run_id = :id AND captures.kind IN ('article', 'cited')",
        {"id": run_id},
    ).fetchone()
    return row[1] / row[0] if row[0] >= _LEAST_ARTICLES else None


def _run(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"counts": json.loads(row["counts"])}


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
_COVERAGE = """
WITH with_references AS (SELECT DISTINCT article_id FROM citations WHERE kind = 'reference'),
    with_figures AS (SELECT DISTINCT article_id FROM figures)
SELECT source, kind, COUNT(*) AS n,
    SUM(COALESCE(title, '') <> '') AS title,
    SUM(authors <> '[]') AS authors,
    SUM(published_at IS NOT NULL) AS published_at,
    SUM(COALESCE(category, '') <> '') AS category,
    SUM(lead_image_url IS NOT NULL) AS lead_image_url,
    SUM(text <> '') AS text,
    SUM(id IN (SELECT article_id FROM with_figures)) AS figures,
    SUM(id IN (SELECT article_id FROM with_references)) AS "references"
FROM articles GROUP BY source, kind ORDER BY kind, n DESC, source
"""

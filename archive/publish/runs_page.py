"""Runs and health: what each crawl did, what needs a person, and what became of the addresses that are known."""

import json
from typing import Any

from archive.publish.answering import read, show

N_RUNS = 30

RUNS_SQL = """
SELECT id, command, started_at, ended_at, end_reason, counts, alarms FROM runs ORDER BY id DESC LIMIT :limit
"""
TOTALS_SQL = "SELECT about, name, n FROM totals ORDER BY about, n DESC, name"
SOURCES_SQL = """
SELECT source, kind, n_visits, n_ok, n_new, n_revised FROM run_sources
WHERE run_id = (SELECT MAX(run_id) FROM run_sources) ORDER BY n_visits DESC, source LIMIT 50
"""


async def runs_page(request: Any, datasette: Any) -> Any:
    """Answer /runs: the last crawls and the health of the archive."""
    return await show(datasette, request, "runs", await read(datasette, read_runs))


def read_runs(connection: Any) -> dict[str, Any]:
    """Return the last runs, newest first, and the counts that the last one left."""
    runs = [_run(dict(row)) for row in connection.execute(RUNS_SQL, {"limit": N_RUNS})]
    totals: dict[str, dict[str, int]] = {}
    for row in connection.execute(TOTALS_SQL):
        totals.setdefault(row["about"], {})[row["name"]] = row["n"]
    sources = [dict(row) for row in connection.execute(SOURCES_SQL)]
    totals.pop("month", None)
    return {"runs": runs, "held": totals.pop("held", {}), "addresses": totals, "last_sources": sources}


def _run(row: dict[str, Any]) -> dict[str, Any]:
    counts = {name: value for name, value in json.loads(row["counts"] or "{}").items() if value}
    alarms = [alarm["words"] for alarm in json.loads(row["alarms"])]
    return row | {"counts": counts, "alarms": alarms}

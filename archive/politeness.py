"""How politely the last run asked: per host what was asked, refused and why, and every decision in its order."""

from dataclasses import asdict
from typing import Any

from archive.store import Store, decisions
from archive.store.runs import latest_runs

MOST_HOSTS = 50
MOST_DECISIONS = 200


def politeness(store: Store) -> dict[str, Any]:
    """Return what `archive status --politeness` prints of the last run.

    `hosts` are origins by the number of their answers, the busiest first, with what their robots.txt allows and until
    when that holds; `refused` counts by reason what was not asked. `put_off` are hosts that named a time to come.
    """
    runs = latest_runs(store, limit=1)
    run_id, since = (runs[0].id or 0, runs[0].started_at) if runs else (0, "")
    keys = {"run": run_id, "limit": MOST_HOSTS}
    return {
        "run": run_id or None,
        "hosts": [dict(row) for row in store.connection.execute(_HOSTS, keys)],
        "refused": {row[0]: row[1] for row in store.connection.execute(_REFUSED, keys)},
        "decisions": [asdict(row) for row in decisions.of_run(store, run_id, limit=MOST_DECISIONS)],
        "put_off": decisions.put_off_hosts(store, now=since) if since else {},
    }


_HOSTS = """
WITH asked AS (
    SELECT SUBSTR(url, 1, 7 + INSTR(SUBSTR(url, 9) || '/', '/')) AS origin,
        COUNT(status) AS answers,
        SUM(status IS NULL AND outcome NOT IN ('robots', 'blocked-address', 'cite-only')) AS no_answers,
        SUM(outcome = 'robots') AS refused_by_robots
    FROM captures WHERE run_id = :run GROUP BY 1
)
SELECT asked.origin, answers, no_answers, refused_by_robots, robots.verdict, robots.status AS robots_status,
    robots.expires_at AS robots_until, robots.crawl_delay_s
FROM asked LEFT JOIN robots ON robots.origin = asked.origin
ORDER BY answers DESC, asked.origin LIMIT :limit
"""
_REFUSED = """
SELECT outcome, COUNT(*) FROM captures
WHERE run_id = :run AND outcome IN ('robots', 'blocked-address', 'cite-only') GROUP BY outcome ORDER BY outcome
"""

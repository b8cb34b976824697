"""Crawl runs: when each began and ended, why, and what it did."""

import json
import os
from collections.abc import Mapping
from datetime import datetime

from archive.records import CrawlRun
from archive.store import Store, stamp


def start_run(store: Store, *, command: str, now: datetime | str) -> int:
    """Return the number of a run that begins now. Runs that never ended are marked killed.

    Call it while holding crawl_lock(): an unfinished run of a live process would be marked as well.
    """
    with store.transaction():
        store.connection.execute("UPDATE runs SET end_reason = 'killed' WHERE ended_at IS NULL AND end_reason IS NULL")
        cursor = store.connection.execute(
            "INSERT INTO runs (command, pid, started_at) VALUES (:command, :pid, :now)",
            {"command": command, "pid": os.getpid(), "now": stamp(now)},
        )
    return int(cursor.lastrowid or 0)


def end_run(
    store: Store, run_id: int, *, reason: str, counts: Mapping[str, int | float | str], now: datetime | str
) -> None:
    """Record the end of a run: finished, shutdown, limit or an error in words, and its counts."""
    row = {"id": run_id, "reason": reason, "now": stamp(now), "counts": json.dumps(dict(counts), ensure_ascii=False)}
    with store.transaction():
        store.connection.execute(
            "UPDATE runs SET ended_at = :now, end_reason = :reason, counts = :counts WHERE id = :id", row
        )


def note_alarms(store: Store, run_id: int, alarms: str) -> None:
    """Record what needs a person at the end of a run: a JSON array, see CrawlRun."""
    with store.transaction():
        store.connection.execute("UPDATE runs SET alarms = :alarms WHERE id = :id", {"id": run_id, "alarms": alarms})


def was_killed(store: Store) -> bool:
    """Say whether the last run never came to its end; only while holding crawl_lock(), when none is at work."""
    row = store.connection.execute("SELECT ended_at FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return row is not None and row[0] is None


def latest_runs(store: Store, *, limit: int = 10) -> list[CrawlRun]:
    """Return the last runs, newest first."""
    rows = store.connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT :limit", {"limit": limit})
    return [CrawlRun(**dict(row)) for row in rows]

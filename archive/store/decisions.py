"""Decisions of politeness: why a host was asked more slowly, later or not at all; appended, never changed."""

from dataclasses import asdict
from datetime import datetime

from archive.records import Decision
from archive.store import Store, stamp


def add(store: Store, decision: Decision) -> None:
    """Append one decision."""
    with store.transaction():
        store.connection.execute(
            "INSERT INTO decisions (run_id, host, made_at, decision, seconds, until, detail) "
            "VALUES (:run_id, :host, :made_at, :decision, :seconds, :until, :detail)",
            asdict(decision),
        )


def put_off_hosts(store: Store, *, now: datetime | str) -> dict[str, str]:
    """Return the hosts that named a time which is not yet come, and that time, UTC."""
    rows = store.connection.execute(
        "SELECT host, MAX(until) FROM decisions WHERE decision = 'put-off' AND until > :now GROUP BY host",
        {"now": stamp(now)},
    )
    return {row[0]: row[1] for row in rows}


def of_run(store: Store, run_id: int, *, limit: int) -> list[Decision]:
    """Return the last *limit* decisions of a run, oldest first."""
    rows = store.connection.execute(
        "SELECT * FROM (SELECT * FROM decisions WHERE run_id = :run ORDER BY id DESC LIMIT :limit) ORDER BY id",
        {"run": run_id, "limit": limit},
    )
    return [Decision(**dict(row)) for row in rows]

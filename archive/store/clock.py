"""A clock that was wrong: what is planned must not wait for a year that it dreamt of."""

from datetime import datetime, timedelta

from archive.dates import utc_iso
from archive.store import Store

TOLERATED = timedelta(hours=1)  # a clock that is put right by less harms nothing


def mend_plans(store: Store, *, now: datetime) -> timedelta | None:
    """Move what is planned back by as much as the clock was set back since the last run; return that, None when not.

    Runs are ordered by their number, so the last one tells: it cannot have ended after *now*. A robots.txt that is
    dated in the future is asked again, and an article so dated is not taken for newer than what it says from now on.
    The captures keep the date that they were given.
    """
    row = store.connection.execute(
        "SELECT COALESCE(ended_at, started_at) FROM runs ORDER BY id DESC LIMIT 1"
    ).fetchone()
    ahead = datetime.fromisoformat(row[0]) - now if row and row[0] else timedelta()
    if ahead <= TOLERATED:
        return None
    values = {"now": utc_iso(now), "shift": f"-{int(ahead.total_seconds())} seconds"}
    with store.transaction():
        store.connection.execute(
            "UPDATE frontier SET due_at = strftime('%Y-%m-%dT%H:%M:%SZ', due_at, :shift) WHERE due_at > :now", values
        )
        store.connection.execute(
            "UPDATE decisions SET until = strftime('%Y-%m-%dT%H:%M:%SZ', until, :shift) "
            "WHERE decision = 'put-off' AND until > :now",
            values,
        )
        store.connection.execute("UPDATE articles SET last_captured_at = :now WHERE last_captured_at > :now", values)
        store.connection.execute("UPDATE robots SET expires_at = :now WHERE fetched_at > :now", values)
    return ahead

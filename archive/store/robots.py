"""What each host's robots.txt said, kept until it expires."""

from dataclasses import asdict

from archive.records import RobotsVerdict
from archive.store import Store


def get(store: Store, origin: str) -> RobotsVerdict | None:
    """Return what is known of *origin* (https://example.com), expired or not; None when it was never asked."""
    row = store.connection.execute("SELECT * FROM robots WHERE origin = :origin", {"origin": origin}).fetchone()
    return RobotsVerdict(**dict(row)) if row else None


def put(store: Store, verdict: RobotsVerdict) -> None:
    """Store the last answer of an origin."""
    with store.transaction():
        store.connection.execute(
            "INSERT INTO robots (origin, fetched_at, expires_at, status, verdict, body, crawl_delay_s) "
            "VALUES (:origin, :fetched_at, :expires_at, :status, :verdict, :body, :crawl_delay_s) "
            "ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at, expires_at = excluded.expires_at, "
            "status = excluded.status, verdict = excluded.verdict, body = excluded.body, "
            "crawl_delay_s = excluded.crawl_delay_s",
            asdict(verdict),
        )

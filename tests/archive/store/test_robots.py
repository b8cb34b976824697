"""What robots.txt said is kept, and replaced."""

from archive.records import RobotsVerdict
from archive.store import robots


def test_the_last_verdict_of_an_origin_is_kept(store):
    assert robots.get(store, "https://example.com") is None
    first = RobotsVerdict(
        origin="https://example.com", fetched_at="a", expires_at="b", status=503, verdict="disallow-all"
    )
    robots.put(store, first)
    last = RobotsVerdict(origin="https://example.com", fetched_at="c", expires_at="d", status=200, crawl_delay_s=2.5)
    robots.put(store, last)
    assert robots.get(store, "https://example.com") == last

"""Publishers and seeds as the site files describe them."""

from datetime import UTC, datetime

from archive.model import Policy
from archive.records import Seed, Source
from archive.store.sources import note_source, note_verdict, policy_of, put_seeds, put_sources


def test_the_policy_of_a_source_is_what_was_put_last(store):
    note_source(store, "vellum.ai")
    assert policy_of(store, "vellum.ai") is policy_of(store, "unknown.example") is Policy.CRAWL
    put_sources(store, [Source(key="vellum.ai", policy=Policy.CITE_ONLY, reason="its terms forbid scraping")])
    note_source(store, "vellum.ai")
    assert policy_of(store, "vellum.ai") is Policy.CITE_ONLY


def test_putting_what_is_there_rewrites_nothing(store):
    sources, seeds = [Source(key="hyper.ai", name="HyperAI")], [Seed(url="https://hyper.ai/ja/news")]
    put_sources(store, sources)
    put_seeds(store, seeds)
    before = store.connection.total_changes
    put_sources(store, sources)
    put_seeds(store, seeds)
    assert store.connection.total_changes == before


def test_a_seed_keeps_what_it_turned_out_to_be(store):
    put_seeds(store, [Seed(url="https://hyper.ai/feed", kind="feed")])
    note_verdict(store, "https://hyper.ai/feed", verdict="not-a-listing", now=datetime(2025, 12, 1, tzinfo=UTC))
    put_seeds(store, [Seed(url="https://hyper.ai/feed", kind="feed", every_hours=12)])
    (row,) = store.connection.execute("SELECT * FROM seeds").fetchall()
    assert (row["verdict"], row["verdict_at"]) == ("not-a-listing", "2025-12-01T00:00:00Z")
    assert (row["every_hours"], row["source"]) == (12, "hyper.ai")

"""Publishers with our policy for them, and the addresses that crawls start from."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from archive.model import Policy
from archive.records import Seed, Source
from archive.store import Store, stamp
from archive.urls import site_key


def put_sources(store: Store, sources: Iterable[Source]) -> None:
    """Store publishers as the site files describe them; rows that say the same already are left alone."""
    with store.transaction():
        store.connection.executemany(
            "INSERT INTO sources (key, name, home, language, policy, reason, browser) "
            "VALUES (:key, :name, :home, :language, :policy, :reason, :browser) "
            "ON CONFLICT (key) DO UPDATE SET name = excluded.name, home = excluded.home, language = excluded.language, "
            "policy = excluded.policy, reason = excluded.reason, browser = excluded.browser "
            "WHERE (name, home, language, policy, reason, browser) IS NOT "
            "(excluded.name, excluded.home, excluded.language, excluded.policy, excluded.reason, excluded.browser)",
            [asdict(source) for source in sources],
        )


def note_source(store: Store, key: str) -> None:
    """Make sure that *key* has a row; a publisher we only know by its domain is crawled as any other."""
    if key in store.known_sources:
        return
    with store.transaction():
        store.connection.execute("INSERT INTO sources (key) VALUES (:key) ON CONFLICT (key) DO NOTHING", {"key": key})
        store.known_sources.add(key)


def policy_of(store: Store, key: str) -> Policy:
    """Return what we do with pages of the source *key*; crawl when nothing else is said."""
    row = store.connection.execute("SELECT policy FROM sources WHERE key = :key", {"key": key}).fetchone()
    return Policy(row[0]) if row else Policy.CRAWL


def needs_browser(store: Store, key: str) -> bool:
    """Return whether pages of the source *key* are made by scripts and need a browser to be read."""
    row = store.connection.execute("SELECT browser FROM sources WHERE key = :key", {"key": key}).fetchone()
    return bool(row and row[0])


def put_seeds(store: Store, seeds: Iterable[Seed]) -> None:
    """Store seeds; one that is known keeps what it turned out to be."""
    rows = [asdict(seed) | {"source": seed.source or site_key(seed.url)} for seed in seeds]
    with store.transaction():
        for source in {row["source"] for row in rows}:
            note_source(store, source)
        store.connection.executemany(
            "INSERT INTO seeds (url, kind, source, every_hours, locale, section, verdict, verdict_at) "
            "VALUES (:url, :kind, :source, :every_hours, :locale, :section, :verdict, :verdict_at) "
            "ON CONFLICT (url) DO UPDATE SET kind = excluded.kind, source = excluded.source, "
            "every_hours = excluded.every_hours, locale = excluded.locale, section = excluded.section "
            "WHERE (kind, source, every_hours, locale, section) IS NOT "
            "(excluded.kind, excluded.source, excluded.every_hours, excluded.locale, excluded.section)",
            rows,
        )


def note_verdict(store: Store, url: str, *, verdict: str, now: datetime | str) -> None:
    """Record what a seed turned out to be (listing, feed, sitemap, not-a-listing) when it was asked."""
    with store.transaction():
        store.connection.execute(
            "UPDATE seeds SET verdict = :verdict, verdict_at = :now WHERE url = :url",
            {"url": url, "verdict": verdict, "now": stamp(now)},
        )

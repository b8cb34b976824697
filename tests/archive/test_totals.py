"""The kept counts are what counting the tables gives, from the end of a crawl on."""

import sqlite3
from dataclasses import replace

import pytest

from archive.model import Outcome
from archive.store import open_store
from archive.store.captures import save_capture
from archive.store.frontier import done
from archive.totals import count_totals, count_totals_when_changed
from archive.urls import surt
from tests.archive.publish.conftest import GONE, KEPT, NOW, capture_of, fill


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "archive.db") as store:
        fill(store)
        count_totals(store)
        yield store


def rows(store, sql):
    return [tuple(row) for row in store.connection.execute(sql)]


def test_a_crawl_leaves_the_counts_of_what_it_found(demo_archive):
    with sqlite3.connect(demo_archive.db) as connection:
        kept = dict(connection.execute("SELECT name, n FROM totals WHERE about = 'held'"))
        for name, sql in (
            ("articles", "SELECT COUNT(*) FROM articles WHERE kind = 'article'"),
            ("references", "SELECT COUNT(*) FROM citations WHERE kind = 'reference'"),
            ("captures", "SELECT COUNT(*) FROM captures"),
        ):
            assert kept[name] == connection.execute(sql).fetchone()[0] > 0
        in_weeks, dated = connection.execute(
            "SELECT (SELECT SUM(n_articles) FROM article_weeks), "
            "(SELECT COUNT(*) FROM articles WHERE kind = 'article' AND LENGTH(published_at) >= 10)"
        ).fetchone()
        assert in_weeks == dated


def test_weeks_begin_on_monday(store):
    assert rows(store, "SELECT * FROM article_weeks") == [
        ("2025-11-17", "news", "en", 1),
        ("2025-11-17", "news", "ja", 1),
    ]


def test_a_page_that_an_article_names_twice_is_one_citation_of_publisher_and_month(store):
    assert rows(store, "SELECT * FROM citation_months WHERE source = 'stats.example'") == [
        ("stats.example", "2025-11", 2, 2)
    ]
    assert rows(store, "SELECT * FROM source_totals WHERE source IN ('stats.example', 'news.example')") == [
        ("news.example", 1, 1, 0, 1),
        ("stats.example", 1, 2, 1, 0),
    ]


def test_a_page_is_lost_at_the_first_answer_that_says_so_after_its_last_good_one(store):
    lost_at_first = rows(store, "SELECT source, days, n_lost, n_seen FROM link_ages WHERE source = 'news.example'")
    assert lost_at_first == [("news.example", 23, 1, 0)]
    for day, status, outcome in (("20", 404, Outcome.GONE), ("24", 200, Outcome.OK), ("28", 410, Outcome.GONE)):
        capture = replace(capture_of(KEPT, status, outcome, None, 1), fetched_at=f"2025-12-{day}T06:00:00Z")
        save_capture(store, capture)
        done(store, surt(KEPT), outcome=outcome, detail=None, now=NOW)
    count_totals(store)
    assert rows(store, "SELECT days, n_lost, n_seen FROM link_ages WHERE source = 'stats.example'") == [(36, 1, 0)]


def test_fields_are_counted_for_each_publisher_and_for_all(store):
    found = rows(store, "SELECT source, n_articles, n_filled FROM field_coverage WHERE field = 'authors' ORDER BY 1, 3")
    assert found == [("", 1, 0), ("", 2, 2), ("hyper.ai", 2, 2), ("stats.example", 1, 0)]


def test_nothing_is_counted_again_while_nothing_was_added(store):
    store.connection.execute("UPDATE totals SET n = 999 WHERE name = 'articles'")
    count_totals_when_changed(store)
    assert rows(store, "SELECT n FROM totals WHERE name = 'articles'") == [(999,)]
    save_capture(store, replace(capture_of("https://hyper.ai/ja/news", 200, Outcome.OK, None, 1), kind="listing"))
    count_totals_when_changed(store)
    assert rows(store, "SELECT n FROM totals WHERE name = 'articles'") == [(999,)]
    save_capture(store, capture_of(GONE, 404, Outcome.GONE, None, 1))
    count_totals_when_changed(store)
    assert rows(store, "SELECT n FROM totals WHERE name = 'articles'") == [(2,)]

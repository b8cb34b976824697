"""Ids follow time: a date far outside those of its neighbours is doubted, and never changed."""

from dataclasses import replace

import pytest

from archive.model import Precision
from tests.archive.store.test_articles import rows, save


def put(store, article, number, published_at, *, lang="ja"):
    url = f"https://hyper.ai/{lang}/news/{number}"
    dated = replace(
        article,
        url=url,
        canonical_url=url,
        published_at=published_at,
        published_precision=Precision.DAY if published_at else None,
        warnings=(),
    )
    save(store, dated, work_id=f"hyper.ai/news/{number}")
    row = next(row for row in rows(store, "articles") if row["canonical_url"] == url)
    problems = [row["message"] for row in rows(store, "problems") if row["url"] == url]
    return row["published_at"], problems


@pytest.fixture
def dated(store, article):
    """Four articles of November, numbered as they came."""
    for number, day in ((48900, "2025-11-03"), (48910, "2025-11-07"), (48990, "2025-11-24"), (48999, "2025-11-28")):
        put(store, article, number, day)
    return store


@pytest.mark.parametrize(
    ("number", "day", "words"),
    [
        (48950, "2025-11-15", ""),
        (48950, "2025-10-25", ""),
        (48950, "2025-01-01", "is before 2025-11-03 of hyper.ai/news/48900, whose id is lower"),
        (48950, "2026-02-01", "is after 2025-11-28 of hyper.ai/news/48999, whose id is higher"),
        (48905, "2025-01-01", ""),
        (49100, "2025-01-01", "is before 2025-11-24"),
        (4895, "2025-01-01", ""),
        (48950, None, ""),
    ],
    ids=["between", "a draft", "too old", "too new", "one below", "newest", "another length", "no date"],
)
def test_a_date_outside_its_neighbours_is_doubted(dated, article, number, day, words):
    held, problems = put(dated, article, number, day)
    assert held == day
    assert (words in problems[0]) if words else problems == []


def test_one_wrong_neighbour_accuses_nobody(dated, article):
    put(dated, article, 48945, "2026-08-01")
    assert put(dated, article, 48950, "2025-11-15") == ("2025-11-15", [])


def test_another_edition_of_the_same_item_is_no_neighbour(dated, article):
    put(dated, article, 48950, "2025-01-01", lang="en")
    put(dated, article, 48950, "2025-01-01", lang="fr")
    assert put(dated, article, 48920, "2025-11-10") == ("2025-11-10", [])

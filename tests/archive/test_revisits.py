"""When a page is asked again: bursts after publication, then an interval that follows the page's own changes."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.model import CitedKind
from archive.revisits import Check, next_visit
from archive.settings import Config

NOW = datetime(2025, 12, 1, 12, 0, tzinfo=UTC)
DAY_S = 86_400.0


def hours(check: Check, **settings: float) -> float:
    return (next_visit(check, now=NOW, config=Config(**settings)).at - NOW) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("published_at", "precision", "expected"),
    [
        ("2025-12-01T12:00:00Z", "second", 1),
        ("2025-12-01T11:20:00Z", "minute", 5 + 20 / 60),
        ("2025-12-01T10:00:00Z", "minute", 4),
        ("2025-12-01", "day", 12),
        ("2025-11-28", "day", 84),
        ("2025-11-24T12:00:00Z", "minute", 168),
        ("2025-11", "month", 168),
        (None, None, 168),
        ("2026-01-01", "day", 168),
    ],
    ids=["now", "nearly an hour", "2 h", "today", "3 days", "7 days", "month", "unknown", "far ahead"],
)
def test_a_fresh_article_is_asked_after_an_hour_six_a_day_and_a_week(published_at, precision, expected):
    check = Check(kind="article", is_changed=False, published_at=published_at, published_precision=precision)
    assert hours(check) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("is_changed", "before_days", "after_days"),
    [(False, 8, 12), (True, 8, 4), (False, 80, 90), (True, 0.05, 1 / 24)],
    ids=["unchanged", "changed", "no more than the most", "no less than the least"],
)
def test_the_interval_follows_the_changes_of_the_page(is_changed, before_days, after_days):
    check = Check(kind="article", is_changed=is_changed, interval_s=before_days * DAY_S)
    assert next_visit(check, now=NOW, config=Config()).interval_s == pytest.approx(after_days * DAY_S)


def test_a_page_that_never_changes_is_asked_ever_more_rarely_and_one_that_changes_soon_again():
    interval_s, waits = None, []
    for is_changed in (False, False, False, True, True):
        found = next_visit(Check(kind="cited", is_changed=is_changed, interval_s=interval_s), now=NOW, config=Config())
        interval_s = found.interval_s
        waits.append(round(interval_s / 3600, 1))
    assert waits == [168, 252, 378, 189, 94.5]


@pytest.mark.parametrize(
    ("kind", "interval_s", "expected"),
    [
        (CitedKind.STATISTICS, None, 720),
        (CitedKind.STATISTICS, 30 * DAY_S, 720),
        (CitedKind.ARXIV, None, 720),
        (CitedKind.ARXIV, 30 * DAY_S, 1080),
        (CitedKind.ARTICLE, None, 168),
    ],
)
def test_statistics_pages_are_asked_monthly_and_papers_ever_more_rarely(kind, interval_s, expected):
    assert hours(Check(kind="cited", is_changed=False, cited_kind=kind, interval_s=interval_s)) == expected


def test_a_cited_page_has_no_burst_of_its_own():
    check = Check(kind="cited", is_changed=False, published_at="2025-12-01", published_precision="day")
    assert hours(check) == 168


def test_lists_are_asked_within_a_day_and_the_settings_bound_the_rest():
    quiet = Check(kind="feed", is_list=True, is_changed=False, interval_s=20 * 3600.0)
    assert hours(quiet) == 24
    assert hours(Check(kind="feed", is_list=True, is_changed=True, interval_s=1.0)) == 1
    page = Check(kind="article", is_changed=False, interval_s=10 * DAY_S)
    assert hours(page, recheck_most_hours=48.0) == 48

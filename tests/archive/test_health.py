"""Health: quiet when all is well, one line for each thing that needs a person."""

from datetime import UTC, datetime

import pytest

from archive.health import alarms, coverage, summary
from archive.model import Outcome
from archive.records import Capture
from archive.store import runs
from archive.store.captures import save_capture
from archive.store.problems import save_problem

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def run_of(store, n_captures, *, reason="finished", outcome=Outcome.OK, n_problems=0):
    run_id = runs.start_run(store, command="archive crawl", now=NOW)
    for number in range(n_captures):
        url = f"https://hyper.ai/ja/news/{run_id}{number}"
        captured = Capture(
            surt=url, url=url, kind="article", run_id=run_id, fetched_at="2025-12-01T00:00:00Z", outcome=outcome
        )
        capture_id = save_capture(store, captured)
        if number < n_problems:
            save_problem(store, url=url, field="title", message="none", capture_id=capture_id, seen_at=NOW)
    if reason:
        runs.end_run(store, run_id, reason=reason, counts={}, now=NOW)


@pytest.mark.parametrize(
    ("last_run", "words"),
    [
        ({"n_captures": 10}, None),
        ({"n_captures": 0}, None),
        ({"n_captures": 10, "reason": "limit"}, None),
        ({"n_captures": 10, "reason": "disk full"}, "ended badly: disk full"),
        ({"n_captures": 10, "outcome": Outcome.CHALLENGE}, "could use none"),
        ({"n_captures": 10, "n_problems": 6}, "problems on 60% of the pages"),
    ],
    ids=["well", "nothing due", "limit", "failed", "walled", "problems"],
)
def test_an_alarm_says_what_needs_a_person(store, last_run, words):
    run_of(store, 10, n_problems=1)
    run_of(store, **last_run)
    assert len(alarms(store)) == (1 if words else 0)
    assert words is None or words in alarms(store)[0]


def test_a_killed_run_is_an_alarm_until_a_run_ends_well(store):
    run_of(store, 3, reason=None)
    run_of(store, 3, reason=None)
    assert "killed" in alarms(store)[0]
    run_of(store, 3)
    assert alarms(store) == []


def test_a_new_archive_has_no_alarm_and_an_empty_summary(store):
    assert alarms(store) == []
    assert summary(store)["runs"] == summary(store)["coverage"] == []


def test_coverage_tells_how_often_each_field_is_filled(filled):
    ours, cited = coverage(filled)
    assert (ours["source"], ours["kind"], ours["articles"]) == ("hyper.ai", "article", 2)
    assert (ours["title"], ours["authors"], ours["published_at"], ours["references"]) == (1.0, 0.5, 1.0, 0.5)
    assert (cited["source"], cited["published_at"]) == ("example.com", 0.0)


def test_the_summary_counts_what_is_held(filled):
    found = summary(filled)
    assert found["totals"]["articles"] == 2
    assert found["totals"]["citations_held"] == found["totals"]["citations"] == 2
    assert found["frontier"] == {"article": {"done": 2}, "cited": {"done": 1}}
    assert found["outcomes"] == {"article": {"ok": 2}, "cited": {"ok": 1}}
    assert found["runs"][0]["counts"] == {"fetched": 3}

"""A clock that was set back: plans move with it, runs keep their order."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Outcome
from archive.records import FrontierEntry, RobotsVerdict
from archive.store import frontier, robots, runs
from archive.store.clock import mend_plans

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def a_run_at(store, at):
    run_id = runs.start_run(store, command="archive crawl", now=at)
    entry = FrontierEntry(surt="hyper,)/1", url="https://hyper.ai/1", kind="article")
    frontier.add(store, [entry], now=at)
    frontier.done(store, entry.surt, outcome=Outcome.OK, now=at, due_at=at + WEEK)
    verdict = RobotsVerdict(origin="https://hyper.ai", fetched_at=runs.stamp(at), expires_at=runs.stamp(at + WEEK))
    robots.put(store, verdict)
    runs.end_run(store, run_id, reason="finished", counts={}, now=at)


@pytest.mark.parametrize(
    ("later", "ahead", "due_in"),
    [
        (timedelta(days=-400), timedelta(days=400), WEEK),
        (timedelta(minutes=-5), None, WEEK + timedelta(minutes=5)),
        (timedelta(days=3), None, WEEK - timedelta(days=3)),
    ],
    ids=["set back", "put right", "as it goes"],
)
def test_what_is_planned_comes_as_soon_as_it_was_meant_to(store, later, ahead, due_in):
    a_run_at(store, NOW)
    now = NOW + later
    assert mend_plans(store, now=now) == ahead
    assert frontier.entry_of(store, "hyper,)/1").due_at == runs.stamp(now + due_in)
    is_held = robots.get(store, "https://hyper.ai").expires_at > runs.stamp(now)
    assert is_held is (ahead is None)


def test_runs_keep_their_order_whatever_the_clock_says(store):
    for later in (timedelta(days=400), timedelta(), timedelta(days=-30)):
        a_run_at(store, NOW + later)
    assert [run.id for run in runs.latest_runs(store)] == [3, 2, 1]


def test_a_new_archive_has_nothing_to_mend(store):
    assert mend_plans(store, now=NOW) is None

"""Runs: ordered by their number; one that never ended was killed."""

from datetime import UTC, datetime

from archive.store import runs

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def test_a_run_that_never_ended_is_marked_killed_by_the_next(store):
    first = runs.start_run(store, command="archive crawl", now=NOW)
    second = runs.start_run(store, command="archive crawl", now=NOW)
    runs.end_run(store, second, reason="finished", counts={"fetched": 3}, now=NOW)
    newest, oldest = runs.latest_runs(store)
    assert (newest.id, newest.end_reason, newest.counts) == (second, "finished", '{"fetched": 3}')
    assert (oldest.id, oldest.end_reason, oldest.ended_at) == (first, "killed", None)
    assert [run.id for run in runs.latest_runs(store, limit=1)] == [second]

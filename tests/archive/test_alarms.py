"""Alarms: quiet when all is well or nothing is new; one line for each thing that is broken."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.alarms import alarms
from archive.model import Outcome
from archive.records import Capture, FrontierEntry, RunSource
from archive.store import frontier, runs
from archive.store.captures import save_capture
from archive.store.lock import crawl_lock
from archive.store.problems import save_problem
from archive.store.run_sources import save_run_sources
from archive.urls import surt

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
HYPERAI = {"source": "hyper.ai", "kind": "article"}
LIST = FrontierEntry(surt="ai,hyper)/ja/news", url="https://hyper.ai/ja/news", kind="listing")


def run_of(store, *rows, reason="finished", at=NOW, counts=None, captures=()):
    run_id = runs.start_run(store, command="archive crawl", now=at)
    sources = [RunSource(run_id=run_id, **(row | {"fields": json.dumps(row.get("fields", {}))})) for row in rows]
    for row in sources:
        store.connection.execute("INSERT OR IGNORE INTO sources (key) VALUES (?)", (row.source,))
    save_run_sources(store, sources)
    for entry, outcome, has_problem in captures:
        frontier.add(store, [entry], now=at)
        capture = Capture(
            surt=entry.surt, url=entry.url, kind=entry.kind, run_id=run_id, fetched_at=runs.stamp(at), outcome=outcome
        )
        capture_id = save_capture(store, capture)
        if has_problem:
            save_problem(store, url=entry.url, field="title", message="none", capture_id=capture_id, seen_at=at)
    if reason:
        runs.end_run(store, run_id, reason=reason, counts=counts or {}, now=at)


def found(store, *, at=NOW, silent_days=7.0):
    return {alarm.about: alarm.words for alarm in alarms(store, now=at, silent_days=silent_days)}


def asked(n_visits, n_ok, **more):
    return HYPERAI | {"n_visits": n_visits, "n_ok": n_ok} | more


def read(n_read, **filled):
    return HYPERAI | {"n_visits": n_read, "n_ok": n_read, "n_read": n_read, "fields": filled}


def pages(n_captures, n_problems, first=0):
    urls = [f"https://hyper.ai/{number}" for number in range(first, first + n_captures)]
    entries = [FrontierEntry(surt=surt(url), url=url, kind="article") for url in urls]
    return [(entry, Outcome.OK, number < n_problems) for number, entry in enumerate(entries)]


WELL = ()
CASES = {
    "nothing was due": ({}, WELL),
    "nothing new": ({"rows": [asked(10, 10, n_new=0)]}, WELL),
    "a limit": ({"rows": [asked(10, 10)], "reason": "limit"}, WELL),
    "stopped": ({"rows": [asked(10, 10)], "reason": "shutdown"}, WELL),
    "a disk that is full": ({"reason": "the disk is full"}, ("run", "ended badly: the disk is full")),
    "no answer": ({"counts": {"origin_visits": 4, "origin_answers": 0}}, ("origin", "HyperAI gave no answer in run")),
    "an answer": ({"counts": {"origin_visits": 4, "origin_answers": 1}}, WELL),
    "a wall": ({"rows": [asked(10, 0)]}, ("yield hyper.ai article", "none of the last 10 pages")),
    "a wall before few pages": ({"rows": [asked(2, 0)]}, WELL),
    "a page that is left": ({"rows": [asked(10, 1)]}, WELL),
    "problems": ({"captures": pages(10, 6)}, ("problems", "problems on 60% of the pages")),
    "few problems": ({"captures": pages(10, 1)}, WELL),
    "a field that is gone": (
        {"rows": [read(10, title=10, authors=3)]},
        ("field hyper.ai article authors", "authors is read on 30% of the last 10 pages (article), 90% before"),
    ),
    "a field that varies": ({"rows": [read(10, title=10, authors=7)]}, WELL),
    "a field read on few pages": ({"rows": [read(3, title=0, authors=0)]}, WELL),
    "a list without entries": (
        {"captures": [(LIST, Outcome.SOFT_404, False)]},
        ("list https://hyper.ai/ja/news", "listed pages before and does not now"),
    ),
    "a list that answers at the second try": (
        {"captures": [(LIST, Outcome.ERROR, False), (LIST, Outcome.LISTING, False)]},
        WELL,
    ),
    "a list unlike before": ({"captures": [(LIST, Outcome.LISTING, False)]}, WELL),
}


@pytest.mark.parametrize(("last", "alarm"), CASES.values(), ids=CASES)
def test_broken_is_told_apart_from_nothing_new_by_what_earlier_runs_gave(store, last, alarm):
    before = read(10, title=10, authors=9) | {"n_new": 1}
    run_of(store, before, captures=[*pages(10, 1, first=50), (LIST, Outcome.LISTING, False)])
    run_of(store, *last.get("rows", ()), **{name: value for name, value in last.items() if name != "rows"})
    told = found(store)
    assert set(told) == set(alarm[:1])
    assert not alarm or alarm[1] in told[alarm[0]]


def test_the_first_run_has_nothing_to_be_measured_by(store):
    run_of(store, asked(10, 0), read(10), captures=[(LIST, Outcome.SOFT_404, False), *pages(10, 6)])
    assert found(store) == {}


def test_hourly_runs_of_a_page_or_two_are_taken_together(store):
    run_of(store, read(12, title=12))
    for _ in range(2):
        run_of(store, read(2, title=0))
        assert found(store) == {}
    run_of(store, read(2, title=0))
    assert (
        "title is read on 0% of the last 6 pages (article), 100% before" in found(store)["field hyper.ai article title"]
    )
    for _ in range(3):
        run_of(store, asked(1, 0))
    assert set(found(store)) == {"field hyper.ai article title", "yield hyper.ai article"}
    run_of(store, read(6, title=6))
    assert found(store) == {}


def test_a_source_that_brings_nothing_new_for_long_is_an_alarm_and_so_is_no_crawl(store):
    run_of(store, asked(3, 3, n_new=3))
    for days in (3, 6):
        run_of(store, asked(3, 3), at=NOW + timedelta(days=days))
    assert found(store, at=NOW + timedelta(days=6)) == {}
    run_of(store, {"source": "hyper.ai", "kind": "list", "n_visits": 1, "n_ok": 1}, at=NOW + timedelta(days=8))
    assert "nothing new for 8 days" in found(store, at=NOW + timedelta(days=8))["silent hyper.ai"]
    assert "no crawl for 12 days" in found(store, at=NOW + timedelta(days=20))["schedule"]
    assert found(store, at=NOW + timedelta(days=20), silent_days=0) == {}
    run_of(store, asked(1, 1, n_new=1), at=NOW + timedelta(days=9))
    assert found(store, at=NOW + timedelta(days=9)) == {}


def test_cited_pages_never_make_a_source_silent_and_few_lost_ones_no_alarm(store):
    cited = {"source": "example.com", "kind": "cited"}
    run_of(store, cited | {"n_visits": 9, "n_ok": 9, "n_new": 9})
    run_of(store, cited | {"n_visits": 4, "n_ok": 0}, at=NOW + timedelta(days=30))
    assert found(store, at=NOW + timedelta(days=30)) == {}
    run_of(store, cited | {"n_visits": 1, "n_ok": 0}, at=NOW + timedelta(days=30))
    assert set(found(store, at=NOW + timedelta(days=30))) == {"yield example.com cited"}


def test_a_killed_run_is_an_alarm_until_a_run_ends_well(store):
    run_of(store)
    with crawl_lock(store.path):
        run_of(store, reason=None)
        assert found(store) == {}
    assert "run 2 (archive crawl) was killed" in found(store)["run"]
    run_of(store, reason=None)
    assert "run 3 (archive crawl) was killed" in found(store)["run"]
    run_of(store)
    assert found(store) == {}


def test_a_new_archive_has_no_alarm(store):
    assert found(store) == {}

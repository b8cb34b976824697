"""The frontier: nothing handed out twice, nothing lost, hosts in turn."""

import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Outcome
from archive.records import FrontierEntry
from archive.store import frontier
from archive.urls import surt

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def entries(*urls, **values):
    return [FrontierEntry(surt=surt(url), url=url, kind=values.pop("kind", "cited"), **values) for url in urls]


def claimed(store, limit=10, now=NOW, **options):
    options = {"kinds": ["cited"], "run_id": 1, "lease_s": 60} | options
    return [entry.url for entry in frontier.claim(store, limit=limit, now=now, **options)]


def test_an_address_is_added_once_and_filled_in(store):
    assert frontier.add(store, entries("https://www.example.com:8443/a", "https://example.org/b"), now=NOW) == 2
    assert frontier.add(store, entries("https://example.org/b"), now=NOW) == 0
    entry = frontier.entry_of(store, surt("https://www.example.com:8443/a"))
    assert (entry.host, entry.source) == ("www.example.com:8443", "example.com")
    assert (entry.first_seen_at, entry.due_at) == ("2025-12-01T09:00:00Z", "2025-12-01T09:00:00Z")
    assert frontier.add(store, [], now=NOW) == 0


def test_what_is_known_gains_an_earlier_kind_priority_and_a_hint_but_loses_nothing(store):
    url = "https://hyper.ai/ja/news/1"
    frontier.add(store, entries(url, found_on="https://hyper.ai/en/news/2", priority=1), now=NOW)
    frontier.done(store, surt(url), outcome=Outcome.OK, now=NOW)
    frontier.add(store, entries(url, kind="article", published_hint="2025-11-12", found_on="x"), now=NOW)
    entry = frontier.entry_of(store, surt(url))
    assert (entry.kind, entry.priority, entry.published_hint) == ("article", frontier.REVISIT_PRIORITY, "2025-11-12")
    assert (entry.found_on, entry.state, entry.outcome) == ("https://hyper.ai/en/news/2", "done", Outcome.OK)


def test_adding_what_is_known_rewrites_nothing(store):
    known = entries("https://example.com/a")
    frontier.add(store, known, now=NOW)
    before = store.connection.total_changes
    frontier.add(store, known, now=NOW)
    assert store.connection.total_changes == before


def test_a_claim_goes_by_priority_then_by_hosts_in_turn_then_by_age(store):
    frontier.add(store, entries("https://a.example/1", "https://a.example/2", "https://a.example/3"), now=NOW)
    frontier.add(store, entries("https://b.example/1"), now=NOW + timedelta(minutes=1))
    frontier.add(store, entries("https://c.example/9", priority=5), now=NOW + timedelta(minutes=2))
    late = NOW + timedelta(hours=1)
    assert claimed(store, 4, now=late) == [
        "https://c.example/9",
        "https://a.example/1",
        "https://b.example/1",
        "https://a.example/2",
    ]


def test_busy_hosts_other_kinds_and_later_times_are_passed_over(store):
    frontier.add(store, entries("https://a.example/1", "https://b.example/1"), now=NOW)
    frontier.add(store, entries("https://c.example/1", kind="article"), now=NOW)
    frontier.add(store, entries("https://d.example/1", due_at="2026-01-01T00:00:00Z"), now=NOW)
    assert claimed(store, busy_hosts={"a.example"}) == ["https://b.example/1"]
    assert claimed(store, kinds=["article", "cited"]) == ["https://a.example/1", "https://c.example/1"]


def test_a_lease_that_ran_out_is_handed_out_again_and_not_before(store):
    frontier.add(store, entries("https://a.example/1"), now=NOW)
    assert claimed(store, lease_s=60) == ["https://a.example/1"]
    assert claimed(store, now=NOW + timedelta(seconds=59)) == []
    assert claimed(store, now=NOW + timedelta(seconds=60), run_id=2) == ["https://a.example/1"]
    assert frontier.entry_of(store, surt("https://a.example/1")).run_id == 2


def test_done_plans_the_next_visit_and_keeps_validators_that_an_answer_does_not_repeat(store):
    key = surt("https://a.example/1")
    frontier.add(store, entries("https://a.example/1"), now=NOW)
    claimed(store)
    week = NOW + timedelta(days=7)
    frontier.done(store, key, outcome="ok", now=NOW, due_at=week, etag='"1"', last_modified="Mon")
    assert claimed(store, now=week - timedelta(seconds=1)) == []
    assert claimed(store, now=week) == ["https://a.example/1"]
    frontier.done(store, key, outcome="ok", now=week)
    entry = frontier.entry_of(store, key)
    assert (entry.state, entry.etag, entry.last_modified, entry.due_at) == ("done", '"1"', "Mon", None)
    frontier.done(store, key, outcome="ok", now=week, etag="")
    assert frontier.entry_of(store, key).etag is None


def test_a_failure_that_may_pass_counts_attempts_until_it_succeeds(store):
    key = surt("https://a.example/1")
    frontier.add(store, entries("https://a.example/1"), now=NOW)
    for _ in range(2):
        frontier.retry_at(store, key, at=NOW + timedelta(hours=1), outcome=Outcome.TIMEOUT, detail="30 s")
    assert frontier.entry_of(store, key).attempts == 2
    assert claimed(store) == []
    assert claimed(store, now=NOW + timedelta(hours=1)) == ["https://a.example/1"]
    frontier.done(store, key, outcome="ok", now=NOW)
    assert frontier.entry_of(store, key).attempts == 0


def test_what_is_given_up_is_not_asked_again_and_says_why(store):
    frontier.add(store, entries("https://a.example/1"), now=NOW)
    frontier.give_up(store, surt("https://a.example/1"), outcome=Outcome.BLOCKED_ADDRESS, detail="10.0.0.1")
    assert claimed(store, now=NOW + timedelta(days=999)) == []
    assert frontier.entry_of(store, surt("https://a.example/1")).detail == "10.0.0.1"
    assert frontier.counts(store) == {"due": 0, "leased": 0, "done": 0, "dead": 1}


def test_what_is_put_back_is_due_without_an_attempt(store):
    frontier.add(store, entries("https://a.example/1"), now=NOW)
    claimed(store)
    frontier.put_back(store, [surt("https://a.example/1")])
    assert frontier.entry_of(store, surt("https://a.example/1")).attempts == 0
    assert claimed(store) == ["https://a.example/1"]


def test_listings_can_be_made_due_before_their_time(store):
    frontier.add(store, entries("https://a.example/news", kind="listing"), now=NOW)
    frontier.done(store, surt("https://a.example/news"), outcome="listing", now=NOW, due_at=NOW + timedelta(days=9))
    assert frontier.n_waiting(store, kinds=["listing"], now=NOW) == 0
    frontier.reopen(store, [surt("https://a.example/news")], now=NOW)
    assert frontier.n_waiting(store, kinds=["listing"], now=NOW) == 1


def test_a_host_with_thousands_of_pages_does_not_hide_another(store):
    frontier.add(store, entries(*(f"https://big.example/{n}" for n in range(1500))), now=NOW)
    frontier.add(store, entries("https://small.example/1"), now=NOW + timedelta(seconds=1))
    assert "https://small.example/1" in claimed(store, 2, now=NOW + timedelta(minutes=1))


WORKER = """
import os, signal, sys
from datetime import datetime, UTC
from archive.store import frontier, open_store
path, limit, finish, die = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "die"
with open_store(path) as store:
    now = datetime(2025, 12, 1, 9, tzinfo=UTC)
    held = frontier.claim(store, kinds=["cited"], limit=limit, run_id=1, now=now, lease_s=60)
    for entry in held[:finish]:
        frontier.done(store, entry.surt, outcome="ok", now="2025-12-01T09:00:01Z")
    print("\\n".join(entry.url for entry in held), flush=True)
    if die:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def work(path, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_between_claim_and_done_loses_nothing(store, seed):
    """What the killed process held comes again after release(); what it finished does not."""
    chance = random.Random(seed)
    urls = [f"https://h{n % 5}.example/{n}" for n in range(40)]
    frontier.add(store, entries(*urls), now=NOW)
    finished = set()
    for _ in range(2):
        limit = chance.randint(3, 12)
        n_done = chance.randint(0, limit - 1)
        process = work(store.path, limit, n_done, "die")
        held = process.communicate(timeout=60)[0].split()
        assert process.returncode == -signal.SIGKILL
        assert not finished & set(held)
        finished |= set(held[:n_done])
        assert frontier.release(store) == limit - n_done
    rest = claimed(store, 100)
    assert len(rest) == len(set(rest))
    assert set(rest) | finished == set(urls)
    assert not set(rest) & finished


def test_two_processes_never_get_the_same_entry(store):
    urls = [f"https://h{n % 7}.example/{n}" for n in range(60)]
    frontier.add(store, entries(*urls), now=NOW)
    both = [work(store.path, 30, 0, "live") for _ in range(2)]
    first, second = (process.communicate(timeout=60)[0].split() for process in both)
    assert len(first) == len(second) == 30
    assert not set(first) & set(second)

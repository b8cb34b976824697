"""kill -9 and signals at any moment: the rerun ends with the rows of an undisturbed crawl, and asks little twice."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest

from archive.store import frontier, open_store
from archive.store.lock import crawl_lock
from archive.urls import surt
from tests.loopback import LoopbackServer, Reply
from tests.spiders.conftest import article_page
from tests.spiders.killing import (
    CONCURRENCY,
    LISTINGS,
    NEWS,
    Crawls,
    all_due,
    crawl_command,
    fill,
    n_different,
    some_moments,
    whole_records,
)
from tests.spiders.test_trouble import faults


def test_killed_crawls_of_a_new_and_of_a_changed_site_lose_nothing_and_ask_little_twice(tmp_path, many):
    """Four kills; `python -m benchmarks.recovery` makes a hundred."""
    calm, killed = tmp_path / "calm.db", tmp_path / "killed.db"
    chance = random.Random(7)
    with LoopbackServer(many) as server:
        undisturbed, disturbed = Crawls(many, server), Crawls(many, server)
        for generation in (1, 2):
            fill(many, generation=generation)
            if generation == 2:
                all_due(calm)
                all_due(killed)
            undisturbed.crawl(calm)
            moments = [13, 13] if generation == 1 else some_moments(chance, 2, n_requests=40, start_s=1.5)
            disturbed.until_done(killed, moments)
    assert n_different(calm, killed) == 0
    extra = disturbed.n_asked["pages"] - undisturbed.n_asked["pages"]
    assert 0 <= extra <= CONCURRENCY * disturbed.n_kills
    records = whole_records(killed)
    assert records["files"] > 3
    assert min(records["response"], records["revisit"]) > 10


def test_unfinished_runs_are_marked_killed(tmp_path, many):
    with LoopbackServer(many) as server:
        Crawls(many, server).until_done(tmp_path / "a.db", [8])
    with open_store(tmp_path / "a.db", read_only=True) as store:
        reasons = [row[0] for row in store.connection.execute("SELECT end_reason FROM runs ORDER BY id")]
    assert reasons == ["killed", "finished"]


def stopped(many, db, server, numbers, *, at, settings=()):
    """Crawl until *numbers* come, at the *at*-th request or a fifth of a second after that path; return what came.

    That is status, output, errors, and the seconds from the first signal to the end.
    """
    before, sent_at = len(many.asked), []
    command, environment = crawl_command(db, server, "--json")
    environment |= dict(settings)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:

        def send(number):
            sent_at.append(time.monotonic())
            process.send_signal(number)

        def stop(asked, count):
            if count - before == at:
                send(numbers[0])
            elif asked.path == at and not sent_at:
                for place, number in enumerate(numbers):
                    threading.Timer(0.2 + place / 2, send, [number]).start()

        many.on_request = stop
        printed, errors = process.communicate(timeout=60)
        many.on_request = None
    return process.returncode, printed, errors, time.monotonic() - sent_at[0]


def test_a_stopped_crawl_ends_cleanly_and_the_next_one_goes_on(tmp_path, many):
    with LoopbackServer(many) as server:
        Crawls(many, server).crawl(tmp_path / "calm.db")
        before = len(many.asked)
        for number, at in ((signal.SIGTERM, 15), (signal.SIGINT, 15)):
            status, printed, errors, _ = stopped(many, tmp_path / "a.db", server, [number], at=at)
            assert status == 0, errors
            assert '"end_reason": "shutdown"' in printed
        Crawls(many, server).crawl(tmp_path / "a.db")
    assert n_different(tmp_path / "a.db", tmp_path / "calm.db") == 0
    # The first hop of a redirect is asked again when its second was not yet.
    again = Counter((asked.host, asked.path) for asked in many.asked[before:] if asked.host != "other.test")
    assert {place[1] for place, times in again.items() if times > 1} <= set(LISTINGS)


TERM = signal.SIGTERM
SLOW = f"{NEWS}/205"
LONG_BODY = "".join(
    f"<p>第{number}の文では、ロイターやAxiosが伝えた資金調達{number}億ドルを述べる。</p>" for number in range(28_000)
)
"""More than a second to read, and less than a reading process is given."""


@pytest.mark.parametrize(
    ("host", "path", "answer", "signals"),
    [
        ("hyper.test", SLOW, Reply("", wait_for=threading.Event()), [TERM]),
        ("hyper.test", SLOW, Reply("", wait_for=threading.Event()), [TERM, TERM]),
        ("hyper.test", "/robots.txt", Reply("", wait_for=threading.Event()), [TERM]),
        ("hyper.test", SLOW, Reply("", status=503, headers={"Retry-After": "55"}), [TERM]),
        (
            "hyper.test",
            SLOW,
            Reply(article_page("長い記事", body=LONG_BODY)),
            [TERM],
        ),
    ],
    ids=["a slow page", "a second signal", "a slow robots.txt", "a host that asked to wait", "a long reading"],
)
def test_a_stopped_crawl_does_not_wait_for_what_is_slow(tmp_path, many, host, path, answer, signals):
    """What is under way gets its grace and is given up; the next crawl asks it again."""
    calm = many.answers.get((host, path), Reply("not here", 404))
    many.answers[host, path] = answer
    with LoopbackServer(many) as server:
        settings = {"ARCHIVE_STOP_S": str(14.0 if len(signals) > 1 else 0.3), "ARCHIVE_READERS": "1"}
        status, printed, errors, took_s = stopped(many, tmp_path / "a.db", server, signals, at=path, settings=settings)
        if answer.wait_for:
            answer.wait_for.set()
        assert (status, errors) == (0, "")
        assert '"end_reason": "shutdown"' in printed
        assert took_s < 10
        many.answers[host, path] = calm
        with open_store(tmp_path / "a.db") as store:
            assert frontier.counts(store)["leased"] == 0
            assert store.connection.execute("SELECT end_reason FROM runs").fetchone()[0] == "shutdown"
            held = frontier.entry_of(store, surt(f"http://hyper.test{SLOW}"))
            assert held is None or held.state == "due"  # behind a robots.txt it is not even found
        if len(signals) == 1 and answer.wait_for and path == SLOW:
            Crawls(many, server).crawl(tmp_path / "a.db")
            with open_store(tmp_path / "a.db", read_only=True) as store:
                assert store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == 36
    assert not faults(tmp_path / "a.db")


def test_a_signal_before_the_first_request_ends_the_crawl_too(tmp_path, many):
    with LoopbackServer(many) as server:
        command, environment = crawl_command(tmp_path / "a.db", server)
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            while not (tmp_path / "a.db.lock").exists() and process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.005)
            process.terminate()
            _, errors = process.communicate(timeout=30)
        assert process.returncode in (0, 130), errors
        Crawls(many, server).crawl(tmp_path / "a.db")
    with open_store(tmp_path / "a.db", read_only=True) as store:
        reasons = [row[0] for row in store.connection.execute("SELECT end_reason FROM runs ORDER BY id")]
    # A signal right after the run's row was made, before the session stands, leaves that row to the next run to mark.
    assert set(reasons[:-1]) <= {"shutdown", "killed"}
    assert reasons[-1] == "finished"


def test_a_second_crawl_at_once_says_who_holds_the_archive_and_since_when(tmp_path, many):
    with LoopbackServer(many) as server, crawl_lock(tmp_path / "a.db", command="archive crawl"):
        command, environment = crawl_command(tmp_path / "a.db", server)
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"process {os.getpid()} (archive crawl) since 20" in second.stderr
    assert second.stderr.count("\n") == 1
    assert not many.asked

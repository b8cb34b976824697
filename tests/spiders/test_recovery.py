"""kill -9 and signals at any moment: the rerun ends with the rows of an undisturbed crawl, and asks little twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

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


ROOT = Path(__file__).parents[2]


def under_scrapy(command):
    """Return the words of `scrapy crawl hyperai` that ask for what those of *command*, an `archive crawl`, do."""
    words = iter(command[command.index("crawl") + 1 :])
    asked = [word[2:] if word == "--json" else f"{word[2:]}={next(words)}" for word in words]
    return [*command[:2], "scrapy", "crawl", "hyperai", *(f"-a{word}" for word in asked)]


def stopped(many, db, server, numbers, *, at, settings=(), run_by=list):
    """Crawl until *numbers* come, at the *at*-th request or a fifth of a second after that path; return what came.

    That is status, output, errors, and the seconds from the first signal to the end.
    """
    before, sent_at = len(many.asked), []
    command, environment = crawl_command(db, server, "--json")
    environment |= dict(settings)
    with subprocess.Popen(
        run_by(command), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
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


@pytest.mark.parametrize("run_by", [list, under_scrapy], ids=["archive crawl", "scrapy crawl"])
def test_a_stopped_crawl_ends_cleanly_and_the_next_one_goes_on(tmp_path, many, run_by):
    with LoopbackServer(many) as server:
        Crawls(many, server).crawl(tmp_path / "calm.db")
        before = len(many.asked)
        for number, at in ((signal.SIGTERM, 9), (signal.SIGINT, 9)):
            status, printed, errors, _ = stopped(many, tmp_path / "a.db", server, [number], at=at, run_by=run_by)
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
    ("path", "answer", "signals", "run_by"),
    [
        (SLOW, Reply("", wait_for=threading.Event()), [TERM], list),
        (SLOW, Reply("", wait_for=threading.Event()), [TERM], under_scrapy),
        (SLOW, Reply("", wait_for=threading.Event()), [TERM, TERM], list),
        ("/robots.txt", Reply("", wait_for=threading.Event()), [TERM], list),
        (SLOW, Reply("", status=503, headers={"Retry-After": "55"}), [TERM], list),
        (
            SLOW,
            Reply(article_page("長い記事", body=LONG_BODY)),
            [TERM],
            list,
        ),
    ],
    ids=[
        "a slow page",
        "a slow page under scrapy",
        "a second signal",
        "a slow robots.txt",
        "a host that asked to wait",
        "a long reading",
    ],
)
def test_a_stopped_crawl_does_not_wait_for_what_is_slow(tmp_path, many, path, answer, signals, run_by):
    """What is under way gets its grace and is given up; the next crawl asks it again."""
    calm = many.answers.get(("hyper.test", path), Reply("not here", 404))
    many.answers["hyper.test", path] = answer
    with LoopbackServer(many) as server:
        settings = {"ARCHIVE_STOP_S": str(14.0 if len(signals) > 1 else 0.3), "ARCHIVE_READERS": "1"}
        status, printed, errors, took_s = stopped(
            many, tmp_path / "a.db", server, signals, at=path, settings=settings, run_by=run_by
        )
        if answer.wait_for:
            answer.wait_for.set()
        assert (status, errors) == (0, "")
        assert '"end_reason": "shutdown"' in printed
        assert took_s < 10
        many.answers["hyper.test", path] = calm
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
    """From the moment that the lock is taken, while the run is made as well."""
    with LoopbackServer(many) as server:
        command, environment = crawl_command(tmp_path / "a.db", server)
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            while not (tmp_path / "a.db.lock").exists() and process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.005)
            process.terminate()
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        Crawls(many, server).crawl(tmp_path / "a.db")
    with open_store(tmp_path / "a.db", read_only=True) as store:
        reasons = [row[0] for row in store.connection.execute("SELECT end_reason FROM runs ORDER BY id")]
    assert reasons == ["shutdown", "finished"]


OPENING = [
    ("archive.store", "open_store", "call"),
    ("spiders.session", "_mend", "call"),
    ("archive.store.runs", "start_run", "return"),
    ("spiders.session", "__post_init__", "call"),
    ("spiders.session", "_hosts", "return"),
    ("spiders.stopping", "_until_asked", "call"),
]


def test_a_signal_at_any_step_of_the_opening_asks_nothing_and_leaves_no_run_without_an_end(site):
    for step in OPENING:
        with signal_at(*step):
            assert site.crawl().end_reason == "shutdown"
    assert not site.world.asked
    reasons = [row["end_reason"] for row in site.rows("SELECT end_reason FROM runs")]
    assert reasons == ["shutdown"] * len(OPENING)


def test_a_signal_while_a_crawl_is_closed_changes_nothing(site):
    with signal_at("archive.store.runs", "end_run", "call"):
        assert site.crawl().end_reason == "finished"
    assert site.rows("SELECT end_reason FROM runs") == [{"end_reason": "finished"}]


@contextmanager
def signal_at(module, function, event):
    """Send this process SIGTERM as *function* of *module* is called, or returns (*event*), once."""
    sent = []

    def watch(frame, happened, _argument):
        place = (frame.f_globals.get("__name__"), frame.f_code.co_name, happened)
        if place == (module, function, event) and not sent:
            sent.append(place)
            signal.raise_signal(signal.SIGTERM)

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)
    assert sent


def test_a_record_that_a_kill_tore_is_cut_before_the_next_crawl_writes(site):
    site.crawl(with_cited=False)
    db = Path(site.config.db)
    (file,) = Path(f"{db}.captures").glob("*.warc.gz")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:150])  # the start of a record that no row knows
    assert site.crawl().cited["ok"] == 3
    assert whole_records(db)["response"] > 6
    assert not faults(db)


def test_a_second_crawl_at_once_says_who_holds_the_archive_and_since_when(tmp_path, many):
    with LoopbackServer(many) as server, crawl_lock(tmp_path / "a.db", command="archive crawl"):
        command, environment = crawl_command(tmp_path / "a.db", server)
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"process {os.getpid()} (archive crawl) since 20" in second.stderr
    assert second.stderr.count("\n") == 1
    assert not many.asked

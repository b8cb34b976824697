"""kill -9 at any moment: the rerun ends with the rows of an undisturbed crawl, and asks little twice."""

import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.store import open_store
from tests.loopback import LoopbackServer, World
from tests.spiders.conftest import HOSTS, article_page, listing_page

CONCURRENCY = 6
# Everything that two crawls of one site share: no ids, times, runs or places in WARC files.
SAME_IN_BOTH = {
    "articles": "surt, kind, url, canonical_url, source, title, text, published_at, content_digest, n_revisions",
    "frontier": "surt, url, kind, source, state, priority, attempts, outcome, found_on",
    "aliases": "surt, url, reason",
    "sources": "key, policy",
    "robots": "origin, status, verdict, body",
}
CITATIONS = (
    "SELECT a.surt, c.position, c.kind, c.number, c.url, b.surt AS cited FROM citations AS c "
    "JOIN articles AS a ON a.id = c.article_id LEFT JOIN articles AS b ON b.id = c.cited_article_id ORDER BY 1, 2"
)
LISTINGS = ("/ja/news", "/ja/news?page=2")
NOT_PAGES = (*LISTINGS, "/robots.txt")


@pytest.fixture
def many(world: World) -> World:
    """Twelve articles on two listing pages, each citing three pages on two hosts."""
    numbers = [f"/ja/news/{number}" for number in range(212, 200, -1)]
    more = '<a rel="next" href="/ja/news?page=2">次へ</a>'
    world.put("hyper.test", "/ja/news", listing_page(*numbers[:6], more=more))
    world.put("hyper.test", "/ja/news?page=2", listing_page(*numbers[6:]))
    for path in numbers:
        cited = (f"http://cited.test{path}", f"http://other.test{path}", f"http://10.1.2.3{path}")
        world.put("hyper.test", path, article_page(f"記事{path}", references=cited))
        world.put("cited.test", path, article_page(f"出典{path}", suffix=""))
        world.put("other.test", path, article_page(f"別の出典{path}", suffix=""))
    return world


def crawl_command(db: Path, server: LoopbackServer, *options: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of a real crawl."""
    command = [sys.executable, "-m", "archive", "crawl", "--db", str(db), "--origin", "http://hyper.test"]
    command += ["--locale", "ja", "--section", "news", *options]
    settings = {
        "ARCHIVE_RESOLVE": ",".join(f"{host}={server.address}" for host in HOSTS),
        "ARCHIVE_ALLOW_ADDRESSES": "127.0.0.1",
        "ARCHIVE_DELAY_S": "0",
        "ARCHIVE_CONCURRENCY": str(CONCURRENCY),
    }
    return command, os.environ | settings


def crawl(db: Path, world: World, server: LoopbackServer, *, kill_at: int | None = None) -> int:
    """Crawl in a process of its own, killed when the server gets its *kill_at*-th request; return how many it got.

    Listings are not counted: every crawl asks them anew, after a kill or not. Nor is robots.txt, which is asked beside
    the pages that wait for it.
    """
    asked_before = len(world.asked)
    command, environment = crawl_command(db, server)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:

        def kill(_asked: object, number: int) -> None:
            if kill_at is not None and number - asked_before == kill_at:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL)

        world.on_request = kill
        _, errors = process.communicate(timeout=60)
        world.on_request = None
    assert process.returncode == (0 if kill_at is None else -signal.SIGKILL), errors.decode()
    return sum(asked.path not in NOT_PAGES for asked in world.asked[asked_before:])


def rows(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what two crawls of one site have in common."""
    with open_store(db, read_only=True) as store:
        found = {
            table: [tuple(row) for row in store.connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1")]
            for table, columns in SAME_IN_BOTH.items()
        }
        found["citations"] = [tuple(row) for row in store.connection.execute(CITATIONS)]
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return found


def n_whole_records(folder: Path) -> int:
    """Return how many records the WARC files hold; raises when one of them is torn."""
    total = 0
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            total += sum(
                1
                for record in ArchiveIterator(stream, check_digests="raise")
                if record.content_stream().read() is not None
            )
    return total


@pytest.mark.parametrize("kill_at", [[1], [9], [26], [10, 10, 10, 10]], ids=str)
def test_a_killed_crawl_loses_nothing_and_asks_little_twice(tmp_path, many, kill_at):
    with LoopbackServer(many) as server:
        n_undisturbed = crawl(tmp_path / "calm.db", many, server)
        n_asked = sum(crawl(tmp_path / "killed.db", many, server, kill_at=number) for number in kill_at)
        n_asked += crawl(tmp_path / "killed.db", many, server)
    assert rows(tmp_path / "killed.db") == rows(tmp_path / "calm.db")
    assert n_asked - n_undisturbed <= CONCURRENCY * len(kill_at)
    assert n_whole_records(tmp_path / "killed.db.captures") > n_undisturbed


def test_unfinished_runs_are_marked_killed(tmp_path, many):
    with LoopbackServer(many) as server:
        crawl(tmp_path / "a.db", many, server, kill_at=8)
        crawl(tmp_path / "a.db", many, server)
    with open_store(tmp_path / "a.db", read_only=True) as store:
        reasons = [row[0] for row in store.connection.execute("SELECT end_reason FROM runs ORDER BY id")]
    assert reasons == ["killed", "finished"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_crawl_ends_cleanly_and_the_next_one_goes_on(tmp_path, many, number):
    with LoopbackServer(many) as server:
        crawl(tmp_path / "calm.db", many, server)
        before = len(many.asked)
        command, environment = crawl_command(tmp_path / "a.db", server, "--json")
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            many.on_request = lambda _asked, count: process.send_signal(number) if count - before == 15 else None
            printed, errors = process.communicate(timeout=60)
            many.on_request = None
        assert process.returncode == 0, errors.decode()
        assert b'"end_reason": "shutdown"' in printed
        crawl(tmp_path / "a.db", many, server)
    assert rows(tmp_path / "a.db") == rows(tmp_path / "calm.db")
    again = Counter((asked.host, asked.path) for asked in many.asked[before:])
    assert {path for (_, path), times in again.items() if times > 1} <= set(LISTINGS)


def test_a_second_crawl_at_once_says_who_holds_the_archive(tmp_path, many):
    from archive.store.lock import crawl_lock

    with LoopbackServer(many) as server, crawl_lock(tmp_path / "a.db", command="archive crawl"):
        command, environment = crawl_command(tmp_path / "a.db", server)
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"process {os.getpid()} (archive crawl)" in second.stderr
    assert not many.asked

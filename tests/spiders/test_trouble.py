"""Trouble on the operator's side: full disks, lost folders, broken files, signals; one line, the next run goes on."""

import contextlib
import ctypes
import gzip
import json
import re
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from archive.cli import run
from archive.errors import CaptureError, LockedError
from archive.model import Policy
from archive.records import Source
from archive.store import open_store
from archive.store.sources import put_sources
from archive.verify import verify
from spiders.commands.crawl import run_crawl
from spiders.commands.reparse import run_reparse
from tests.loopback import LoopbackServer
from tests.spiders.killing import Crawls, crawl_command, n_different, whole_records


def faults(db: Path) -> list[str]:
    with open_store(db, read_only=True) as store:
        return verify(store, Path(f"{db}.captures")).faults


@pytest.mark.parametrize("n_bytes", [236_000, 262_000])
def test_a_full_disk_is_one_line_and_the_next_run_loses_nothing(tmp_path, many, n_bytes):
    """No file may grow beyond a limit, as on a full disk; the database is the first to reach it."""

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))

    with LoopbackServer(many) as server:
        Crawls(many, server).crawl(tmp_path / "calm.db")
        command, environment = crawl_command(tmp_path / "full.db", server, "--json")
        ran = subprocess.run(
            command, env=environment, preexec_fn=fill_the_disk, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 1
        assert ran.stderr.startswith("archive: ")
        assert ran.stderr.count("\n") == 1, ran.stderr
        assert "what was stored is intact" in ran.stderr
        Crawls(many, server).crawl(tmp_path / "full.db")
    assert n_different(tmp_path / "full.db", tmp_path / "calm.db") == 0
    assert whole_records(tmp_path / "full.db")["response"] > 0


def test_a_fault_of_ours_ends_the_crawl_in_one_line_and_the_next_run_loses_nothing(tmp_path, many):
    """An error nobody foresaw while a page is stored; the crawl once waited for that page without end."""
    with LoopbackServer(many) as server:
        Crawls(many, server).crawl(tmp_path / "calm.db")
        with open_store(tmp_path / "fault.db") as store:
            store.connection.execute(
                "CREATE TRIGGER broken AFTER INSERT ON frontier WHEN NEW.kind = 'article' "
                "BEGIN UPDATE frontier SET interval_s = 'seven' WHERE surt = NEW.surt; END"
            )
        command, environment = crawl_command(tmp_path / "fault.db", server, "--json")
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 1
        assert ran.stderr.startswith("archive: http")
        assert "could not be stored (TypeError: " in ran.stderr
        assert ran.stderr.count("\n") == 1, ran.stderr
        with open_store(tmp_path / "fault.db") as store:
            store.connection.execute("DROP TRIGGER broken")
            store.connection.execute("UPDATE frontier SET interval_s = NULL WHERE typeof(interval_s) = 'text'")
        Crawls(many, server).crawl(tmp_path / "fault.db")
    assert n_different(tmp_path / "fault.db", tmp_path / "calm.db") == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_where_no_capture_can_be_written_no_row_says_there_is_one(site):
    file = Path(f"{site.config.db}.captures") / "hyperai-00001.warc.gz"
    file.parent.mkdir()
    file.symlink_to("/dev/full")
    with pytest.raises(CaptureError, match="the disk is full; what was stored is intact"):
        site.crawl()
    assert not site.rows("SELECT id FROM captures WHERE warc_file IS NOT NULL")
    reason = site.rows("SELECT end_reason FROM runs")[0]["end_reason"]
    assert "hyperai-00001.warc.gz cannot be written" in reason
    assert str(file.parent.parent) not in reason  # the runs are published
    file.unlink()
    assert site.crawl().new == 3
    assert not faults(Path(site.config.db))


def test_an_archive_that_another_program_locks_is_one_line_and_the_next_run_goes_on(site, monkeypatch):
    monkeypatch.setattr("archive.store.BUSY_TIMEOUT_S", 0.05)
    others = []

    def lock(asked, _count):
        if asked.path == "/ja/news/102" and not others:
            other = sqlite3.connect(site.config.db, timeout=30, check_same_thread=False, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            others.append(other)

    site.world.on_request = lock
    with pytest.raises(LockedError, match="locked by another process that writes to it") as raised:
        site.crawl()
    others[0].close()
    assert "\n" not in str(raised.value)
    assert site.crawl().end_reason == "finished"
    assert site.rows("SELECT COUNT(*) AS n FROM articles WHERE kind = 'article'") == [{"n": 3}]
    assert not faults(Path(site.config.db))


def without_roots_powers() -> None:
    """Let the permissions of files count for root too: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def crawl_apart(site, **how):
    """Crawl *site* in a process of its own that must fail; return its line on standard error."""
    command, environment = crawl_command(Path(site.config.db), site.server, "--json")
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False, **how)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1), ran.stderr
    return ran.stderr


@pytest.mark.parametrize("what", ["file", "folder"])
def test_an_archive_that_is_read_only_is_one_line_and_the_next_run_goes_on(site, what):
    site.crawl(with_cited=False)
    db, folder = Path(site.config.db), Path(site.config.db).parent
    before, n_asked = db.read_bytes(), len(site.world.asked)
    closed = [db, *folder.glob("*.lock"), *([folder] if what == "folder" else [])]
    for path in closed:
        path.chmod(0o555 if path.is_dir() else 0o444)
    said = crawl_apart(site, preexec_fn=without_roots_powers)
    for path in reversed(closed):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert str(db) in said
    assert (db.read_bytes(), len(site.world.asked)) == (before, n_asked)
    assert site.crawl().cited["ok"] == 3
    assert not faults(db)


def test_a_damaged_archive_is_found_after_a_kill_before_anything_is_written(site):
    site.crawl(with_cited=False)
    db, copy = Path(site.config.db), Path(f"{site.config.db}.copy")
    assert run(["backup", str(copy), "--db", str(db)]) == 0
    assert not Crawls(site.world, site.server).crawl(db, kill_at=2)
    with open_store(db) as store:
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = db.read_bytes()
    middle = len(sound) // 2
    db.write_bytes(sound[:middle] + b"\xff" * 8192 + sound[middle + 8192 :])
    spoilt = db.read_bytes()
    assert f"{db} is damaged; nothing was changed" in crawl_apart(site)
    assert db.read_bytes() == spoilt
    copy.replace(db)
    assert site.crawl().cited["ok"] == 3
    assert not faults(db)


def test_a_lost_captures_folder_is_told_and_its_numbers_are_not_used_again(site):
    site.crawl(with_cited=False)
    folder = Path(f"{site.config.db}.captures")
    lost = folder.rename(folder.with_name("lost"))
    n_lost = len(faults(Path(site.config.db)))
    assert n_lost > 0
    site.crawl()
    assert [path.name for path in folder.iterdir()] == ["hyperai-00002.warc.gz"]
    assert len(faults(Path(site.config.db))) == n_lost
    (lost / "hyperai-00001.warc.gz").rename(folder / "hyperai-00001.warc.gz")
    assert not faults(Path(site.config.db))


def test_a_file_in_place_of_the_captures_folder_is_one_line(site, capfd):
    Path(f"{site.config.db}.captures").write_text("not a folder")
    with pytest.raises(CaptureError, match="cannot be written"):
        site.crawl()
    assert faults_of_store(site) == "ok"


def faults_of_store(site) -> str:
    with site.store() as store:
        return store.connection.execute("PRAGMA integrity_check").fetchone()[0]


def test_a_clock_that_is_set_back_loses_nothing(site):
    site.crawl(later=timedelta(days=400))
    site.world.put("hyper.test", "/ja/news/101", site.world.answers["hyper.test", "/ja/news/102"])
    summary = site.crawl()
    assert site.crawl(later=timedelta(days=8)).revised == 1  # not after 400 days more
    assert summary.end_reason == "finished"
    assert not faults(Path(site.config.db))
    assert site.rows("SELECT COUNT(*) AS n FROM articles WHERE kind = 'article'") == [{"n": 3}]


def warc_of(site) -> bytes:
    site.crawl()
    return next(Path(f"{site.config.db}.captures").glob("*.warc.gz")).read_bytes()


def cut_in_a_response(whole: bytes) -> bytes:
    """Return the file up to the middle of its longest record; a replay has no need of the requests."""
    starts = [found.start() for found in re.finditer(rb"\x1f\x8b\x08", whole)]
    start, end = max(pairwise([*starts, len(whole)]), key=lambda record: record[1] - record[0])
    return whole[: (start + end) // 2]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _: b"", "holds no HTTP answer"),
        (cut_in_a_response, "not a readable WARC file"),
        (lambda whole: whole[:900] + b"\xff\xff\xff" + whole[903:], "not a readable WARC file"),
        (lambda whole: gzip.compress(gzip.decompress(whole)), "not a readable WARC file"),
        (lambda whole: gzip.decompress(whole).replace(b"HTTP/1.1 200", b"HTTP/1.1 abc"), "not a readable WARC file"),
        (lambda whole: gzip.decompress(whole).replace(b"WARC-Date: 20", b"WARC-Date: xx"), "not a readable WARC file"),
        (lambda whole: gzip.decompress(whole).replace(b"WARC-Target-URI", b"WARC-Other-URI"), "not a readable"),
    ],
    ids=["empty", "cut off", "flipped bytes", "one gzip member", "no status", "no date", "no address"],
)
def test_a_broken_replay_file_is_one_short_line(site, tmp_path, spoil, words):
    file = tmp_path / "spoilt.warc.gz"
    file.write_bytes(spoil(warc_of(site)))
    with pytest.raises(CaptureError, match=words) as raised:
        run_crawl(
            replace(site.config, db=str(tmp_path / "new.db")), replace(site.options, replay=(file,)), is_quiet=True
        )
    assert "spoilt.warc.gz" in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400
    assert not (tmp_path / "new.db").exists()


def test_refusals_of_a_replay_carry_its_date_and_are_no_captures_of_the_page(site, tmp_path):
    site.crawl()
    file = next(Path(f"{site.config.db}.captures").glob("*.warc.gz"))
    config = replace(site.config, db=str(tmp_path / "again.db"), resolve={}, allow_addresses=())
    run_crawl(config, replace(site.options, replay=(file,)), is_quiet=True)
    site.config = config
    newest = site.rows("SELECT MAX(fetched_at) AS at FROM captures WHERE status IS NOT NULL")[0]["at"]
    assert site.rows("SELECT fetched_at FROM captures WHERE outcome = 'blocked-address'") == [{"fetched_at": newest}]
    seen = site.rows("SELECT outcome, first_captured_at, last_captured_at FROM cited_sources ORDER BY outcome")
    assert seen[0] == {"outcome": "blocked-address", "first_captured_at": None, "last_captured_at": None}
    assert all(row["first_captured_at"] <= newest for row in seen[1:])


def test_reparse_keeps_the_policy_and_the_source_that_the_crawl_gave(site):
    site.crawl(with_cited=False)
    with open_store(site.config.db) as store:
        put_sources(store, [Source(key="cited.test", policy=Policy.METADATA_ONLY, reason="its terms")])
    site.crawl()
    before = site.rows("SELECT surt, source, text FROM articles ORDER BY surt")
    for _ in range(2):
        report = run_reparse(site.config)
        assert not report.fields
    assert site.rows("SELECT surt, source, text FROM articles ORDER BY surt") == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_scheduler_ends_its_crawl_cleanly_too(tmp_path, many, number):
    with LoopbackServer(many) as server:
        command, environment = crawl_command(tmp_path / "a.db", server)
        start = command.index("crawl")
        options = [word for word in command[start + 1 :] if word not in ("--db", str(tmp_path / "a.db"))]
        scheduled = [
            *command[:start],
            "schedule",
            "run",
            "--every",
            "1h",
            "--db",
            str(tmp_path / "a.db"),
            "--",
            *options,
        ]
        with subprocess.Popen(scheduled, env=environment, stderr=subprocess.PIPE, text=True) as scheduler:

            def stop(_asked: object, count: int) -> None:
                if count == 12:
                    second = [*command[:start], "schedule", "run", "--db", str(tmp_path / "a.db")]
                    ran = subprocess.run(second, env=environment, capture_output=True, text=True, check=False)
                    said.append((ran.returncode, ran.stderr))
                    with contextlib.suppress(ProcessLookupError):
                        scheduler.send_signal(number)

            said: list[tuple[int, str]] = []
            many.on_request = stop
            _, errors = scheduler.communicate(timeout=60)
            many.on_request = None
        assert scheduler.returncode == 0, errors
    assert "crawl done" in errors
    assert said[0][0] == 1
    assert f"has a scheduler already: process {scheduler.pid}" in said[0][1]
    with open_store(tmp_path / "a.db", read_only=True) as store:
        assert [row[0] for row in store.connection.execute("SELECT end_reason FROM runs")] == ["shutdown"]


@pytest.mark.parametrize("kind", ["plain", "gzipped"])
def test_a_huge_page_is_too_large_before_it_fills_the_memory(tmp_path, capfd, kind):
    page = b"<p>a</p>" * 2_000_000
    (tmp_path / "page").write_bytes(page if kind == "plain" else gzip.compress(page))
    assert run(["extract", str(tmp_path / "page"), "--url", "http://a.example/", "--fetched-at", "2026-01-01"]) == 1
    assert json.loads(capfd.readouterr().out)["outcome"] == "too-large"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
def test_a_time_outside_the_web_is_wrong_usage(tmp_path, capfd, at):
    (tmp_path / "page").write_bytes(b"<p>a</p>")
    assert run(["extract", str(tmp_path / "page"), "--url", "http://a.example/", "--fetched-at", at]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_failure(demo_archive):
    command = f"'{sys.executable}' -m archive export --all --db '{demo_archive.db}' | head -c 100"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_backup_while_a_crawl_writes_is_one_whole_state(tmp_path, many):
    copies: list[int] = []

    def back_up(_asked: object, count: int) -> None:
        if count in (8, 20):
            copies.append(run(["backup", str(tmp_path / f"copy{count}.db"), "--db", str(tmp_path / "a.db")]))

    with LoopbackServer(many) as server:
        command, environment = crawl_command(tmp_path / "a.db", server)
        many.on_request = back_up
        ran = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        many.on_request = None
    assert (ran.returncode, copies) == (0, [0, 0])
    for count in (8, 20):
        with open_store(tmp_path / f"copy{count}.db", read_only=True) as store:
            assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert not store.connection.execute("PRAGMA foreign_key_check").fetchall()


def test_the_run_number_as_cursor_finds_what_a_replay_brought(demo_archive, capfdbinary):
    assert run(["export", "articles", "--since", "1", "--format", "jsonl", "--db", str(demo_archive.db)]) == 0
    since = capfdbinary.readouterr().out
    assert run(["export", "articles", "--format", "jsonl", "--db", str(demo_archive.db)]) == 0
    assert since == capfdbinary.readouterr().out
    assert since.count(b"\n") > 20

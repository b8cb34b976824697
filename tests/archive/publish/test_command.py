"""`archive serve`: what it says, and what it does beside a crawler that writes."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from archive.cli import run
from archive.publish.command import serve
from archive.store import open_store
from archive.store.articles import save_article


def start(*arguments):
    command = [sys.executable, "-m", "archive", "serve", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def stop(process):
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def test_a_missing_archive_is_one_clear_line(tmp_path, capsys):
    assert run(["serve", "--db", str(tmp_path / "nothing.db")]) == 1
    message = capsys.readouterr().err
    assert "nothing.db" in message
    assert message.count("\n") == 1
    assert not (tmp_path / "nothing.db").exists()


def test_another_programs_file_is_refused(tmp_path, capsys):
    (tmp_path / "letter.db").write_text("Dear reader, " * 100)
    assert run(["serve", "--db", str(tmp_path / "letter.db")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_in_use_is_one_clear_line(archive_file, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["serve", "--db", str(archive_file), "--port", str(port)]) == 1
    assert f"port {port} on 127.0.0.1 is in use" in capsys.readouterr().err


def test_a_host_that_is_not_ours_is_one_clear_line(archive_file, capsys):
    assert run(["serve", "--db", str(archive_file), "--host", "203.0.113.1"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_help_names_every_option():
    shown = CliRunner().invoke(serve, ["--help"]).output
    assert all(
        option in shown for option in ("--db", "--host", "--port", "--title", "--public-url", "--processes", "--open")
    )


def test_readers_see_what_a_crawler_writes_meanwhile(tmp_path, article):
    path = tmp_path / "live.db"
    with open_store(path) as store:
        save_article(store, article, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-15T06:00:00Z")
    process = start("--db", path, "--port", 0, "--title", "Two readers")
    line = process.stdout.readline()
    assert line.startswith("Two readers: http://127.0.0.1:")
    address = re.search(r"http://\S+", line)[0]
    with open_store(path) as store, store.transaction():
        later = replace(article, url=f"{article.url}1", canonical_url=f"{article.url}1", title="半導体の新工場")
        save_article(store, later, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-16T06:00:00Z")
        before = json.load(urlopen(f"{address}-/search.json?q=%E5%8D%8A%E5%B0%8E%E4%BD%93"))
    after = json.load(urlopen(f"{address}-/search.json?q=%E5%8D%8A%E5%B0%8E%E4%BD%93"))
    assert [hit["title"] for hit in before["hits"]] == []
    assert [hit["title"] for hit in after["hits"]] == ["半導体の新工場"]
    assert stop(process) == (0, "")


GIANTS = [
    "select length(printf('%25.*c',900000000,'x'))",
    "select length(randomblob(1000000000))",
    "select length(replace(hex(:x),'',hex(zeroblob(9))))",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select group_concat(x, 'aaaaaaaaaaaaaaaa') from n",
    "with recursive n(x) as (select 'aaaaaaaa' union all select x || x from n) select length(x) from n",
    "with recursive n(x) as (select hex('aaaaaaaa') union all select hex(x) from n) select max(length(x)) from n",
]


def test_a_giant_query_ends_soon_and_takes_no_more_memory_than_it_may(archive_file):
    process = start("--db", archive_file, "--port", 0)
    address = re.search(r"http://\S+", process.stdout.readline())[0]
    for query in GIANTS:
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{address}archive.json?{urlencode({'sql': query})}", timeout=10)
        refused.value.close()
        assert refused.value.code == 400
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert stop(process) == (0, "")
    assert int(peak[1]) < 450 * 1024


def test_a_new_snapshot_is_served_without_a_restart_and_a_broken_one_is_not(tmp_path, archive_file, article):
    source, snapshot = tmp_path / "archive.db", tmp_path / "public" / "snapshot.db"
    snapshot.parent.mkdir()
    with open_store(source) as store:
        save_article(store, article, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-15T06:00:00Z")
    assert run(["backup", str(snapshot), "--db", str(source)]) == 0
    process = start("--db", snapshot, "--port", 0)
    address = re.search(r"http://\S+", process.stdout.readline())[0]

    def titles():
        return [
            hit["title"] for hit in json.load(urlopen(f"{address}-/search.json?q=%E5%8D%8A%E5%B0%8E%E4%BD%93"))["hits"]
        ]

    assert [titles() for _ in range(4)] == [[]] * 4  # every thread has its connection
    with open_store(source) as store:
        later = replace(article, url=f"{article.url}1", canonical_url=f"{article.url}1", title="半導体の新工場")
        save_article(store, later, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-16T06:00:00Z")
    assert run(["backup", str(snapshot), "--db", str(source)]) == 0
    assert [titles() for _ in range(4)] == [["半導体の新工場"]] * 4
    (tmp_path / "broken.db").write_text("Dear reader, " * 100)
    (tmp_path / "broken.db").replace(snapshot)
    assert [titles() for _ in range(4)] == [["半導体の新工場"]] * 4
    snapshot.unlink()
    assert titles() == ["半導体の新工場"]
    status, errors = stop(process)
    assert (status, errors.count("is not published")) == (0, 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_several_processes_serve_one_address_and_end_together(archive_file, sent):
    process = start("--db", archive_file, "--port", 0, "--processes", 2)
    address = re.search(r"http://\S+", process.stdout.readline())[0]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 1
    assert {urlopen(f"{address}article/{number % 3 + 1}").status for number in range(6)} == {200}
    process.send_signal(sent)
    process.communicate(timeout=20)
    assert process.returncode == (0 if sent == signal.SIGINT else -sent)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        select.select([], [], [], 0.05)

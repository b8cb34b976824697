"""The commands as a person runs them: `archive crawl`, `archive add`, and `scrapy crawl` from the repository."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import ConfigError
from archive.store.lock import crawl_lock
from spiders.commands.crawl import parse_since
from tests.loopback import Reply
from tests.spiders.conftest import HOSTS

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)


def ran(site, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    settings = {
        "ARCHIVE_DB": site.config.db,
        "ARCHIVE_ORIGIN": site.config.origin,
        "ARCHIVE_RESOLVE": ",".join(f"{host}={site.server.address}" for host in HOSTS),
        "ARCHIVE_ALLOW_ADDRESSES": "127.0.0.1",
        "ARCHIVE_DELAY_S": "0",
    }
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | settings,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_crawl_says_a_line_an_event_and_a_summary(site):
    done = ran(site, "archive", "crawl", "--locale", "ja", "--section", "news")
    assert done.returncode == 0, done.stderr
    assert "article new http://hyper.test/ja/news/101" in done.stderr
    assert "articles: 3 new, 0 revised, 0 unchanged; 4 references in them" in done.stdout
    assert "cited pages: 1 blocked-address, 3 ok" in done.stdout
    again = ran(site, "archive", "crawl", "--locale", "ja", "--section", "news")
    assert again.returncode == 0
    assert again.stdout.startswith("nothing new\n")


def test_a_crawl_as_json_is_one_object(site):
    done = ran(site, "archive", "crawl", "--limit", "1", "--no-cited", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["new"] == 1
    assert done.stderr == ""


def test_a_broken_origin_ends_with_one(site):
    for path in list(site.world.answers):
        site.world.put(path[0], path[1], "down", status=503)
    site.world.put("hyper.test", "/robots.txt", "down", status=503)
    done = ran(site, "archive", "crawl", "--locale", "ja", "--no-cited")
    assert done.returncode == 1
    assert "gave no answer" in done.stdout


def test_a_dead_host_is_one_line_and_each_of_its_pages_with_v(site):
    site.world.put("hyper.test", "/robots.txt", "down", status=503)
    done = ran(site, "archive", "crawl")
    (line,) = done.stderr.splitlines()
    assert line.startswith("hyper.test: ")
    assert "robots.txt of http://hyper.test gave no answer (HTTP 503): nothing is asked there until it does" in line
    assert done.stdout.startswith("http://hyper.test gave no answer; nothing was lost.")
    each = ran(site, "archive", "crawl", "-v").stderr.splitlines()
    assert (
        len(each)
        == len(set(each))
        == site.rows("SELECT COUNT(*) AS n FROM frontier WHERE kind <> 'robots'")[0]["n"]
        > 30
    )


@pytest.mark.parametrize(
    "options",
    [
        ["--origin", "hyper.ai"],
        ["--since", "yesterday"],
        ["--locale", "xx"],
        ["--replay", "none.warc.gz"],
        ["--limit", "x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two_and_without_a_traceback(site, options):
    done = ran(site, "archive", "crawl", *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not site.world.asked


def test_addresses_are_added_from_standard_input(site):
    done = ran(site, "archive", "add", "-", "--json", given="http://cited.test/b\n\nhttp://cited.test/a\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cited"] == {"ok": 2}


def test_wrong_lines_are_named_and_the_other_addresses_captured(site):
    lines = "http://cited.test/a\nnot one\n\nmailto:x@example.com\nhttp://cited.test/b\n"
    done = ran(site, "archive", "add", "-", "--json", given=lines)
    assert done.returncode == 1
    assert json.loads(done.stdout)["cited"] == {"ok": 2}
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [" line 2", " line 4"]


def test_what_is_no_address_is_said(site):
    done = ran(site, "archive", "add", "mailto:someone@example.com")
    assert done.returncode == 1
    assert done.stderr.startswith("archive: not a web address")


def test_scrapy_crawl_works_with_the_same_settings(site):
    first = ran(site, "scrapy", "crawl", "hyperai", "-a", "locale=ja", "-a", "section=news", "-a", "limit=2")
    assert first.returncode == 0, first.stderr
    assert "Traceback" not in first.stderr
    second = ran(site, "scrapy", "crawl", "cited")
    assert second.returncode == 0, second.stderr
    kinds = site.rows("SELECT kind, COUNT(*) AS n FROM articles GROUP BY kind ORDER BY kind")
    assert kinds == [{"kind": "article", "n": 2}, {"kind": "source", "n": 2}]
    runs = site.rows("SELECT command, end_reason FROM runs")
    assert runs == [
        {"command": "scrapy crawl hyperai", "end_reason": "finished"},
        {"command": "scrapy crawl cited", "end_reason": "finished"},
    ]


@pytest.mark.parametrize(
    "options",
    [["-s", "DOWNLOADER_MIDDLEWARES={}"], ["-o", "items.json"], ["-a", "limt=3"], ["-a", "limit=x"]],
    ids=" ".join,
)
def test_scrapy_crawl_takes_the_options_of_archive_crawl_alone(site, options):
    """A setting of Scrapy could open what ours keep shut."""
    done = ran(site, "scrapy", "crawl", "hyperai", *options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "archive crawl" in done.stderr
    assert not site.world.asked


def test_scrapy_crawl_waits_for_nobody_else_to_write(site):
    with crawl_lock(site.config.db, command="archive crawl"):
        done = ran(site, "scrapy", "crawl", "hyperai")
    assert done.returncode == 1
    assert f"process {os.getpid()} (archive crawl) since 20" in done.stderr
    assert not site.world.asked


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        ("2w", NOW - timedelta(days=14)),
        ("2025-11-01", datetime(2025, 11, 1, tzinfo=UTC)),
        ("2025-11-01T09:00:00+09:00", datetime(2025, 11, 1, tzinfo=UTC)),
    ],
)
def test_since_takes_spans_and_dates(words, since):
    assert parse_since(words, now=NOW) == since


def test_since_names_what_it_takes():
    with pytest.raises(ConfigError, match="7d"):
        parse_since("letzte Woche", now=NOW)


def test_after_a_failure_the_next_crawl_asks_at_once(site):
    articles = dict(site.world.answers)
    site.world.answers = {("hyper.test", "/ja/news"): Reply("down", 500)}
    assert "error (500" in ran(site, "archive", "crawl", "--locale", "ja", "--no-cited").stderr
    site.world.answers = articles
    done = ran(site, "archive", "crawl", "--locale", "ja", "--no-cited", "--json")
    assert json.loads(done.stdout)["new"] == 3


def test_a_server_that_names_a_time_is_not_asked_before(site):
    site.world.answers = {("hyper.test", "/ja/news"): Reply("busy", 503, headers={"Retry-After": "7200"})}
    options = ("--locale", "ja", "--section", "news", "--no-cited")
    assert "Retry-After 7200 s" in ran(site, "archive", "crawl", *options).stderr
    n_asked = site.world.count()["hyper.test", "/ja/news"]
    assert ran(site, "archive", "crawl", *options).returncode == 0
    assert site.world.count()["hyper.test", "/ja/news"] == n_asked


def test_a_limit_of_none_asks_for_no_article_and_is_no_failure(site):
    done = ran(site, "archive", "crawl", "--limit", "0", "--budget", "0", "--locale", "ja")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("nothing new\n")
    assert not [path for path in site.world.paths("hyper.test") if path.startswith("/ja/news/")]


def test_adding_a_page_says_nothing_of_hyperai(site):
    done = ran(site, "archive", "add", "http://cited.test/a")
    assert done.returncode == 0, done.stderr
    assert "gave no answer" not in done.stdout

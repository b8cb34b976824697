"""A crawl that finds nothing new and one that finds something broken look different: summary, run row, page, hook."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from archive.cli import cli
from spiders.commands.crawl import summary_lines
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

WEEK = timedelta(days=8)
SHELL = "<html><body><div id='app'></div><p>しばらくお待ちください。</p></body></html>"


def said(site, summary):
    return "\n".join(summary_lines(summary, site.config))


def test_the_summary_counts_what_was_discovered_fetched_and_refused_and_why(site):
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nDisallow: /a", content_type="text/plain")
    summary = site.crawl()
    assert (summary.new, summary.revised, summary.unchanged) == (3, 0, 0)
    assert summary.refused == {"blocked-address": 1, "robots": 1}
    assert summary.cited == {"ok": 2, "blocked-address": 1, "robots": 1}
    assert summary.discovered == 7
    assert (summary.alarms, summary.is_broken) == ([], False)
    assert "7 addresses discovered" in said(site, summary)
    assert "refused without one: 1 blocked-address, 1 robots" in said(site, summary)
    rows = site.rows("SELECT source, kind, n_visits, n_ok, n_new, n_read FROM run_sources WHERE kind <> 'list'")
    assert {"source": "hyper.ai", "kind": "article", "n_visits": 3, "n_ok": 3, "n_new": 3, "n_read": 3} in rows
    assert {"source": "cited.test", "kind": "cited", "n_visits": 2, "n_ok": 1, "n_new": 1, "n_read": 1} in rows


def test_nothing_new_is_no_alarm(site):
    site.crawl()
    summary = site.crawl()
    assert said(site, summary).startswith("nothing new\n")
    assert (summary.alarms, summary.is_broken) == ([], False)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda world: world.put("hyper.test", "/ja/news", SHELL), "/ja/news listed pages before and does not now"),
        (
            lambda world: [world.put("hyper.test", f"/ja/news/10{n}", "", status=403) for n in (1, 2, 3)],
            "hyper.ai: none of the last 3 pages (article) could be used, where 3 of 3 could before",
        ),
    ],
    ids=["a listing without entries", "pages behind a wall"],
)
def test_what_gave_something_and_gives_nothing_now_is_broken(site, spoil, words):
    site.crawl()
    spoil(site.world)
    summary = site.crawl(later=WEEK)
    assert any(words in alarm for alarm in summary.alarms)
    assert said(site, summary).startswith("something is broken")
    assert summary.is_broken
    (row,) = site.rows("SELECT alarms FROM runs WHERE id = 2")
    assert [alarm["words"] for alarm in json.loads(row["alarms"])] == summary.alarms


def test_a_field_that_a_new_layout_hides_is_an_alarm(site):
    paths = [f"/ja/news/{number}" for number in range(200, 212)]
    for path in paths:
        date = '<meta property="article:published_time" content="2025-11-02T09:00:00+09:00"><title>'
        site.world.put("hyper.test", path, article_page(f"記事{path}").replace("<title>", date))
    site.world.put("hyper.test", "/ja/news", listing_page(*paths))
    assert site.crawl(with_cited=False).new == 12
    (row,) = site.rows("SELECT fields FROM run_sources WHERE kind = 'article'")
    assert json.loads(row["fields"])["published_at"] == 12
    for path in paths[:6]:
        site.world.put("hyper.test", path, article_page(f"記事{path}、改"))
    for path in paths[6:]:
        site.world.put("hyper.test", path, Reply("gone", 410))
    summary = site.crawl(with_cited=False, later=WEEK)
    assert any(
        "published_at is read on 0% of the last 6 pages (article), 100% before" in words for words in summary.alarms
    )
    assert not summary.is_broken


def test_a_hook_is_told_and_one_that_fails_never_fails_the_crawl(site, tmp_path, capsys):
    site.crawl()
    site.world.put("hyper.test", "/ja/news", SHELL)
    site.world.put("127.0.0.1", "/hook", Reply("", status=500))
    url = f"http://{site.server.address}/hook"
    told = {"alarm_command": f"tee '{tmp_path}/told'", "alarm_url": url}
    summary = site.crawl(settings=told, later=WEEK)
    assert json.loads((tmp_path / "told").read_text())["alarms"] == summary.alarms
    assert "archive: alarm_url: 127.0.0.1: it answered 500\n" in capsys.readouterr().err
    assert site.rows("SELECT end_reason FROM runs WHERE id = 2") == [{"end_reason": "finished"}]
    asked = [request for request in site.world.asked if request.path == "/hook"]
    assert json.loads(asked[0].body)["run"] == summary.run_id


def test_a_broken_crawl_ends_with_1_and_health_says_the_same(site, monkeypatch):
    site.crawl()
    site.world.put("hyper.test", "/ja/news", SHELL)
    summary = site.crawl()
    monkeypatch.setenv("ARCHIVE_DB", site.config.db)
    health = CliRunner().invoke(cli, ["health", "--json"], standalone_mode=False)
    assert health.return_value == 1
    assert json.loads(health.output) == {"healthy": False, "alarms": summary.alarms}

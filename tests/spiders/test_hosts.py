"""Politeness towards a whole host: pauses, put-offs and caps; every decision is a row that status shows."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from archive.cli import run
from archive.settings import Config
from spiders.hosts import MAX_FAILURES, Hosts
from spiders.refusal import HeldBackError
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page
from tests.spiders.test_robots import cite_many

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = [f"/{letter}" for letter in "abcdefgh"]


def decisions(site, host: str = "cited.test") -> list[tuple[str, float | None]]:
    rows = site.rows("SELECT decision, seconds FROM decisions WHERE host = :host ORDER BY id", host=host)
    return [tuple(row.values()) for row in rows]


def hosts(**settings):
    kept = []
    clock = {"now": NOW}
    made = Hosts(Config(**settings), now=lambda: clock["now"], keep=kept.append)
    return made, kept, clock


@pytest.mark.parametrize("value", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"], ids=["seconds", "date"])
def test_retry_after_beyond_the_cap_puts_the_whole_host_off_for_later_runs_too(site, value):
    cite_many(site, "cited.test", NAMES)
    site.world.put("cited.test", "/a", Reply("later", 429, {"Retry-After": value}))
    site.crawl(settings={"per_host": 1})
    n_asked = len(site.world.paths("cited.test"))
    assert n_asked <= 3, "robots.txt, the page, and what was on its way"
    assert [decision for decision, _ in decisions(site)] == ["put-off"]
    site.crawl(later=timedelta(minutes=50))
    assert len(site.world.paths("cited.test")) == n_asked
    if value == "3600":
        site.world.put("cited.test", "/a", article_page("出典a", suffix=""))
        assert site.crawl(later=timedelta(minutes=130)).cited["ok"] >= len(NAMES) - 1


def test_a_host_that_fails_again_and_again_rests_until_the_next_run(site):
    cite_many(site, "cited.test", NAMES)
    for path in NAMES:
        site.world.put("cited.test", path, Reply("down", 503))
    site.crawl(settings={"per_host": 1, "concurrency": 1})
    assert len(site.world.paths("cited.test")) == 1 + MAX_FAILURES
    assert decisions(site)[-1] == ("put-off", None)
    assert all(state == "due" for url, (state, _) in site.frontier().items() if "cited.test" in url)


def test_pages_behind_a_pause_are_asked_in_the_same_run(site):
    cite_many(site, "cited.test", NAMES)
    answers = [Reply("busy", 503, {"Retry-After": "1"})]
    page = article_page("出典a", suffix="")
    site.world.put("cited.test", "/a", lambda _: answers.pop() if answers else Reply(page))
    assert site.crawl(settings={"per_host": 1}).cited == {"ok": len(NAMES), "error": 1}
    assert decisions(site) == [("wait", 1.0)]


def test_a_crawl_delay_above_the_cap_is_one_request_however_many_wait(site):
    cite_many(site, "cited.test", NAMES)
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", content_type="text/plain")
    site.crawl(settings={"per_host": 8})
    assert len(site.world.paths("cited.test")) == 2
    assert decisions(site) == [("put-off", 3600.0)]
    assert decisions(site, "http://cited.test") == [("robots", None), ("crawl-delay", 3600.0)]
    site.crawl(later=timedelta(minutes=30))
    assert len(site.world.paths("cited.test")) == 2
    site.crawl(later=timedelta(minutes=61))
    assert len(site.world.paths("cited.test")) == 3


def test_redirects_count_towards_the_share_of_the_host_they_lead_to(site):
    """Two hosts lead to a third; neither has as many pages itself as it may be asked."""
    half = len(NAMES) // 2
    leading = [("other.test", path) for path in NAMES[:half]] + [("third.test", path) for path in NAMES[half:]]
    cite_many(site, "other.test", NAMES)
    references = tuple(f"http://{host}{path}" for host, path in leading)
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=references))
    for host, path in leading:
        site.world.put(host, path, Reply(status=302, headers={"Location": f"http://cited.test{path}"}))
        site.world.put("cited.test", path, article_page(f"出典{path}", suffix=""))
    site.crawl(settings={"cited_per_host": 5})
    asked = [path for path in site.world.paths("cited.test") if path != "/robots.txt"]
    assert len(asked) <= 5
    site.crawl(settings={"cited_per_host": 5}, later=timedelta(hours=2))
    assert set(NAMES) <= set(site.world.paths("cited.test"))


def test_a_run_ends_when_it_has_made_its_requests_and_the_next_goes_on(site):
    cite_many(site, "cited.test", NAMES)
    summary = site.crawl(settings={"requests_per_run": 6, "concurrency": 1})
    assert summary.end_reason == "limit"
    pages = [asked for asked in site.world.asked if asked.path != "/robots.txt"]
    assert len(pages) == 6
    assert site.rows("SELECT decision FROM decisions WHERE decision = 'run-cap'")
    site.crawl()
    assert site.frontier()["http://cited.test/h"] == ("done", "ok")


def test_a_calendar_without_end_is_left_after_so_many_pages(site):
    def month(asked):
        number = int(asked.path.rpartition("=")[2]) if "page=" in asked.path else 1
        more = f'<a rel="next" href="/ja/news?page={number + 1}">次へ</a>'
        return Reply(listing_page(f"/ja/news/{20000 + number}", more=more))

    for number in range(1, 40):
        site.world.put("hyper.test", f"/ja/news?page={number}", month)
    site.world.put("hyper.test", "/ja/news", month)
    site.crawl(settings={"lists_per_run": 12})
    assert sum(path.startswith("/ja/news?page=") for path in site.world.paths("hyper.test")) <= 12
    assert site.rows("SELECT COUNT(*) AS n FROM decisions WHERE decision = 'list-cap'") == [{"n": 1}]


def test_pauses_grow_and_an_answer_ends_them():
    made, kept, clock = hosts(delay_s=2.0)
    for _ in range(3):
        made.failed("a.test", "HTTP 500")
    assert [decision.seconds for decision in kept] == [4.0, 8.0, 16.0]
    with pytest.raises(HeldBackError):
        made.admit("a.test")
    clock["now"] += timedelta(seconds=17)
    made.admit("a.test")
    made.answered("a.test")
    made.failed("a.test", "HTTP 500")
    assert kept[-1].seconds == 4.0


def test_status_shows_what_was_decided(site, capfd):
    cite_many(site, "cited.test", ["/yes", "/no"])
    rules = "User-agent: *\nDisallow: /no\nCrawl-delay: 0.2\n"
    site.world.put("cited.test", "/robots.txt", rules, content_type="text/plain")
    site.crawl()
    assert run(["status", "--politeness", "--json", "--db", site.config.db]) == 0
    found = json.loads(capfd.readouterr().out)
    (host,) = (host for host in found["hosts"] if host["origin"] == "http://cited.test")
    assert (host["answers"], host["refused_by_robots"], host["verdict"], host["crawl_delay_s"]) == (2, 1, "rules", 0.2)
    assert found["refused"] == {"robots": 1}
    assert [row["decision"] for row in found["decisions"] if row["host"] == "http://cited.test"] == [
        "robots",
        "crawl-delay",
    ]
    assert run(["status", "--politeness", "--db", site.config.db]) == 0
    printed = capfd.readouterr().out
    assert "http://cited.test: 2 answers, 1 refused by robots.txt, robots.txt rules until" in printed
    assert "http://cited.test: crawl-delay 0.2 s" in printed


def test_no_more_requests_are_under_way_to_a_host_than_set_and_two_are_usual(site):
    under_way, most, lock, pause = [0], [0], threading.Lock(), threading.Event()

    def answer(_asked):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        pause.wait(0.1)
        with lock:
            under_way[0] -= 1
        return Reply(article_page("出典", suffix=""))

    cite_many(site, "cited.test", NAMES)
    for path in NAMES:
        site.world.put("cited.test", path, answer)
    assert site.crawl().cited == {"ok": len(NAMES)}
    assert most[0] == Config().per_host == 2


def test_between_two_requests_to_a_host_lies_the_pause_that_is_set(site):
    asked_at = []
    site.world.on_request = lambda asked, _: asked.host == "cited.test" and asked_at.append(time.monotonic())
    site.crawl(settings={"delay_s": 1.0})
    assert len(asked_at) == 3, "robots.txt and two pages"
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert min(gaps) >= 0.5, "a slow machine notes a request late"
    assert Config().delay_s >= 1

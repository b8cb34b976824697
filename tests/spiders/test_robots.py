"""robots.txt, Crawl-delay and Retry-After: what is asked of whom, and when."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from spiders.politeness import retry_after_s
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

NOW = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)


def cite_many(site, host: str, paths: list[str]) -> None:
    """Let the articles cite *paths* of *host*."""
    references = tuple(f"http://{host}{path}" for path in paths)
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=references))
    for path in paths:
        site.world.put(host, path, article_page(f"出典{path}", suffix=""))


def test_disallowed_pages_are_refused_however_many_requests_wait_for_the_file(site):
    paths = [f"/{word}/{number}" for number in range(5) for word in ("yes", "no")]
    cite_many(site, "cited.test", paths)
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nDisallow: /no\n", content_type="text/plain")
    summary = site.crawl(settings={"per_host": 8})
    assert summary.cited == {"ok": 5, "robots": 5}
    asked = site.world.paths("cited.test")
    assert asked.count("/robots.txt") == 1
    assert not [path for path in asked if path.startswith("/no")]


def test_rules_for_our_own_name_win(site):
    cite_many(site, "cited.test", ["/a", "/b"])
    rules = "User-agent: *\nAllow: /\n\nUser-agent: hyperai-archive\nDisallow: /a\n"
    site.world.put("cited.test", "/robots.txt", rules, content_type="text/plain")
    assert site.crawl().cited == {"ok": 1, "robots": 1}


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_client_error_allows_everything(site, status):
    cite_many(site, "cited.test", ["/a"])
    site.world.put("cited.test", "/robots.txt", Reply("no", status))
    assert site.crawl().cited == {"ok": 1}


@pytest.mark.parametrize(
    "reply",
    [
        Reply("down", 500),
        Reply("down", 503),
        Reply("slow down", 429),
        Reply(raw=b""),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nUser", is_reset=True),
        Reply(wait_for=threading.Event()),
    ],
    ids=["500", "503", "429", "closed", "broken off", "reset", "timeout"],
)
def test_no_answer_forbids_everything_until_there_is_one(site, reply):
    cite_many(site, "cited.test", ["/a", "/b", "/c", "/d"])
    site.world.put("cited.test", "/robots.txt", reply)
    assert site.crawl(settings={"timeout_s": 1.0}).cited == {"robots": 4}
    if reply.wait_for:
        reply.wait_for.set()
    assert set(site.world.paths("cited.test")) == {"/robots.txt"}
    assert site.frontier()["http://cited.test/a"] == ("due", "robots")
    site.world.put("cited.test", "/robots.txt", "", content_type="text/plain")
    assert site.crawl(later=timedelta(hours=2)).cited == {"ok": 4}


def test_the_answer_is_kept_for_a_day(site):
    site.crawl()
    site.crawl(later=timedelta(hours=23))
    assert site.world.count()["hyper.test", "/robots.txt"] == 1
    site.crawl(later=timedelta(hours=25))
    assert site.world.count()["hyper.test", "/robots.txt"] == 2


def test_a_host_is_asked_once_however_its_address_is_written(site):
    site.world.put("other.test", "/moved", Reply(status=301, headers={"Location": "http://THIRD.test:80/here"}))
    site.world.put("hyper.test", "/ja/news/103", article_page("記事", references=("http://third.test/a",)))
    site.world.put("third.test", "/a", article_page("出典", suffix=""))
    site.crawl()
    assert site.frontier()["http://other.test/moved"] == ("done", "ok")
    assert site.world.count()["third.test", "/robots.txt"] == 1


def test_redirects_of_robots_txt_are_followed(site):
    cite_many(site, "cited.test", ["/a"])
    site.world.put("cited.test", "/robots.txt", Reply(status=301, headers={"Location": "http://other.test/rules"}))
    site.world.put("other.test", "/rules", "User-agent: *\nDisallow: /\n", content_type="text/plain")
    assert site.crawl().cited == {"robots": 1}


def test_every_hop_of_a_redirect_is_asked_of_its_own_robots_txt(site):
    site.world.put("third.test", "/robots.txt", "User-agent: *\nDisallow: /here\n", content_type="text/plain")
    site.crawl()
    assert site.world.paths("third.test") == ["/robots.txt"]
    assert site.frontier()["http://other.test/moved"] == ("done", "robots")


def test_robots_txt_is_captured_as_any_other_answer(site):
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    site.crawl()
    rows = site.rows("SELECT status, record_type, kind FROM captures WHERE url = 'http://cited.test/robots.txt'")
    assert [tuple(row.values()) for row in rows] == [(200, "response", "robots")]


def test_a_crawl_delay_above_the_cap_leaves_one_request_a_run(site):
    cite_many(site, "cited.test", ["/a", "/b", "/c"])
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", content_type="text/plain")
    site.crawl(settings={"per_host": 1, "concurrency": 1})
    assert len(site.world.paths("cited.test")) == 2
    assert sorted(state for url, (state, _) in site.frontier().items() if "cited.test" in url) == ["done", "due", "due"]


def test_retry_after_beyond_the_cap_puts_the_host_off_and_names_the_time(site):
    cite_many(site, "cited.test", ["/a", "/b", "/c"])
    site.world.put("cited.test", "/a", Reply("later", 429, {"Retry-After": "86400"}))
    for path in ("/b", "/c"):
        site.world.put("cited.test", path, Reply("later", 503, {"Retry-After": "86400"}))
    site.crawl(settings={"per_host": 1, "concurrency": 1})
    assert len(site.world.paths("cited.test")) == 2
    due = [row["due_at"] for row in site.rows("SELECT due_at FROM frontier WHERE attempts = 1")]
    assert [datetime.fromisoformat(at) > datetime.now(UTC) + timedelta(hours=23) for at in due] == [True]


def test_a_passing_failure_is_tried_again_in_the_run(site):
    answers = [Reply("busy", 503), Reply("busy", 503, {"Retry-After": "0"}), Reply(article_page("出典", suffix=""))]
    site.world.put("cited.test", "/a", lambda _: answers.pop(0))
    assert site.crawl().cited["ok"] == 3
    assert site.world.count()["cited.test", "/a"] == 3
    assert site.frontier()["http://cited.test/a"] == ("done", "ok")


def test_a_lasting_failure_is_put_off_to_later_runs(site):
    site.world.put("cited.test", "/a", Reply("down", 500))
    site.crawl()
    assert site.world.count()["cited.test", "/a"] == 3
    assert site.frontier()["http://cited.test/a"] == ("due", "error")
    site.crawl()
    assert site.world.count()["cited.test", "/a"] == 3
    site.crawl(later=timedelta(days=2))
    assert site.world.count()["cited.test", "/a"] == 6


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Sat, 22 Nov 2025 12:01:30 GMT", 90.0),
        ("Sat, 22 Nov 2025 11:00:00 GMT", 0.0),
        ("999999999999", 7 * 86400.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 7 * 86400.0),
        ("²", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value, seconds):
    assert retry_after_s(value, now=NOW) == seconds


def test_a_crawl_delay_below_the_cap_is_the_pause_between_two_requests(site):
    """The pause is half a second, so that the test takes one; the server's own clock tells when it was asked."""
    asked_at = []
    site.world.on_request = lambda asked, _: asked.host == "cited.test" and asked_at.append(time.monotonic())
    site.world.put("cited.test", "/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n", content_type="text/plain")
    assert site.crawl().cited["ok"] == 3
    pages = asked_at[1:]
    assert len(pages) == 2
    assert pages[1] - pages[0] >= 0.45

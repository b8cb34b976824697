"""Captures: every hop has a record and a row, refusals a row, and bad answers an outcome."""

import gzip
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from archive.warc import read_record
from spiders.pages.extractor import extractor
from tests.loopback import Reply
from tests.spiders.conftest import article_page


def rows_of(site, word: str):
    sql = "SELECT url, hop, status, outcome, record_type, redirect_to FROM captures WHERE surt LIKE :word ORDER BY id"
    return [tuple(row.values()) for row in site.rows(sql, word=f"%{word}")]


def test_every_hop_of_a_redirect_is_captured_under_the_address_asked_for(site):
    site.crawl()
    assert rows_of(site, "other)/moved") == [
        ("http://other.test/moved", 0, 301, "ok", "response", "http://third.test/here"),
        ("http://third.test/here", 1, 200, "ok", "response", None),
    ]
    aliases = site.rows(
        "SELECT aliases.url, articles.url AS page FROM aliases JOIN articles ON articles.id = article_id"
    )
    assert {"url": "http://other.test/moved", "page": "http://third.test/here"} in aliases
    linked = site.rows("SELECT cited_article_id FROM citations WHERE url = 'http://other.test/moved'")
    assert linked[0]["cited_article_id"] is not None


def test_every_row_points_at_the_record_that_holds_its_body(site):
    page = article_page("圧縮された出典", suffix="")
    site.world.put("cited.test", "/a", gzip.compress(page.encode()), headers={"Content-Encoding": "gzip", "X-Odd": "ä"})
    site.crawl()
    folder = Path(f"{site.config.db}.captures")
    rows = site.rows("SELECT * FROM captures WHERE record_type = 'response'")
    assert len(rows) > 10
    for row in rows:
        assert read_record(folder, row["warc_file"], row["warc_offset"]).url == row["url"]
    (row,) = (row for row in rows if row["url"] == "http://cited.test/a")
    stored = read_record(folder, row["warc_file"], row["warc_offset"])
    assert stored.body.decode() == page
    assert stored.exchange.header("content-encoding") == "gzip"
    assert row["n_bytes"] < len(page)


def test_a_body_we_hold_already_is_a_revisit(site):
    site.crawl()
    site.crawl()
    kinds = [row[4] for row in rows_of(site, "hyper)/ja/news")]
    assert kinds == ["response", "revisit"]


def test_a_redirect_loop_and_a_long_chain_end(site):
    site.world.put("cited.test", "/a", Reply(status=302, headers={"Location": "/b"}))
    site.world.put("cited.test", "/b", Reply(status=302, headers={"Location": "/a"}))
    for number in range(20):
        site.world.put("third.test", f"/{number}", Reply(status=302, headers={"Location": f"/{number + 1}"}))
    site.world.put("other.test", "/moved", Reply(status=302, headers={"Location": "http://third.test/0"}))
    site.crawl()
    outcomes = site.frontier()
    assert outcomes["http://cited.test/a"] == ("done", "error")
    assert outcomes["http://other.test/moved"] == ("done", "error")
    assert len(site.world.paths("third.test")) <= 12


@pytest.mark.parametrize(
    ("reply", "outcome", "n_requests"),
    [
        (Reply(b"x" * 2000, headers={}), "too-large", 1),
        (Reply(gzip.compress(b"<p>x</p>" * 90_000), headers={"Content-Encoding": "gzip"}), "too-large", 1),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), "undecodable", 1),
        (Reply("gone", 410), "gone", 1),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<p>half"), "error", 3),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "error", 3),
        (Reply(raw=b"no HTTP at all\r\n\r\n"), "error", 3),
    ],
    ids=["too large", "bomb", "not the coding it says", "410", "short body", "bad chunk", "no HTTP"],
)
def test_a_bad_answer_is_an_outcome_and_the_crawl_goes_on(site, reply, outcome, n_requests):
    site.world.put("cited.test", "/a", reply)
    site.crawl(settings={"max_body_bytes": 1900 if reply.body == b"x" * 2000 else 100_000})
    assert site.frontier()["http://cited.test/a"][1] == outcome
    assert site.world.count()["cited.test", "/a"] == n_requests
    assert "http://third.test/here" in {row["url"] for row in site.rows("SELECT url FROM captures")}


def test_a_server_that_says_nothing_costs_its_time_and_no_more(site):
    never = threading.Event()
    site.world.put("cited.test", "/a", Reply("late", wait_for=never))
    try:
        site.crawl(settings={"timeout_s": 0.3, "retries": 0})
    finally:
        never.set()
    assert site.frontier()["http://cited.test/a"] == ("due", "timeout")
    assert rows_of(site, "cited)/a") == [("http://cited.test/a", 0, None, "timeout", None, None)]


def test_what_headers_ask_us_not_to_do_is_kept(site):
    site.world.put("cited.test", "/a", article_page("出典", suffix=""), headers={"X-Robots-Tag": "noarchive, noai"})
    site.crawl()
    assert site.rows("SELECT opt_out FROM captures WHERE url = 'http://cited.test/a'") == [
        {"opt_out": "noarchive noai"}
    ]


def test_our_requests_say_who_asks_and_carry_nothing_else(site):
    site.world.put("cited.test", "/robots.txt", Reply("", headers={"Set-Cookie": "id=1"}))
    site.crawl(settings={"contact": "https://example.com/bot"})
    for asked in site.world.asked:
        assert asked.headers["User-Agent"].startswith("hyperai-archive/")
        assert asked.headers["User-Agent"].endswith("(+https://example.com/bot)")
        assert not {"Cookie", "Referer", "Authorization", "Content-Length"} & set(asked.headers)


def test_every_capture_that_was_read_names_what_read_it(site):
    """A redirect and a page that is the same as before were not read; a stub and a listing were."""
    site.world.put("cited.test", "/b", "<html><body><p>短い。</p></body></html>")
    site.crawl()
    site.crawl(later=timedelta(days=8))
    read_by = site.rows(
        "SELECT url, record_type, redirect_to, outcome, kind, extractor FROM captures WHERE status = 200"
    )
    pages = [row for row in read_by if row["kind"] != "robots" and row["record_type"] == "response"]
    assert {row["extractor"] for row in pages} == {extractor()}
    assert {"ok", "stub", "listing"} <= {row["outcome"] for row in pages}
    others = site.rows(
        "SELECT DISTINCT extractor FROM captures "
        "WHERE redirect_to IS NOT NULL OR (record_type = 'revisit' AND outcome = 'ok')"
    )
    assert others == [{"extractor": None}]
    assert site.rows("SELECT DISTINCT extractor FROM revisions") == [{"extractor": extractor()}]

"""A hostile server: bombs, drips, endless headers, cut answers, traps. Each costs its bounds, and the crawl goes on."""

import gzip
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import brotli
import pytest

from archive.coding import zstd
from archive.store import open_store
from archive.verify import verify
from spiders.commands.crawl import run_crawl
from spiders.pages import read_page
from spiders.redirects import refresh_target
from tests.loopback import LoopbackServer, Reply
from tests.spiders.conftest import article_page, listing_page
from tests.spiders.hostile_world import (
    BAD_HOSTS,
    GOOD_ARTICLES,
    GOOD_SOURCES,
    HEAD,
    Weight,
    drip,
    endless_headers,
    hostile_world,
    one_long_header,
)
from tests.spiders.killing import crawl_command, whole_records

PAGE = article_page("圧縮された出典", suffix="").encode()


def cut(payload: bytes, coding: str) -> Reply:
    """The whole of a body that was cut before it was sent: HTTP sees nothing wrong."""
    return Reply(payload[: len(payload) * 2 // 3], headers={"Content-Encoding": coding})


@pytest.mark.parametrize(
    ("reply", "outcome", "words"),
    [
        (Reply(stream=drip), "timeout", "took longer"),
        (Reply(stream=endless_headers), "error", ""),
        (Reply(stream=one_long_header), "error", ""),
        (cut(gzip.compress(PAGE), "gzip"), "error", "truncated: the gzip stream"),
        (cut(brotli.compress(PAGE), "br"), "error", "truncated: the br stream"),
        (cut(zstd.compress(PAGE), "zstd"), "error", "truncated: the zstd stream"),
        (Reply(raw=HEAD + b"Content-Length: 90000\r\n\r\n" + PAGE), "error", "truncated"),
        (Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\n" + PAGE[:1024] + b"\r\n"), "error", "truncated"),
        (Reply(raw=HEAD + b"Content-Length: -5\r\n\r\n" + PAGE), "error", ""),
        (Reply(raw=HEAD + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + PAGE), "error", ""),
        (Reply(stream=lambda: chain([HEAD + b"\r\n"], repeat(b"<p>" * 1000, 200))), "too-large", ""),
        (Reply(brotli.compress(b"\0" * 5_000_000), headers={"Content-Encoding": "br"}), "too-large", ""),
        (Reply(zstd.compress(b"\0" * 5_000_000), headers={"Content-Encoding": "zstd"}), "too-large", ""),
        (
            Reply(gzip.compress(gzip.compress(b"\0" * 9_000_000)), headers={"Content-Encoding": "gzip, gzip"}),
            "too-large",
            "",
        ),
    ],
    ids=[
        "drip",
        "endless headers",
        "one long header",
        "cut gzip",
        "cut brotli",
        "cut zstd",
        "short body",
        "no last chunk",
        "negative length",
        "two lengths",
        "endless body",
        "brotli bomb",
        "zstd bomb",
        "nested bomb",
    ],
)
def test_hostile_answers_are_outcomes_and_no_article(site, reply, outcome, words):
    site.world.put("cited.test", "/a", reply)
    summary = site.crawl(settings={"timeout_s": 1.0, "max_body_bytes": 200_000, "retries": 0})
    assert site.frontier()["http://cited.test/a"][1] == outcome
    (row,) = site.rows("SELECT detail FROM captures WHERE url = 'http://cited.test/a'")
    assert words in (row["detail"] or "")
    assert not site.rows("SELECT id FROM articles WHERE url = 'http://cited.test/a'")
    assert summary.cited["ok"] == 2, "the other cited pages"


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_cut_body_is_asked_again_in_the_run_and_kept_when_it_is_whole(site, coding):
    whole = {"gzip": gzip.compress, "br": brotli.compress}[coding](PAGE)
    answers = [Reply(whole, headers={"Content-Encoding": coding}), cut(whole, coding)]
    site.world.put("cited.test", "/a", lambda _: answers.pop())
    site.crawl()
    assert site.world.count()["cited.test", "/a"] == 2
    assert site.frontier()["http://cited.test/a"] == ("done", "ok")


@pytest.mark.parametrize(
    "kind", ["entities", "external", "late entities", "late external", "billion", "deep", "recursive index"]
)
def test_sitemap_bombs_are_read_without_expansion_and_end(site, tmp_path, kind):
    secret = tmp_path / "secret"
    secret.write_text("http://hyper.test/ja/news/666")
    deep = "<x>" * 50_000
    texts = {
        "entities": '<!DOCTYPE u [<!ENTITY a "http://hyper.test/ja/news/555">]><urlset><url><loc>&a;</loc></url></urlset>',
        "external": f'<!DOCTYPE u [<!ENTITY a SYSTEM "file://{secret}">]><urlset><url><loc>&a;</loc></url></urlset>',
        "billion": "<!DOCTYPE u ["
        + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(12))
        + "]><urlset><url><loc>http://hyper.test/&e11;</loc></url></urlset>",
        "deep": f"<urlset>{deep}<url><loc>http://hyper.test/ja/news/104</loc></url></urlset>",
        "recursive index": "<sitemapindex><sitemap><loc>http://hyper.test/map.xml</loc></sitemap>"
        + "".join(f"<sitemap><loc>http://hyper.test/map{n}.xml</loc></sitemap>" for n in range(500))
        + "</sitemapindex>",
    }
    robots = "User-agent: *\nAllow: /\nSitemap: http://hyper.test/map.xml\n"
    site.world.put("hyper.test", "/robots.txt", robots, content_type="text/plain")
    texts |= {f"late {name}": f"<!-- {'x' * 5000} -->{texts[name]}" for name in ("entities", "external")}
    for path in ["/map.xml", *(f"/map{n}.xml" for n in range(500))]:
        site.world.put("hyper.test", path, f'<?xml version="1.0"?>{texts[kind]}', content_type="application/xml")
    summary = site.crawl(with_cited=False, settings={"lists_per_run": 20})
    assert summary.new == 3, "what the listing names is read all the same"
    asked = site.world.paths("hyper.test")
    assert not [path for path in asked if path.endswith(("/666", "/555"))]
    assert asked.count("/map.xml") == 1
    assert sum(path.startswith("/map") for path in asked) <= 20


def test_session_ids_make_no_new_articles(site):
    calls = []

    def listing(_asked):
        calls.append(1)
        n = len(calls)
        return Reply(
            listing_page(f"/ja/news/101?PHPSESSID={n:032x}", f"/ja/news/102;jsessionid={n:032X}", "/ja/news/103")
        )

    site.world.put("hyper.test", "/ja/news", listing)
    assert site.crawl(with_cited=False).new == 3
    assert site.crawl(with_cited=False).new == 0
    assert site.rows("SELECT COUNT(*) AS n FROM frontier WHERE kind = 'article'") == [{"n": 3}]
    assert not [path for path in site.world.paths("hyper.test") if "sess" in path.lower()]


HALF = "\\ud800"
"""Half a character, as JSON may write it: it has no UTF-8."""


def test_what_no_file_can_hold_costs_no_crawl(site):
    """Half characters in script state, numbers that no column holds, bytes of no encoding in a status line."""
    told = f'{{"@type": "NewsArticle", "headline": "一{HALF}", "author": {{"name": "{HALF}"}}, "keywords": "{HALF}"}}'
    huge = "<p>参考文献</p><ol start='99999999999999999999'><li>A. <a href='http://third.test/here'>出典</a></li></ol>"
    data = f'<script type="application/ld+json">{told}</script>'
    site.world.put("cited.test", "/a", article_page("出典", suffix="").replace("<h1>出典</h1>", data))
    site.world.put("cited.test", "/b", article_page("出典その二", body=huge, suffix=""))
    head = b"HTTP/1.1 200 \x1b[31m\x9b\xff\r\nContent-Type: text/html\r\nETag: \x9b\r\n"
    page = article_page("移った出典", suffix="").encode()
    site.world.put("third.test", "/here", Reply(raw=head + f"Content-Length: {len(page)}\r\n\r\n".encode() + page))
    feed = f'{{"version": "https://jsonfeed.org/version/1", "items": [{{"id": "http://hyper.test/{HALF}"}}]}}'
    site.world.put("hyper.test", "/feed", feed, content_type="application/json")
    summary = site.crawl()
    assert (summary.new, summary.cited["ok"], summary.problems) == (3, 3, 0)
    (row,) = site.rows("SELECT title, text FROM articles WHERE url = 'http://cited.test/a'")
    assert (row["title"], row["text"].count("計算資源")) == ("一\ufffd", 5)
    with site.store() as store:
        assert not verify(store, Path(f"{site.config.db}.captures")).faults


def test_part_of_a_page_that_nobody_asked_for_is_no_page(site):
    site.world.put("cited.test", "/a", Reply(PAGE, 206, headers={"Content-Range": "bytes 0-999/5000"}))
    site.crawl()
    assert site.frontier()["http://cited.test/a"][1] == "error"
    assert not site.rows("SELECT id FROM articles WHERE url = 'http://cited.test/a'")


def test_an_answer_cannot_drive_the_terminal(site, capfd):
    site.world.put(
        "hyper.test", "/ja/news", Reply(raw=b"HTTP/1.1 503 \x1b]0;x\x07\x9b31m\r\nContent-Length: 0\r\n\r\n")
    )
    run_crawl(replace(site.config, retries=0), site.options)
    said = capfd.readouterr().err
    assert "error (503 " in said
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_session_ids_make_no_new_sources(site):
    for number in (101, 102, 103):
        references = (f"http://cited.test/a?PHPSESSID={number:032x}", f"http://cited.test/b;jsessionid={number:032X}")
        site.world.put("hyper.test", f"/ja/news/{number}", article_page(f"記事{number}", references=references))
    assert site.crawl().cited == {"ok": 2}
    assert sorted(site.world.paths("cited.test")) == ["/a", "/b", "/robots.txt"]


REFRESH = '<html><head><meta http-equiv="Refresh" content="0; URL=\'{}\'"></head><body>…</body></html>'


def test_a_meta_refresh_is_followed_as_a_redirect_is(site):
    site.world.put("cited.test", "/a", REFRESH.format("http://third.test/here"))
    site.crawl()
    rows = site.rows("SELECT url, hop, outcome FROM captures WHERE surt LIKE '%cited)/a' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("http://cited.test/a", 0, "ok"),
        ("http://third.test/here", 1, "ok"),
    ]


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.2/",
        "file:///etc/passwd",
        "http://[::1]/",
        "javascript:alert(1)",
    ],
)
def test_a_meta_refresh_to_a_refused_address_is_recorded_and_not_followed(site, target):
    site.world.put("cited.test", "/a", REFRESH.format(target))
    site.crawl()
    assert site.frontier()["http://cited.test/a"] == ("done", "blocked-address")
    assert {asked.host for asked in site.world.asked} <= {"hyper.test", "cited.test", "other.test", "third.test"}


def test_a_meta_refresh_asks_the_robots_txt_of_the_host_it_leads_to(site):
    site.world.put("cited.test", "/a", REFRESH.format("http://third.test/here"))
    site.world.put("third.test", "/robots.txt", "User-agent: *\nDisallow: /\n", content_type="text/plain")
    site.crawl()
    assert site.frontier()["http://cited.test/a"] == ("done", "robots")
    assert "/here" not in site.world.paths("third.test")


@pytest.mark.parametrize(
    ("html", "target"),
    [
        ('<meta http-equiv="refresh" content="0;url=/b">', "http://a.test/b"),
        ("<META CONTENT='2;URL=b?x=1&amp;y=2' HTTP-EQUIV=refresh>", "http://a.test/b?x=1&y=2"),
        ("<meta http-equiv=refresh content=0;/b>", "http://a.test/b"),
        ('<meta http-equiv="refresh" content="300">', None),
        ('<meta http-equiv="refresh" content="300; url=/b">', None),
        ('<meta http-equiv="refresh" content="5; url=http://a.test/page#top">', None),
        ('<noscript><meta http-equiv="refresh" content="0;url=/nojs"></noscript>', None),
        ('<!-- <meta http-equiv="refresh" content="0;url=/b"> -->', None),
        ('<script>\'<meta http-equiv="refresh" content="0;url=/b">\'</script>', None),
        ('<meta name="description" content="0;url=/b">', None),
        ("<p>how to refresh</p>", None),
    ],
)
def test_what_a_meta_refresh_is(html, target):
    assert refresh_target(html.encode(), "http://a.test/page") == target


def test_a_page_that_refreshes_to_itself_is_read(site):
    page = article_page("出典その一", suffix="").replace(
        "<head>", '<head><meta http-equiv="refresh" content="3; url=/a">'
    )
    site.world.put("cited.test", "/a", page)
    site.crawl()
    assert site.frontier()["http://cited.test/a"] == ("done", "ok")
    assert site.world.count()["cited.test", "/a"] == 1


# What comes of the hostile pages; those that are not here are read, in part or as stubs, and cost their bounds.
OUTCOMES = {
    "too-large": "gzip-bomb brotli-bomb zstd-bomb nested-bomb mixed-bomb many-codings endless-body endless-chunks",
    "error": "endless-headers one-long-header reset closed cut-gzip cut-brotli cut-zstd short no-last-chunk "
    "negative-length two-lengths loop loop-back chain/0",
    "timeout": "drip",
    "undecodable": "huge-noise",
    "blocked-address": "inside file",
}
MOST_LISTS = 45


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A crawl, under the settings as they ship, of a world that holds everything hostile at once."""
    db, world = tmp_path_factory.mktemp("hostile") / "a.db", hostile_world()
    with LoopbackServer(world) as server:
        command, environment = crawl_command(db, server, "--json")
        environment |= {"ARCHIVE_READERS": "1", "ARCHIVE_RETRIES": "0", "ARCHIVE_TIMEOUT_S": "6"}
        environment["ARCHIVE_RESOLVE"] += "".join(f",{host}={server.address}" for host in BAD_HOSTS)
        environment |= {"ARCHIVE_LISTS_PER_RUN": str(MOST_LISTS), "ARCHIVE_CONCURRENCY": "16", "ARCHIVE_PER_HOST": "16"}
        with (
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process,
            Weight(process.pid) as weight,
        ):
            printed, _ = process.communicate(timeout=180)
    assert process.returncode == 0
    return SimpleNamespace(db=db, world=world, weight=weight, summary=json.loads(printed))


def test_of_everything_hostile_at_once_each_costs_its_bounds(hostile):
    with open_store(hostile.db, read_only=True) as store:
        sql = "SELECT url, outcome FROM frontier WHERE kind = 'cited'"
        outcomes = {name_of(row[0]): row[1] for row in store.connection.execute(sql)}
        kept = {name_of(row[0]) for row in store.connection.execute("SELECT url FROM articles")}
    expected = {name: outcome for outcome, names in OUTCOMES.items() for name in names.split()}
    assert {name: outcomes[name] for name in expected} == expected
    assert not kept & set(expected)
    assert None not in outcomes.values(), "nothing was left unasked"
    asked = hostile.world.count()
    n_lists = sum(number for (_, path), number in asked.items() if path.startswith(("/ja/news?", "/map")))
    assert 15 < n_lists <= MOST_LISTS
    with open_store(hostile.db, read_only=True) as store:
        said = [
            tuple(row) for row in store.connection.execute("SELECT detail FROM decisions WHERE decision = 'list-cap'")
        ]
    assert said == [(f"{MOST_LISTS} listings, feeds and sitemaps",)]
    assert hostile.summary["requests"] < 200
    assert max(number for place, number in asked.items() if "chain" not in place[1]) <= 2


def test_of_everything_hostile_at_once_what_is_good_is_archived_whole(hostile):
    with open_store(hostile.db, read_only=True) as store:
        texts = dict(tuple(row) for row in store.connection.execute("SELECT url, text FROM articles"))
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not verify(store, Path(f"{hostile.db}.captures")).faults
        n_citations = store.connection.execute("SELECT COUNT(*) FROM citations WHERE kind = 'reference'").fetchone()[0]
    good = {(host, path): answer for (host, path), answer in hostile.world.answers.items() if is_good(host, path)}
    assert len(good) == GOOD_ARTICLES + GOOD_SOURCES
    for (host, path), answer in good.items():
        url = f"http://{host}{path}"
        assert texts[url] == read_page(answer.body.encode(), url=url, seen_at=datetime.now(UTC)).text
        assert texts[url].count("計算資源") == 5
    assert n_citations == hostile.summary["references"] > 90
    assert whole_records(hostile.db)["response"] > 60


def name_of(url: str) -> str:
    return urlsplit(url).path[1:]


def is_good(host: str, path: str) -> bool:
    return host == "third.test" or path.startswith("/ja/news/")


def test_of_everything_hostile_at_once_the_memory_is_bounded(hostile):
    """The crawl's process and the one that reads, each and together; the shares of what they share (PSS)."""
    assert hostile.weight.n_looks > 20
    assert len(hostile.weight.parts) == 2
    assert max(hostile.weight.parts) / 1024 <= 300
    assert hostile.weight.most_mib <= 400, hostile.weight.parts

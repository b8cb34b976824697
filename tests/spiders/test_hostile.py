"""A hostile server: bombs, drips, endless headers, cut answers, traps. Each costs its bounds, and the crawl goes on."""

import gzip
import json
import os
import subprocess
import sys
import threading
from itertools import chain, repeat

import brotli
import pytest

from archive.coding import zstd
from spiders.redirects import refresh_target
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = article_page("圧縮された出典", suffix="").encode()
never = threading.Event()


def drip():
    """One byte at a time: never idle for long, never done."""
    yield HEAD + b"Content-Length: 100000\r\n\r\n"
    for _ in range(400):
        never.wait(0.02)
        yield b"x"


def endless_headers():
    yield HEAD
    yield from repeat(b"X-More: and more\r\n", 200_000)


def one_long_header():
    yield HEAD + b"X-Long: "
    yield from repeat(b"a" * 10_000, 300)


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


@pytest.mark.parametrize("kind", ["entities", "external", "billion", "deep", "recursive index"])
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


CRAWL = """
import json, re, resource, sys
from pathlib import Path
from archive.settings import Config
from spiders.commands.crawl import run_crawl
from spiders.session import CrawlOptions
given = json.loads(sys.argv[1])
given["allow_addresses"] = tuple(given["allow_addresses"])
summary = run_crawl(Config(**given), CrawlOptions(locales=("ja",), sections=("news",)), is_quiet=True)
def peak_kib(name):  # getrusage() begins with the peak of the process that started this one
    status = Path(f"/proc/{name}/status")
    found = re.search(r"VmHWM:\\s*(\\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak = peak_kib("self")
readers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"cited": summary.cited, "peak_mib": peak / 1024, "reader_mib": readers / 1024}))
"""


def test_a_hostile_crawl_stays_below_300_mib(site):
    """Many bombs at once under the settings as they ship; the peak is the process's own, told by the system."""
    noise = os.urandom(1 << 20)
    cheap = [
        Reply(gzip.compress(b"\0" * 50_000_000, 9), headers={"Content-Encoding": "gzip"}),
        Reply(brotli.compress(b"\0" * 50_000_000, quality=3), headers={"Content-Encoding": "br"}),
        Reply(zstd.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "zstd"}),
        Reply(stream=lambda: chain([HEAD + b"\r\n"], repeat(noise, 12))),
        Reply(stream=endless_headers),
    ]
    trees = [
        Reply(b"<p>a" * 2_500_000),
        Reply(b"<p a=1 b=2 c=3 d=4 e=5 f=6>a</p>" * 300_000),
        Reply(b"<div>" * 2_000_000),
    ]
    bombs = [*cheap, *trees, *cheap]
    references = tuple(f"http://cited.test/{number}" for number in range(len(bombs)))
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=references))
    for number, bomb in enumerate(bombs):
        site.world.put("cited.test", f"/{number}", bomb)
    given = {
        "db": site.config.db,
        "origin": site.config.origin,
        "resolve": site.config.resolve,
        "allow_addresses": list(site.config.allow_addresses),
        "delay_s": 0.0,
        "per_host": 16,
        "retries": 0,
    }
    ran = subprocess.run(
        [sys.executable, "-c", CRAWL, json.dumps(given)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["cited"]["too-large"] >= 8, found
    assert sum(found["cited"].values()) == len(references), found
    assert found["peak_mib"] <= 300, found
    assert found["reader_mib"] <= 300, found

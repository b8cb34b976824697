"""Everything hostile that one world can hold, with good pages among it; and what a crawl of it weighs in memory."""

import contextlib
import gzip
import os
import re
import threading
from itertools import count, repeat
from pathlib import Path

import brotli

from archive.coding import zstd
from tests.loopback import Asked, Reply, World
from tests.spiders.conftest import article_page, listing_page

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
ZEROS = b"\0" * 50_000_000
NOISE = os.urandom(1 << 20)
GOOD_ARTICLES, GOOD_SOURCES = 6, 8
BAD_HOSTS = tuple(f"bad{number}.test" for number in range(6))  # few failures each, so that none rests
never = threading.Event()


def drip():
    """One byte at a time: never idle for long, never done."""
    yield HEAD + b"Content-Length: 100000\r\n\r\n"
    for _ in range(400):
        never.wait(0.02)
        yield b"x"


def endless_headers():
    yield HEAD
    yield from repeat(b"X-More: and more\r\n" * 1_000, 200)


def one_long_header():
    yield HEAD + b"X-Long: "
    yield from repeat(b"a" * 10_000, 300)


def endless_body():
    yield HEAD + b"\r\n"
    yield from repeat(NOISE, 40)


def endless_chunks():
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    yield from repeat(b"100000\r\n" + NOISE + b"\r\n", 40)


def coded(body: bytes, coding: str) -> Reply:
    return Reply(body, headers={"Content-Encoding": coding})


def moved(to: str) -> Reply:
    return Reply(status=302, headers={"Location": to})


def refreshed(to: str) -> str:
    return f'<html><head><meta http-equiv="refresh" content="0; url={to}"></head><body>…</body></html>'


def hostile_answers() -> dict[str, Reply]:
    """Return path -> answer of the hostile cited pages."""
    page = article_page("途中で切れた出典", suffix="").encode()
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY e0 "xxxxxxxxxx">{entities}]>'
    return {
        "gzip-bomb": coded(gzip.compress(ZEROS, 1), "gzip"),
        "brotli-bomb": coded(brotli.compress(ZEROS, quality=1), "br"),
        "zstd-bomb": coded(zstd.compress(ZEROS), "zstd"),
        "nested-bomb": coded(gzip.compress(gzip.compress(ZEROS, 1)), "gzip, gzip"),
        "mixed-bomb": coded(gzip.compress(brotli.compress(ZEROS, quality=1)), "br, gzip"),
        "many-codings": coded(gzip.compress(page), ", ".join(["gzip"] * 60)),
        "endless-headers": Reply(stream=endless_headers),
        "one-long-header": Reply(stream=one_long_header),
        "endless-body": Reply(stream=endless_body),
        "endless-chunks": Reply(stream=endless_chunks),
        "drip": Reply(stream=drip),
        "reset": Reply(raw=HEAD + b"Content-Length: 90000\r\n\r\n" + page, is_reset=True),
        "closed": Reply(raw=b""),
        "cut-gzip": coded(gzip.compress(page)[:-40], "gzip"),
        "cut-brotli": coded(brotli.compress(page)[:-40], "br"),
        "cut-zstd": coded(zstd.compress(page)[:-40], "zstd"),
        "short": Reply(raw=HEAD + b"Content-Length: 90000\r\n\r\n" + page),
        "no-last-chunk": Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\n" + page[:1024] + b"\r\n"),
        "negative-length": Reply(raw=HEAD + b"Content-Length: -5\r\n\r\n" + page),
        "two-lengths": Reply(raw=HEAD + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + page),
        "loop": moved("http://cited.test/loop-back"),
        "loop-back": moved("http://cited.test/loop"),
        "inside": moved("http://127.0.0.9/"),
        "file": moved("file:///etc/passwd"),
        "refresh-loop": Reply(refreshed("http://cited.test/refresh-back")),
        "refresh-back": Reply(refreshed("http://cited.test/refresh-loop")),
        "huge-text": Reply("<html><body><article><p>" + "長い文である。" * 450_000),
        "huge-noise": Reply(NOISE * 9),
        "many-tags": Reply(b"<p>a" * 1_200_000),
        "many-attributes": Reply(b"<p a=1 b=2 c=3 d=4 e=5 f=6>a</p>" * 250_000),
        "one-tag-of-attributes": Reply("<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">a"),
        "deep": Reply(b"<div>" * 1_500_000),
        "deep-tables": Reply(b"<table><tr><td>" * 200_000),
        "wide-table": Reply("<table><tr><td colspan=100000 rowspan=100000>a</td></tr>" * 2_000),
        "deep-json": Reply(f'<script type="application/ld+json">{"[" * 900_000}</script><p>a</p>'),
        "open-comment": Reply("<!--" * 500_000),
        "open-quotes": Reply('<a href="' * 200_000),
        "nulls": Reply(b"\0" * 5_000_000),
        "entities": Reply(f"{bomb}<html><body><p>&e11;</p></body></html>", content_type="application/xhtml+xml"),
        "long-title": Reply(f"<title>{'a ' * 400_000}</title>"),
        "many-links": Reply("".join(f'<a href="http://cited.test/{n}">x</a>' for n in range(40_000))),
    }


ORIGIN = "hyper.test"


def hostile_world() -> World:
    """Return a site whose lists are traps, whose articles cite hostile pages and good ones."""
    world, bad = World(), ["http://cited.test/chain/0"]
    for number, (path, answer) in enumerate(hostile_answers().items()):
        host = "cited.test" if path.startswith(("loop", "refresh")) else BAD_HOSTS[number % len(BAD_HOSTS)]
        world.put(host, f"/{path}", answer)
        bad.append(f"http://{host}/{path}")
    world.put("cited.test", "/chain/0", lambda _asked: moved("http://cited.test/chain/1"))
    for number in range(1, 30):
        world.put("cited.test", f"/chain/{number}", moved(f"http://cited.test/chain/{number + 1}"))
    good = [f"http://third.test/{number}" for number in range(GOOD_SOURCES)]
    for number, url in enumerate(good):
        world.put("third.test", f"/{number}", article_page(f"良い出典{number}", suffix=""))
        world.put("other.test", f"/{number}", moved(url))
    world.put("other.test", "/robots.txt", Reply(stream=endless_body))
    robots = "User-agent: *\nAllow: /\n" + "".join(f"Sitemap: http://{ORIGIN}/map-{kind}.xml\n" for kind in _maps())
    world.put(ORIGIN, "/robots.txt", robots, content_type="text/plain")
    for kind, reply in _maps().items():
        world.put(ORIGIN, f"/map-{kind}.xml", reply)
    numbers = range(201, 201 + GOOD_ARTICLES)
    for place, number in enumerate(numbers):
        cited = (*bad[place::GOOD_ARTICLES], *good, f"http://other.test/{place}")
        world.put(ORIGIN, f"/ja/news/{number}", article_page(f"記事{number}", references=cited))
    _put_calendar(world, [f"/ja/news/{number}" for number in numbers])
    return world


def _put_calendar(world: World, paths: list[str]) -> None:
    """Let the listing have no last page, each with a session of its own and an article that is not there."""
    sessions = count()

    def page(asked: Asked) -> Reply:
        number = int((re.search(r"page=(\d+)", asked.path) or ["", "1"])[1])
        session = f"PHPSESSID={next(sessions):032x}"
        named = paths if number == 1 else [f"/ja/news/{1000 + number}"]
        more = f'<a rel="next" href="/ja/news?page={number + 1}&{session}">次へ</a>'
        return Reply(listing_page(*(f"{path}?{session}" for path in named), more=more))

    world.put(ORIGIN, "/ja/news", page)
    world.fallback = lambda asked: page(asked) if asked.path.startswith("/ja/news?") else Reply("not here", 404)


def _maps() -> dict[str, Reply]:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(12))
    texts = {
        "billion": f"<!DOCTYPE u [{entities}]><urlset><url><loc>http://{ORIGIN}/&e11;</loc></url></urlset>",
        "external": '<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
        "deep": "<urlset>" + "<x>" * 1_000_000,
        "wide": "<urlset>" + f"<url><loc>http://{ORIGIN}/ja/papers/x</loc></url>" * 150_000,
        "index": "<sitemapindex>"
        + "".join(f"<sitemap><loc>http://{ORIGIN}/map{n}.xml</loc></sitemap>" for n in range(12))
        + "</sitemapindex>",
    }
    replies = {kind: Reply(f'<?xml version="1.0"?>{text}', content_type="text/xml") for kind, text in texts.items()}
    replies["tags"] = Reply(gzip.compress(b"<urlset>" + b"<a/>" * 2_500_000, 1), content_type="application/gzip")
    replies["gzip"] = Reply(gzip.compress(b"<urlset>" + ZEROS, 1), content_type="application/gzip")
    return replies


class Weight:
    """The most memory that a process and its children had at once, looked at again and again while the block runs."""

    def __init__(self, pid: int, *, every_s: float = 0.02) -> None:
        self.pid, self.most_mib, self.n_looks = pid, 0.0, 0
        self.parts: list[int] = []
        self._over, self._every_s = threading.Event(), every_s
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Weight":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._every_s):
            parts = [_own_kib(pid) for pid in _family(self.pid)]
            self.n_looks += 1
            if sum(parts) / 1024 > self.most_mib:
                self.most_mib, self.parts = sum(parts) / 1024, parts


def _family(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _own_kib(pid: int) -> int:
    """Return the proportional share of a process's memory, KiB; all that it has where the system tells no shares."""
    for name, key in (("smaps_rollup", "Pss"), ("status", "VmRSS")):
        with contextlib.suppress(OSError):
            found = re.search(rf"^{key}:\s*(\d+)", Path(f"/proc/{pid}/{name}").read_text(), re.MULTILINE)
            if found:
                return int(found[1])
    return 0

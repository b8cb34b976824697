"""A news site of thousands of pages and the two hundred hosts it cites, made for throughput.py and served on loopback.

Pages are files below one folder a host, served by nginx where it is installed, else by the standard library. A HyperAI
page is 60 to 120 KB: an article in one of three markups, the same once more in the flight stream as its kind of front
end does, and the frame of a front end around it. Every page has a title, sentences and references of its own.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from pathlib import Path
from typing import Any

from spiders.demo.hyper_markup import HyperPages, body_html, flight_scripts
from spiders.demo.page_text import PageText, read_blocks
from spiders.demo.world import WORLD

N_HOSTS = 200
N_SHAPES = 24  # texts that pages are made from
N_CITED = 4  # references of an article
N_WORDS = 3000
FIRST_DAY = "2025-11-01"
PARTICLES = ("は", "が", "を", "に", "で", "と", "の", "も")
COMMON = "".join(chr(0x4E00 + 23 * number) for number in range(600))
NGINX = """
worker_processes 1; daemon off; master_process off; pid {run}/nginx.pid; error_log {run}/error.log crit;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type "text/html; charset=utf-8"; types {{ application/xml xml; text/plain txt; }}
  charset off; sendfile on; keepalive_requests 100000; gzip off; gzip_static {gzip};
  client_body_temp_path {run}/a; proxy_temp_path {run}/b; fastcgi_temp_path {run}/c; uwsgi_temp_path {run}/d;
  scgi_temp_path {run}/e;
  server {{ listen 127.0.0.1:{port}; root {root}/$host; location / {{ try_files $uri $uri.html =404; }} }}
}}
"""


@dataclass(frozen=True)
class Site:
    """The files, and where they are served."""

    root: Path
    port: int
    n_pages: int
    n_cited: int

    @property
    def origin(self) -> str:
        """Return where HyperAI is asked."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pages(self) -> list[str]:
        """Return the addresses of the articles."""
        return [f"{self.origin}/ja/news/{number}" for number in range(1, self.n_pages + 1)]

    @property
    def cited(self) -> list[str]:
        """Return the addresses of the cited pages."""
        return [cited_url(number) for number in range(self.n_cited)]

    @property
    def hosts(self) -> list[str]:
        """Return the hosts of the cited pages."""
        return sorted({url.split("/")[2] for url in self.cited})


def cited_url(number: int) -> str:
    """Return the address of a cited page."""
    return f"http://cited-{number % N_HOSTS}.example/report/{number}"


class Prose:
    """Invented Japanese: 3,000 words of two characters, used as often as words are (the n-th 1/n as often)."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.words = ["".join(chance.choices(COMMON, k=2)) for _ in range(N_WORDS)] + ["OpenAI", "xAI", "GPU"]
        self.weights = list(accumulate(1 / (place + 20) for place in range(len(self.words))))

    def sentence(self) -> str:
        """Return one sentence of some fifty characters."""
        words = self.chance.choices(self.words, cum_weights=self.weights, k=15)
        return "".join(word + self.chance.choice(PARTICLES) for word in words) + "した。"


def make_site(root: Path, port: int, *, n_pages: int, n_cited: int, is_gzipped: bool) -> Site:
    """Write the pages, sitemap, listing and robots.txt below *root*."""
    site = Site(root, port, n_pages, n_cited)
    own = root / "127.0.0.1"
    (own / "ja" / "news").mkdir(parents=True)
    shapes = _shapes()
    for number in range(1, n_pages + 1):
        _write(own / "ja" / "news" / str(number), _page(shapes, site, number), is_gzipped)
    own.joinpath("ja/news.html").write_text(_listing(site), "utf-8")
    own.joinpath("robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {site.origin}/sitemap.xml\n")
    write_sitemap(site, {})
    text = _cited_text()
    for number in range(n_cited):
        path = root / cited_url(number).removeprefix("http://")
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text.replace("@@NUMBER@@", str(number)), is_gzipped)
    return site


def write_sitemap(site: Site, changed: dict[int, str]) -> None:
    """Write the sitemap; *changed* are pages (by number) with another day of last change."""
    rows = (
        f"<url><loc>{url}</loc><lastmod>{changed.get(number, FIRST_DAY)}</lastmod></url>\n"
        for number, url in enumerate(site.pages, start=1)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    site.root.joinpath("127.0.0.1/sitemap.xml").write_text(head + "".join(rows) + "</urlset>\n")


def change(site: Site, numbers: list[int], *, on: str, is_gzipped: bool) -> None:
    """Give the articles *numbers* another first sentence, and the sitemap their new date."""
    for number in numbers:
        path = site.root / "127.0.0.1/ja/news" / str(number)
        _write(path, path.read_text("utf-8").replace("最初の段落", "改めた段落"), is_gzipped)
    write_sitemap(site, dict.fromkeys(numbers, on))


@contextlib.contextmanager
def served(site: Site, *, is_gzipped: bool) -> Iterator[str]:
    """Serve *site* while the block runs; yields the server's name."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx:
        conf = site.root / "nginx.conf"
        gzip = "on" if is_gzipped else "off"
        conf.write_text(NGINX.format(run=site.root, root=site.root, port=site.port, gzip=gzip))
        process = subprocess.Popen([nginx, "-c", str(conf), "-p", str(site.root)], stderr=subprocess.DEVNULL)
    else:
        process = subprocess.Popen([sys.executable, __file__, str(site.root), str(site.port)])
    try:
        _wait_for(site.port)
        yield "nginx" if nginx else "http.server"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing answers on port {port}")


def _write(path: Path, text: str, is_gzipped: bool) -> None:
    path.write_text(text, "utf-8")
    if is_gzipped:
        import gzip

        Path(f"{path}.gz").write_bytes(gzip.compress(text.encode(), 6))


def _shapes() -> list[str]:
    """Return the pages before their own title, number and references are put in."""
    templates = WORLD / "templates"
    markups = tomllib.loads((templates / "markups.toml").read_text("utf-8"))
    render = HyperPages((templates / "hyper.html").read_text("utf-8"), markups)
    names = sorted(markups)
    return [_shape(render, Prose(random.Random(seed)), names[seed % len(names)]) for seed in range(N_SHAPES)]


def _shape(render: HyperPages, prose: Prose, markup: str) -> str:
    n_paragraphs = prose.chance.randint(28, 58)
    parts = ["最初の段落は@@TITLE@@の記録である。"]
    parts += [f"{''.join(prose.sentence() for _ in range(4))}記録は@@NUMBER@@番である。" for _ in range(n_paragraphs)]
    for number in range(n_paragraphs // 3):
        parts.insert(2 + 3 * number, f"![](https://cdn.hyper.ai/@@NUMBER@@/{number}.webp) {prose.sentence()[:24]}")
    for number in range(3):
        parts.insert(6 + 8 * number, f"## {prose.sentence()[:12]}")
    lines = [f"{number}.@@CITED{number}@@" for number in range(1, N_CITED + 1)]
    body = "\n\n".join(parts) + "\n\n=== 参考リンク:\n" + "\n".join(lines)
    facts = {"url": "https://hyper.ai/ja/news/@@NUMBER@@", "section": "news", "lang": "ja", "title": "@@TITLE@@"}
    facts |= {"shown": "23日前", "category": "情報", "authors": ["h.li"], "markup": markup}
    facts |= {"hero": "https://cdn.hyper.ai/@@NUMBER@@/hero.webp"}
    text = PageText(facts, tuple(read_blocks(body)))
    content = body_html(render.markups[markup], text.blocks)
    row = json.dumps({"article": {"title": "@@TITLE@@", "content": content}}, ensure_ascii=False)
    menu = "".join(f'<a href="/ja/{number}" class="flex gap-2">{prose.sentence()[:9]}</a>' for number in range(60))
    words = {f"label{number}": prose.sentence()[:30] for number in range(150)}
    page = render.page(text).replace("</body>", flight_scripts(f"7:{row}\n", cut_after='"title": "') + "</body>")
    page = page.replace("</body>", flight_scripts(f"9:{json.dumps(words, ensure_ascii=False)}\n", cut_after=": "))
    return f"{page}<footer><nav>{menu}</nav></footer></body></html>"


def _page(shapes: list[str], site: Site, number: int) -> str:
    text = shapes[number % N_SHAPES].replace("@@NUMBER@@", str(number)).replace("@@TITLE@@", f"港の計測{number}の結果")
    for place in range(1, N_CITED + 1):
        cited = cited_url((number * N_CITED + place) % max(site.n_cited, N_CITED))
        text = text.replace(f"@@CITED{place}@@", cited)
    return text


def _listing(site: Site) -> str:
    newest = range(site.n_pages, max(0, site.n_pages - 30), -1)
    cards = "".join(f'<div><a href="/ja/news/{number}"><h3>港の計測{number}の結果</h3></a></div>' for number in newest)
    return f'<!DOCTYPE html><html lang="ja"><body><main><h1>ニュース</h1>{cards}</main></body></html>'


def _cited_text() -> str:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghilmnoprstuvy", k=chance.randint(2, 9))) for _ in range(N_WORDS)]
    prose = [" ".join(chance.choices(words, k=90)).capitalize() + "." for _ in range(30)]
    menu = "".join(f'<li class="menu-item"><a href="/{word}">{word}</a></li>' for word in words[:120])
    style = "".join(f".{word}{{margin:0 auto;padding:{place}px}}" for place, word in enumerate(words[:400]))
    body = "".join(f"<p>{text}</p>" for text in prose)
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Report @@NUMBER@@ of the harbour | Example</title><style>{style}"
        f"</style><meta property='article:published_time' content='2025-10-02T08:00:00Z'></head><body><nav><ul>{menu}"
        f"</ul></nav><main><article><h1>Report @@NUMBER@@ of the harbour</h1>{body}</article></main></body></html>"
    )


class _Files(BaseHTTPRequestHandler):
    """What nginx does, for where there is none: files by host, validators, keep-alive."""

    protocol_version = "HTTP/1.1"
    root = Path()

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").split(":")[0]
        path = self.root / host / self.path.lstrip("/")
        path = path if path.is_file() else Path(f"{path}.html")
        if not path.is_file():
            self._answer(404, b"", "")
            return
        changed = formatdate(path.stat().st_mtime, usegmt=True)
        is_same = self.headers.get("If-Modified-Since") == changed
        self._answer(304 if is_same else 200, b"" if is_same else path.read_bytes(), changed)

    def _answer(self, status: int, body: bytes, changed: str) -> None:
        kinds = {"xml": "application/xml", "txt": "text/plain"}
        self.send_response(status)
        self.send_header("Content-Type", kinds.get(self.path.rpartition(".")[2], "text/html; charset=utf-8"))
        self.send_header("Last-Modified", changed)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _Files.root = Path(sys.argv[1])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _Files).serve_forever()

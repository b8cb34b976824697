"""CPU a page: our crawl over loopback and from a replay, beside bare Scrapy fetching the same pages in the same run.

    python benchmarks/throughput.py [--pages 300] [--page FILE.html] [--json]

The server runs in a process of its own and is not counted. The replay reads what the crawl recorded. Each figure is
CPU (user and system) of a fresh process less that of the same process with no page to fetch, divided by the pages.
"""

import argparse
import json
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PARAGRAPH = (
    "<p>第{number}段落では、大規模言語モデルの推論を速くする新しい手法について述べる。計算資源の配分を段階ごとに見直すことで、"
    "同じ精度を保ちながら応答までの時間を短くできると研究者たちは報告している。"
    "資金調達の発表に続いて、企業は評価の結果も公開した。</p>"
)
CHROME = "".join(f'<li><a href="/ja/tags/{number}">関連する話題 {number}</a></li>' for number in range(150))


def page(number: int) -> bytes:
    """Return an article of about 18 KB in the shape of HyperAI's, of our own writing."""
    body = "".join(PARAGRAPH.format(number=place) for place in range(1, 16))
    head = f"<title>記事{number} | ニュース | HyperAI超神経</title>"
    main = f"<main><h1>記事{number}</h1>{body}<p>参考リンク：</p><p>1.https://cited.test/{number}</p></main>"
    return f'<html lang="ja"><head>{head}</head><body><nav><ul>{CHROME}</ul></nav>{main}</body></html>'.encode()


def serve(n_pages: int, template: bytes | None, ready: Connection) -> None:
    """Serve a listing and *n_pages* articles until killed; *template* is served instead of our own page."""
    links = "".join(
        f'<li><a href="/ja/news/{number}">記事{number}の見出し</a></li>' for number in range(1, n_pages + 1)
    )
    listing = f'<html lang="ja"><head><title>ニュース</title></head><body><main><ul>{links}</ul></main></body></html>'

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            tail = self.path.rpartition("/")[2]
            body = (
                listing.encode() if self.path == "/ja/news" else template or page(int(tail)) if tail.isdigit() else None
            )
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        ready.send(server.server_address[1])
        server.serve_forever()


def bare(port: int, n_pages: int, _: Path) -> None:
    """Fetch the pages with Scrapy as it comes: an empty callback, the aiohttp client, no robots.txt."""
    import asyncio
    import logging

    import scrapy
    from scrapy.crawler import AsyncCrawlerRunner

    logging.disable(logging.CRITICAL)
    handler = "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"
    settings = {
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    }

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for number in range(1, n_pages + 1):
                yield scrapy.Request(f"http://127.0.0.1:{port}/ja/news/{number}")

        def parse(self, response: Any) -> None:
            """Do nothing with the page."""

    async def crawl() -> None:
        await AsyncCrawlerRunner(settings).crawl(Bare)

    asyncio.run(crawl())


def ours(port: int, n_pages: int, folder: Path) -> None:
    """Crawl the pages over loopback: capture, reading, rows and index."""
    _crawl(port, folder / f"ours-{n_pages}.db", n_pages)


def replay(port: int, n_pages: int, folder: Path) -> None:
    """Crawl the same pages from what `ours` recorded."""
    recorded = tuple(sorted((folder / f"ours-{max(n_pages, 1)}.db.captures").glob("*.warc.gz")))
    _crawl(port, folder / f"replay-{n_pages}.db", n_pages, replay_files=recorded)


def _crawl(port: int, db: Path, n_pages: int, *, replay_files: tuple[Path, ...] = ()) -> None:
    from archive.settings import Config
    from spiders.commands.crawl import run_crawl
    from spiders.session import CrawlOptions

    config = Config(db=str(db), origin=f"http://127.0.0.1:{port}", delay_s=0.0, per_host=16)
    options = CrawlOptions(locales=("ja",), sections=("news",), with_cited=False, limit=n_pages, replay=replay_files)
    summary = run_crawl(config, options, is_quiet=True)
    assert summary.new == n_pages, summary


def cpu_s(work: Callable[[int, int, Path], None], *args: Any) -> float:
    """Return the CPU seconds that *work* costs in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = multiprocessing.get_context("spawn").Process(target=work, args=args)
    process.start()
    process.join()
    assert process.exitcode == 0, work.__name__
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(n_pages: int, template: bytes | None) -> dict[str, float]:
    """Return CPU milliseconds a page by kind of crawl."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(n_pages, template, sender), daemon=True)
    server.start()
    port = receiver.recv()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for work in (bare, ours, replay):
            costs = {pages: cpu_s(work, port, pages, folder) for pages in (1, n_pages)}
            found[work.__name__] = 1000 * (costs[n_pages] - costs[1]) / (n_pages - 1)
    server.kill()
    server.join()
    found["ours over bare"] = found["ours"] / found["bare"]
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--page", type=Path, help="serve this page instead of our own")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.pages, options.page.read_bytes() if options.page else None)
    if options.json:
        print(json.dumps({name: round(value, 2) for name, value in found.items()}))
        return
    print(f"{options.pages} pages, load {os.getloadavg()[0]:.1f}")
    for name, value in found.items():
        print(f"{name:15} {value:8.2f}{'' if 'over' in name else ' ms CPU a page'}")


if __name__ == "__main__":
    main()

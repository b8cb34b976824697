"""The whole crawl against bare Scrapy on the same pages: CPU, wall, requests, memory; and crawls where little changed.

    python benchmarks/throughput.py [--pages 600] [--cited 100] [--changed 20] [--gzip] [--repeat 1] [--json]
    python benchmarks/throughput.py --pages 1000,10000     # does anything grow with the archive? (some minutes)

crawl_site.py makes the pages and serves them on loopback. Every figure is of a process of its own, its workers
included; CPU is user and system time. A page's cost is what the batch costs beyond a crawl of one page, so that
start-up does not count; "unchanged" is a whole process, start-up and all.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from crawl_site import Site, change, free_port, make_site, served

SOON, NEXT_DAY = timedelta(minutes=10), timedelta(hours=26)
CHANGED_ON = "2026-11-20"
KEPT_TABLES = ("articles", "revisions", "citations", "figures", "data_tables", "problems", "aliases")
N_READ = 100


@dataclass(frozen=True)
class Spent:
    """What one stage cost."""

    cpu_s: float
    wall_s: float
    rss_mib: float
    facts: dict[str, Any] = field(default_factory=dict)


def bare(site: Site, urls: list[str]) -> dict[str, Any]:
    """Fetch *urls* with Scrapy as it comes: an empty callback, the aiohttp client, no robots.txt."""
    import asyncio
    import logging
    import socket

    import scrapy
    from scrapy.crawler import AsyncCrawlerRunner

    logging.disable(logging.CRITICAL)
    ask = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        is_ours = str(host).endswith(".example")
        return ask("127.0.0.1" if is_ours else host, site.port if is_ours else port, *args, **options)

    socket.getaddrinfo = answer
    handler = "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"
    settings = {
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    }
    n_bytes = 0

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for url in urls:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> None:
            nonlocal n_bytes
            n_bytes += len(response.body)

    async def crawl() -> None:
        await AsyncCrawlerRunner(settings).crawl(Bare)

    asyncio.run(crawl())
    return {"bytes": n_bytes}


def ours(site: Site, db: Path, options: dict[str, Any], after: timedelta) -> dict[str, Any]:
    """Crawl as `archive crawl` does, *after* the site was made."""
    from archive.settings import Config
    from spiders.commands.crawl import run_crawl
    from spiders.session import CrawlOptions

    config = Config(
        db=str(db),
        origin=site.origin,
        delay_s=0.0,
        per_host=16,
        allow_addresses=("127.0.0.1/32",),
        resolve=dict.fromkeys(site.hosts, f"127.0.0.1:{site.port}"),
    )
    asked = CrawlOptions(locales=("ja",), sections=("news",), **options)
    summary = run_crawl(config, asked, is_quiet=True, now=lambda: datetime.now(UTC) + after)
    outcomes = {"cited": sum(summary.cited.values()), "cited_ok": summary.cited.get("ok", 0)}
    names = ("requests", "new", "revised", "unchanged", "problems", "refused")
    return {name: getattr(summary, name) for name in names} | outcomes


def reading(site: Site, urls: list[str]) -> dict[str, Any]:
    """Read some of the pages and nothing else."""
    from spiders.pages import read_page

    seen_at, spent = datetime.now(UTC), []
    for url in urls[:N_READ]:
        host = url.split("/")[2].partition(":")[0]
        body = (site.root / host / url.split("/", 3)[3]).read_bytes()
        start = time.process_time()
        read_page(body, url=url, seen_at=seen_at, site="hyper.ai" if host == "127.0.0.1" else None)
        spent.append(time.process_time() - start)
    return {"ms": 1000 * median(spent)}


def start_up(*_: Any) -> dict[str, Any]:
    """Import what a crawl imports."""
    import spiders.commands.crawl  # noqa: F401

    return {}


def _staged(work: Callable[..., dict[str, Any]], args: tuple[Any, ...], sender: Any) -> None:
    start = time.monotonic()
    facts = work(*args)
    wall_s = time.monotonic() - start
    own, workers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    sender.send((facts, wall_s, own + workers))


def spent_by(work: Callable[..., dict[str, Any]], *args: Any) -> Spent:
    """Run *work* in a process of its own and return what it and its children cost."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = multiprocessing.get_context("spawn").Process(target=_staged, args=(work, args, sender))
    process.start()
    sender.close()
    facts, wall_s, rss_mib = receiver.recv()
    process.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu_s, wall_s, rss_mib, facts)


def kept_rows(db: Path) -> dict[str, str]:
    """Return a digest of every table that an unchanged crawl must leave alone, and how many bodies are held."""
    import hashlib
    import sqlite3

    found = {}
    with sqlite3.connect(db) as connection:
        for table in KEPT_TABLES:
            digest = hashlib.sha256()
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid"):
                digest.update(repr(row).encode())
            found[table] = digest.hexdigest()
        sql = "SELECT COUNT(*) FROM captures WHERE record_type = 'response' AND status = 200 AND kind = 'article'"
        found["bodies"] = str(connection.execute(sql).fetchone()[0])
    return found


@dataclass
class Bench:
    """One size of the site, measured."""

    site: Site
    folder: Path
    is_gzipped: bool
    n_changed: int

    def first(self) -> dict[str, float]:
        """Return what fetching and keeping every page costs, beside bare Scrapy."""
        site, n_pages = self.site, self.site.n_pages
        plain, plain_one = (spent_by(bare, site, urls) for urls in (site.pages, site.pages[:1]))
        alone = {"with_cited": False}
        one = spent_by(ours, site, self.folder / "one.db", alone | {"limit": 1}, timedelta())
        whole = spent_by(ours, site, self.folder / "all.db", alone, timedelta())
        assert whole.facts["new"] == n_pages, whole.facts
        bare_ms, ours_ms = (
            1000 * (many.cpu_s - single.cpu_s) / (n_pages - 1) for many, single in ((plain, plain_one), (whole, one))
        )
        bare_rate, ours_rate = (
            (n_pages - 1) / (many.wall_s - single.wall_s) for many, single in ((plain, plain_one), (whole, one))
        )
        return {
            "bare, ms CPU a page": bare_ms,
            "ours, ms CPU a page": ours_ms,
            "ours over bare, CPU": ours_ms / bare_ms,
            "of which reading, ms": spent_by(reading, site, site.pages).facts["ms"],
            "bare, pages/s": bare_rate,
            "ours, pages/s": ours_rate,
            "ours over bare, pages/s": ours_rate / bare_rate,
            "requests a page": whole.facts["requests"] / n_pages,
            "memory, MiB": whole.rss_mib,
            "WARC, KB a page": sum(path.stat().st_size for path in self.folder.glob("all.db.captures/*"))
            / n_pages
            / 1e3,
            "database, KB a page": (self.folder / "all.db").stat().st_size / n_pages / 1e3,
        }

    def again(self) -> dict[str, float]:
        """Return what a crawl costs when nothing changed, and when some pages did."""
        db = self.folder / "all.db"
        before = kept_rows(db)
        idle = spent_by(ours, self.site, db, {"with_cited": False}, SOON)
        after = kept_rows(db)
        numbers = list(range(3, self.site.n_pages, max(1, self.site.n_pages // self.n_changed)))[: self.n_changed]
        change(self.site, numbers, on=CHANGED_ON, is_gzipped=self.is_gzipped)
        some = spent_by(ours, self.site, db, {"with_cited": False}, NEXT_DAY)
        return {
            "imports alone, s CPU": spent_by(start_up).cpu_s,
            "unchanged, s CPU": idle.cpu_s,
            "unchanged, requests": idle.facts["requests"],
            "unchanged, tables rewritten": sum(before[name] != after[name] for name in KEPT_TABLES),
            "unchanged, bodies fetched": int(after["bodies"]) - int(before["bodies"]),
            "changed pages": len(numbers),
            "changed, requests": some.facts["requests"],
            "changed, found": some.facts["revised"],
            "changed, s CPU": some.cpu_s,
        }

    def cited(self) -> dict[str, float]:
        """Return what fetching and keeping cited pages costs, beside bare Scrapy."""
        site, n_cited = self.site, self.site.n_cited
        plain, plain_one = (spent_by(bare, site, urls) for urls in (site.cited, site.cited[:1]))
        one = spent_by(ours, site, self.folder / "all.db", {"budget": 1}, 2 * NEXT_DAY)
        whole = spent_by(ours, site, self.folder / "all.db", {}, 2 * NEXT_DAY + SOON)
        assert whole.facts["cited_ok"] == n_cited - 1, whole.facts
        bare_ms = 1000 * (plain.cpu_s - plain_one.cpu_s) / (n_cited - 1)
        ours_ms = 1000 * (whole.cpu_s - one.cpu_s) / (n_cited - 2)
        read_ms = spent_by(reading, site, site.cited).facts["ms"]
        return {
            "cited: bare, ms CPU a page": bare_ms,
            "cited: ours, ms CPU a page": ours_ms,
            "cited: of which reading, ms": read_ms,
            "cited: ours less reading, over bare": (ours_ms - read_ms) / bare_ms,
            "cited: requests a page": (whole.facts["requests"] - len(site.hosts)) / (n_cited - 1),
        }


def measure(n_pages: int, options: argparse.Namespace) -> dict[str, float]:
    """Return the figures of a site of *n_pages*."""
    folder = Path(tempfile.mkdtemp(prefix="throughput-", dir=options.folder))
    try:
        root = folder / "site"
        site = make_site(root, free_port(), n_pages=n_pages, n_cited=options.cited, is_gzipped=options.gzip)
        with served(site, is_gzipped=options.gzip) as server:
            sys.stderr.write(f"{n_pages} pages from {server}, load {os.getloadavg()[0]:.1f}\n")
            bench = Bench(site, folder, options.gzip, options.changed)
            return bench.first() | bench.again() | (bench.cited() if options.cited else {})
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", default="600", help="sizes of the site, comma between")
    parser.add_argument("--cited", type=int, default=100, help="cited pages; 0 leaves them out")
    parser.add_argument("--changed", type=int, default=20, help="pages that change between two crawls")
    parser.add_argument("--gzip", action="store_true", help="serve bodies compressed, as public sites do")
    parser.add_argument("--repeat", type=int, default=1, help="median of so many measurements")
    parser.add_argument("--folder", help="where the pages are written")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [int(size) for size in options.pages.split(",")]
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        runs = [measure(size, options) for _ in range(options.repeat)]
        found[size] = {name: median(run[name] for run in runs) for name in runs[0]}
    if options.json:
        print(json.dumps(found))
        return
    print(f"| | {' | '.join(f'{size} pages' for size in sizes)} |\n| --- {'| ---: ' * len(sizes)}|")
    for name in found[sizes[0]]:
        print(f"| {name} | {' | '.join(f'{found[size][name]:.2f}' for size in sizes)} |")


if __name__ == "__main__":
    main()

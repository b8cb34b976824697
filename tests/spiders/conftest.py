"""A small HyperAI on loopback, and crawls of it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.settings import Config
from archive.store import Store, open_store
from spiders.commands.crawl import CrawlSummary, run_crawl
from spiders.session import CrawlOptions
from tests.loopback import LoopbackServer, Reply, World

BRAND = " | ニュース | HyperAI超神経"
HOSTS = ("hyper.test", "cited.test", "other.test", "third.test")


def article_page(title: str, *, body: str = "", references: tuple[str, ...] = (), suffix: str = BRAND) -> str:
    """Return an article in the shape of SITES 5.2, of our own writing; *suffix* is what its site adds to titles."""
    paragraphs = "".join(
        f"<p>{title}についての第{number}段落です。研究者たちは新しい手法を公開し、計算資源の使い方を詳しく説明した。"
        "結果は従来の方法より安定しており、今後の応用が期待されている。</p>"
        for number in range(1, 6)
    )
    lines = "".join(f'<p>{number}.<a href="{url}">{url}</a></p>' for number, url in enumerate(references, start=1))
    listed = f"<p>参考リンク：</p>{lines}" if references else ""
    return (
        f'<html lang="ja"><head><title>{title}{suffix}</title></head>'
        f"<body><main><article><h1>{title}</h1>{paragraphs}{body}{listed}</article></main></body></html>"
    )


def listing_page(*paths: str, more: str = "") -> str:
    """Return a listing that links to *paths*."""
    cards = "".join(f'<li><a href="{path}"><h3>{path}の見出しを読む</h3></a></li>' for path in paths)
    head = "<title>ニュース | HyperAI超神経</title>"
    body = f"<main><h1>ニュース</h1><ul>{cards}</ul>{more}</main>"
    return f'<html lang="ja"><head>{head}</head><body>{body}</body></html>'


@dataclass
class Site:
    """A world, the server in front of it, and the settings that reach it."""

    world: World
    server: LoopbackServer
    config: Config
    options: CrawlOptions = field(default_factory=lambda: CrawlOptions(locales=("ja",), sections=("news",)))

    def crawl(
        self, *, settings: dict[str, Any] | None = None, later: timedelta = timedelta(), **options: Any
    ) -> CrawlSummary:
        """Crawl the site into its archive, *later* than now."""
        config = replace(self.config, **(settings or {}))
        return run_crawl(config, replace(self.options, **options), is_quiet=True, now=lambda: datetime.now(UTC) + later)

    def store(self) -> Store:
        """Open the archive for looking at it."""
        return open_store(self.config.db, read_only=True)

    def rows(self, sql: str, **parameters: object) -> list[dict[str, Any]]:
        """Return the rows of one query."""
        with self.store() as store:
            return [dict(row) for row in store.connection.execute(sql, parameters)]

    def frontier(self) -> dict[str, tuple[str, str | None]]:
        """Return address -> (state, outcome)."""
        return {row["url"]: (row["state"], row["outcome"]) for row in self.rows("SELECT * FROM frontier")}


@pytest.fixture
def world() -> World:
    """Three articles behind one listing; what they cite is on other hosts."""
    world = World()
    world.put("hyper.test", "/ja/news", listing_page("/ja/news/103", "/ja/news/102", "/ja/news/101"))
    world.put("hyper.test", "/ja/news/101", article_page("一番目の記事", references=("http://cited.test/a",)))
    world.put(
        "hyper.test",
        "/ja/news/102",
        article_page("二番目の記事", references=("http://cited.test/b", "http://other.test/moved")),
    )
    world.put("hyper.test", "/ja/news/103", article_page("三番目の記事", references=("http://10.0.0.7/inside",)))
    world.put("cited.test", "/a", article_page("出典その一", body='<a href="/deeper">続き</a>', suffix=""))
    world.put("cited.test", "/b", article_page("出典その二", suffix=""))
    world.put("other.test", "/moved", Reply(status=301, headers={"Location": "http://third.test/here"}))
    world.put("third.test", "/here", article_page("移った出典", suffix=""))
    return world


@pytest.fixture
def many() -> World:
    """Twelve articles and what they cite: enough to be disturbed in the middle (tests/spiders/killing.py)."""
    from tests.spiders.killing import fill  # it builds on this module

    return fill(World())


@pytest.fixture
def site(world: World, tmp_path: Path):
    """The world served, and settings that resolve its names to the server."""
    with LoopbackServer(world) as server:
        config = Config(
            db=str(tmp_path / "archive.db"),
            origin="http://hyper.test",
            resolve=dict.fromkeys(HOSTS, server.address),
            allow_addresses=("127.0.0.1",),
            delay_s=0.0,
            timeout_s=5.0,
            readers=0,  # a process takes longer to start than these pages to be read; test_workers.py has some
        )
        yield Site(world, server, config)

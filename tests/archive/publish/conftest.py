"""A small archive, filled through the store: two editions of one article, its sources and what became of them."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from archive.model import Article, CitedKind, Figure, Image, Link, Mention, Outcome, Policy, Precision, Reference, Table
from archive.publish.site import make_datasette
from archive.records import Capture, FrontierEntry, Source
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from archive.store.captures import save_capture
from archive.store.frontier import add, done
from archive.store.runs import end_run, start_run
from archive.store.sources import put_sources
from archive.totals import count_totals
from archive.urls import surt

NOW = "2025-12-15T06:00:00Z"
KEPT = "https://stats.example/xai?year=2025&unit=usd"
GONE = "https://news.example/2025/10/old"
WALL = "https://wall.example/paper"
FORBIDDEN = "https://terms.example/board"
WAITING = "https://later.example/post"
PRIVATE = "http://192.168.0.10/draft.html"
LINKED = "https://blog.example/grok-4"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"

TEXT_JA = """国産の対話エンジンを開発する企業が、200億円の資金調達を終えた。調査会社の集計によると今年で最大だ。

規制をめぐる議論

規制当局は、学習に使うデータの出所を示すよう求めている。xAIのGrok-4も同じ基準で審査される見通しだ。

一方で開発者は、審査に時間がかかりすぎると話す。"""
TEXT_EN = """A maker of dialogue engines closed a funding round of 20 billion yen. A survey calls it the largest.

The debate on rules

Regulators ask for the origin of training data. Grok-4 by xAI will be examined by the same measure."""
REFERENCES = (
    Reference(number=1, url=KEPT, text="統計:資金調達の推移", kind=CitedKind.STATISTICS),
    Reference(number=2, url=GONE, text="資金調達の報道", kind=CitedKind.ARTICLE),
    Reference(number=3, url=WALL, text="審査基準の論文", kind=CitedKind.JOURNAL, doi="10.1000/exam.1"),
    Reference(number=4, url=FORBIDDEN, text="順位表", kind=CitedKind.OTHER),
    Reference(number=5, url=WAITING, text="続報", kind=CitedKind.POST),
    Reference(number=6, text="住所のない資料", kind=CitedKind.OTHER),
    Reference(number=7, url=PRIVATE, text="社内の下書き", kind=CitedKind.OTHER),
)
JAPANESE = Article(
    url="https://hyper.ai/ja/news/901",
    canonical_url="https://hyper.ai/ja/news/901",
    site="hyper.ai",
    section="news",
    lang="ja",
    title="200億円の資金調達、規制の行方",
    authors=("h.li",),
    category="情報",
    published_at="2025-11-22",
    published_precision=Precision.DAY,
    published_raw="23日前",
    published_from="visible",
    lead_image=Image(url="https://cdn.example/hero.png", caption="Featured Image"),
    text=TEXT_JA,
    headings=("規制をめぐる議論",),
    figures=(Figure(url="https://cdn.example/1.png", alt="棒グラフ", caption="資金調達額の推移", after_paragraph=1),),
    tables=(
        Table(caption="年ごとの額", rows=(("年", "額"), ("2024", "80億円"), ("2025", "200億円")), after_paragraph=3),
    ),
    references=REFERENCES,
    links=(Link(url=LINKED, text="Grok-4", paragraph=3), Link(url=KEPT, text="集計", paragraph=1)),
    mentions=(Mention(name="調査会社レポート", kind="statistics", text="調査会社の集計", paragraph=1),),
    warnings=("authors: only a handle is printed",),
)
ENGLISH = replace(
    JAPANESE,
    url="https://hyper.ai/en/news/901",
    canonical_url="https://hyper.ai/en/news/901",
    lang="en",
    title="20 billion yen raised, rules ahead",
    published_at="2025-11-22T04:00:00Z",
    published_precision=Precision.HOUR,
    text=TEXT_EN,
    headings=("The debate on rules",),
    figures=(),
    tables=(),
    references=REFERENCES[:1],
    links=(),
    mentions=(),
    warnings=(),
)
STATISTICS = Article(
    url=KEPT,
    canonical_url=KEPT,
    site="stats.example",
    lang="en",
    title=f"Funding of dialogue engines {HOSTILE}",
    published_at="2025-10-01T08:30:00Z",
    published_precision=Precision.MINUTE,
    published_from="json-ld",
    text=f"All funding rounds by year.\n\n{HOSTILE}",
)


def fill(store):
    """Write the archive that the tests of this folder read."""
    run = start_run(store, command="crawl", now=NOW)
    put_sources(
        store,
        [
            Source(key="hyper.ai", name="HyperAI", home="https://hyper.ai/", language="ja"),
            Source(key="terms.example", policy=Policy.CITE_ONLY, reason="its terms forbid copies"),
        ],
    )
    asked = [KEPT, GONE, WALL, FORBIDDEN, WAITING, LINKED, PRIVATE]
    add(store, [FrontierEntry(surt=surt(url), url=url, kind="cited") for url in asked], now=NOW)
    outcomes = {
        KEPT: (200, Outcome.OK, None),
        GONE: (404, Outcome.GONE, "the server says 404 Not Found"),
        WALL: (403, Outcome.CHALLENGE, "a bot check stands before the page"),
        FORBIDDEN: (None, Outcome.CITE_ONLY, "its terms forbid copies"),
        PRIVATE: (None, Outcome.BLOCKED_ADDRESS, "192.168.0.10 is not a public address"),
    }
    for url, (status, outcome, detail) in outcomes.items():
        done(store, surt(url), outcome=outcome, detail=detail, now=NOW)
        if status:
            save_capture(store, capture_of(url, status, outcome, detail, run))
    for article, kind, work_id in (
        (JAPANESE, "article", "hyper.ai/news/901"),
        (ENGLISH, "article", "hyper.ai/news/901"),
        (STATISTICS, "source", None),
    ):
        capture = save_capture(store, capture_of(article.url, 200, Outcome.OK, None, run))
        save_article(store, article, kind=kind, source=article.site, work_id=work_id, capture_id=capture, seen_at=NOW)
    again = replace(JAPANESE, text=TEXT_JA.replace("見通しだ", "見通しとなった"))
    save_article(store, again, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-16T06:00:00Z")
    end_run(store, run, reason="finished", counts={"new": 3}, now=NOW)


def capture_of(url, status, outcome, detail, run):
    return Capture(
        surt=surt(url), url=url, run_id=run, fetched_at=NOW, status=status, outcome=outcome, detail=detail, source=""
    )


@pytest.fixture(scope="session")
def archive_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("published") / "news of today.db"
    with open_store(path) as store:
        fill(store)
        count_totals(store)
    return path


@pytest.fixture(scope="session")
def config(archive_file):
    return Config(db=str(archive_file), title="HyperAI archive")


@pytest.fixture(scope="session")
def get(config):
    """Return a function that asks the published site for a path and gives its answer."""
    return asking(make_datasette(config))


def asking(datasette):
    """Return a function that asks *datasette* for a path and gives its answer."""

    def ask(path, **options):
        return asyncio.run(
            datasette.client.request(options.pop("method", "GET"), path, avoid_path_rewrites=True, **options)
        )

    return ask


@pytest.fixture(scope="session")
def ask_site():
    """Return a function that asks the site of any archive file for a path; *settings* are those of the Config."""

    def ask(path_of_file, path, *, headers=None, as_sent=False, **settings):
        transport = httpx.ASGITransport(app=make_datasette(Config(db=str(path_of_file), **settings)).app())

        async def asking():
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                if not as_sent:
                    return await client.get(path, headers=headers)
                async with client.stream("GET", path, headers=headers) as answer:
                    return b"".join([part async for part in answer.aiter_raw()])

        return asyncio.run(asking())

    return ask


@pytest.fixture
def article():
    return JAPANESE

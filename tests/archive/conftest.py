"""An archive with a few articles to search, export and look after."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Article, Figure, Link, Outcome, Precision, Reference, Table
from archive.records import Capture, FrontierEntry
from archive.store import frontier, open_store, runs
from archive.store.articles import save_article
from archive.store.captures import save_capture
from archive.urls import site_key, surt
from archive.warc import Exchange, WarcWriter, payload_digest

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
TEXT = (
    "xAIが資金調達を進めている。額は200億ドルにのぼる。\n\n"
    "「規制が追いつかない」と東京都の担当者は話す。Grok-4の訓練にはＧＰＵが要る。"
)
ARTICLES = (
    Article(
        url="https://hyper.ai/ja/news/1",
        canonical_url="https://hyper.ai/ja/news/1",
        site="hyper.ai",
        lang="ja",
        title="計算資源をめぐる賭け",
        authors=("h.li",),
        published_at="2025-11-12",
        published_precision=Precision.DAY,
        text=TEXT,
        figures=(Figure(caption="図1 電力需要の見通し（国際機関）"),),
        tables=(Table(caption="投資額", rows=(("年", "投資"), ("2025年", "半導体 30兆円"))),),
        references=(Reference(number=1, url="https://example.com/report", text="=HYPERLINK(1)"),),
        links=(Link(url="https://example.com/report", text="報告", paragraph=1),),
    ),
    Article(
        url="https://hyper.ai/en/news/2",
        canonical_url="https://hyper.ai/en/news/2",
        site="hyper.ai",
        lang="en",
        title="Universities open their models",
        published_at="2025-11",
        published_precision=Precision.MONTH,
        text="Three universities published the weights. The café in Zürich hosts C++ evenings. See arXiv 2501.01234.",
    ),
    Article(
        url="https://example.com/report",
        canonical_url="https://example.com/report",
        site="example.com",
        lang="ko",
        title="오픈AI와 투자",
        text="오픈AI가 투자를 받았다. 融资轮次也在增加。𠮷野家の話。ハードルは高い。",
    ),
)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def page():
    """The article in Japanese that the filled archive holds first."""
    return ARTICLES[0]


@pytest.fixture
def filled(store, tmp_path):
    """An archive after one run: two articles and a cited page, each with its capture and WARC record."""
    run_id = runs.start_run(store, command="archive crawl", now=NOW)
    writer = WarcWriter(folder=tmp_path / "archive.db.captures")
    for number, article in enumerate(ARTICLES):
        seen_at = NOW + timedelta(minutes=number)
        capture_id = keep_capture(store, writer, article, run_id, seen_at)
        source = site_key(article.url)
        kind = "article" if source == "hyper.ai" else "source"
        save_article(store, article, kind=kind, source=source, work_id=None, capture_id=capture_id, seen_at=seen_at)
        entry = FrontierEntry(surt=surt(article.url), url=article.url, kind="article" if kind == "article" else "cited")
        frontier.add(store, [entry], now=seen_at)
        frontier.done(store, entry.surt, outcome=Outcome.OK, now=seen_at)
    writer.close()
    runs.end_run(store, run_id, reason="finished", counts={"fetched": len(ARTICLES)}, now=NOW + timedelta(hours=1))
    return store


def keep_capture(store, writer, article, run_id, seen_at):
    fetched_at = seen_at.isoformat().replace("+00:00", "Z")
    payload = article.text.encode()
    place = writer.write_response(Exchange(url=article.url, fetched_at=fetched_at, status=200, payload=payload))
    capture = Capture(
        surt=surt(article.url),
        url=article.url,
        kind="article",
        run_id=run_id,
        fetched_at=fetched_at,
        status=200,
        n_bytes=len(payload),
        payload_digest=payload_digest(payload),
        record_type="response",
        warc_file=place.file,
        warc_offset=place.offset,
        warc_length=place.length,
    )
    return save_capture(store, capture)

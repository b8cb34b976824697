"""An empty archive, and the article that most tests of the store begin with."""

from datetime import UTC, datetime

import pytest

from archive.model import Article, Figure, Link, Mention, Precision, Reference, Table
from archive.store import open_store

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def article():
    return Article(
        url="https://hyper.ai/ja/news/1",
        canonical_url="https://hyper.ai/ja/news/1",
        site="hyper.ai",
        lang="ja",
        title="計算資源をめぐる賭け",
        authors=("h.li",),
        published_at="2025-11-12",
        published_precision=Precision.DAY,
        published_raw="2025年11月12日",
        text="資金調達が相次いでいる。\n\n規制の行方はまだ見えない。",
        figures=(Figure(url="https://hyper.ai/1.png", caption="図1 電力の見通し"),),
        tables=(Table(rows=(("年", "額"), ("2025", "200億ドル"))),),
        references=(
            Reference(number=1, url="https://example.com/report", text="報告書"),
            Reference(number=2, url=None, text="社内資料"),
        ),
        links=(
            Link(url="https://example.org/a", text="発表", paragraph=1),
            Link(url="https://example.org/b", text="出典"),
        ),
        mentions=(Mention(name="Reuters", kind="outlet", text="ロイター通信", paragraph=2),),
        warnings=("category: none found",),
    )

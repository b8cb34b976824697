"""No date is invented: pages full of dates that are not their own, of HyperAI and of an unknown site."""

import tomllib
from html import escape
from pathlib import Path
from typing import Any

import pytest

from archive.model import Article
from spiders.pages import read_page
from tests.hyper_pages import SEEN_AT

TRAPS = tomllib.loads((Path(__file__).parent / "fixtures" / "date_traps.toml").read_text("utf-8"))["trap"]
TITLE = "港のクレーンを学習する小さなモデルの公開について"
PROSE = "地方の港湾会社が、荷役クレーンの動きを予測する小型のモデルを公開した。手元の計算機だけで動くという。" * 3
LAYOUTS = {  # byline before and after the headline, in plain boxes and in elements that say what they are
    "hyper.ai": (
        "https://hyper.ai/ja/news/{url}",
        "<main>{h1}<div><span>情報</span><span>h.li</span>{byline}</div>{body}</main>",
    ),
    "boxes": ("https://port.example/{url}", "<div><div>{byline}</div>{h1}<div class='post'>{body}</div></div>"),
    "elements": (
        "https://port.example/{url}",
        "<main><article><header>{h1}<div class='meta'>{byline}</div></header>{body}</article></main>",
    ),
}


def page(trap: dict[str, Any], layout: str) -> str:
    """Return the page of a trap: three paragraphs, the trap's own part between them."""
    title = trap.get("title", TITLE)
    body = f"{trap.get('body', '')}<p>{PROSE}</p><p>{PROSE}</p>{trap.get('body', '')}<p>{PROSE}</p>"
    main = LAYOUTS[layout][1].format(h1=f"<h1>{escape(title)}</h1>", byline=trap.get("byline", ""), body=body)
    head, scripts = (trap.get(key, "").replace("{title}", title) for key in ("head", "scripts"))
    return (
        f"<html lang=ja><head><meta charset=utf-8><title>{escape(title)}</title>{head}</head><body>"
        f"{trap.get('before', '')}{main}{trap.get('after', '')}{scripts}</body></html>"
    )


def read(trap: dict[str, Any], layout: str) -> Article:
    url = LAYOUTS[layout][0].format(url=trap.get("url", "48901"))
    return read_page(page(trap, layout).encode(), url=url, seen_at=SEEN_AT)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("trap", TRAPS, ids=[trap["name"] for trap in TRAPS])
def test_a_page_without_a_date_of_its_own_gets_none(trap: dict[str, Any], layout: str) -> None:
    article = read(trap, layout)
    assert (article.outcome, article.published_at, article.published_from) == ("ok", None, None)


def test_there_are_at_least_forty_traps() -> None:
    assert len({trap["name"] for trap in TRAPS}) == len(TRAPS) >= 40

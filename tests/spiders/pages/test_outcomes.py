"""A page that is no article is called what it is; an article about such pages stays an article."""

from datetime import UTC, datetime

import pytest

from archive.model import Article, Outcome
from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, tzinfo=UTC)
PROSE = (
    "The company said on Monday that it had raised new money from investors, and that the round valued it at ten "
    "billion dollars, a figure that two people familiar with the talks confirmed. "
)


def read(
    body: str | bytes, *, url: str = "https://news.example/a", status: int = 200, content_type: str = ""
) -> Article:
    data = body.encode() if isinstance(body, str) else body
    return read_page(data, url=url, seen_at=SEEN, status=status, content_type=content_type)


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


NOT_FREE = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"T","isAccessibleForFree":false}</script>'
)
IS_ARTICLE = '<meta property="og:type" content="article"><meta property="og:title" content="The quay">'
ACCOUNT = "<form><input name=u><input type=password></form>"
MENU = "".join(f"<a href=/{number}>Section {number}</a>" for number in range(20))
CASES = {
    "wall titled just a moment": (page("Just a moment...", "<p>Checking your browser</p>"), 403, Outcome.CHALLENGE),
    "wechat risk page": (page("环境异常", "<p>当前环境异常，完成验证后即可继续访问。</p>"), 200, Outcome.CHALLENGE),
    "not found": (page("x", "<p>gone</p>"), 404, Outcome.GONE),
    "gone": ("", 410, Outcome.GONE),
    "soft 404": (page("Page not found", "<h1>404</h1><p>It does not exist.</p>"), 200, Outcome.SOFT_404),
    "no such DOI": (page("Error: DOI Not Found", "<h1>DOI Not Found</h1><p>10.1000/none</p>"), 200, Outcome.SOFT_404),
    "soft 404 ja": (page("エラー", "<h1>ページが見つかりません</h1><p>戻る</p>"), 200, Outcome.SOFT_404),
    "deleted": (page("", "<p>该内容已被发布者删除</p>"), 200, Outcome.GONE),
    "login": (page("Log in - X", "<form><input name=u><input type=password></form>"), 200, Outcome.LOGIN),
    "consent": (
        page("Before you continue", "<p>We use cookies.</p><form><button>Accept all</button></form>"),
        200,
        Outcome.CONSENT,
    ),
    "paywall": (page("T", f"<article><h1>T</h1><p>{PROSE * 2}</p></article>", NOT_FREE), 200, Outcome.PAYWALLED),
    "empty app": (page("App", "<div id=root></div><script src=a.js></script>"), 200, Outcome.SHELL),
    "stub": (page("T", "<p>Soon.</p>"), 200, Outcome.STUB),
    "comment never closed": ("<!--", 200, Outcome.STUB),
    "comment of many words": (f"<!-- {PROSE * 3} -->", 200, Outcome.STUB),
    "server error": (page("Oops", "<p>Something broke</p>"), 500, Outcome.ERROR),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(40), 200, Outcome.NOT_HTML),
    "json": ('{"a": 1}', 200, Outcome.NOT_HTML),
    "mojibake": (b"<p>" + bytes(range(128, 256)) * 20 + b"</p>", 200, Outcome.UNDECODABLE),
    "broken pdf": (b"%PDF-1.7\n garbage", 200, Outcome.ERROR),
    "short article beside an account form": (
        page("The quay", f"{ACCOUNT}<h1>The quay</h1><p>{PROSE[:120]}.</p>", IS_ARTICLE),
        200,
        Outcome.OK,
    ),
    "article without a text": (page("The quay", f"<nav>{MENU}</nav><h1>The quay</h1>", IS_ARTICLE), 200, Outcome.STUB),
    "article in a menu never closed": (
        page("The quay", f"<nav><ul><li>{MENU}<main><h1>The quay</h1><p>{PROSE * 2}</p></main>", IS_ARTICLE),
        200,
        Outcome.OK,
    ),
    "article": (page("T", f"<article><h1>T</h1><p>{PROSE}</p><p>It gave no date.</p></article>"), 200, Outcome.OK),
}


@pytest.mark.parametrize(("body", "status", "outcome"), CASES.values(), ids=CASES.keys())
def test_a_page_is_called_what_it_is(body: str | bytes, status: int, outcome: Outcome) -> None:
    article = read(body, status=status)
    assert article.outcome is outcome
    if outcome not in (Outcome.OK, Outcome.PAYWALLED):
        assert article.text == ""


def test_an_article_about_bot_walls_is_an_article() -> None:
    title = "Just a moment: how bot walls took over the web"
    words = "Please enable JS and disable any ad blocker, they say: verify you are human. "
    body = "".join(f"<p>{PROSE}{words}{number}</p>" for number in range(6))
    assert read(page(title, f"<article><h1>{title}</h1>{body}</article>")).outcome is Outcome.OK


HOSTILE = {
    "nothing": b"",
    "blank": b"  \n ",
    "nul bytes": b"<p>\x00\x01\x02" + PROSE.encode() + b"\x00</p>",
    "deep nesting": b"<div>" * 20_000 + PROSE.encode() + b"</div>" * 20_000,
    "unclosed": b"<html><body><p><b><i><table><tr><td>" + PROSE.encode(),
    "broken json-ld": b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script><p>x</p>',
    "json-ld of wrong types": b'<script type="application/ld+json">{"@type":"Article","author":7,"name":[{}]}</script>',
    "payload cut within": b'<script>self.__next_f.push([1,"2:[\\"$\\",\\"p\\"</script><p>x</p>',
    "bad addresses": b'<base href="http://[x"><a href="http://[::1">a</a><img src="//[">',
    "surrogates": b"<p>&#xD800;&#xFFFE;&#1;</p>",
    "frameset": b"<frameset><frame src=a></frameset>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("url", ["https://news.example/a", "https://hyper.ai/ja/news/1", "no address"])
def test_no_page_raises(body: bytes, url: str) -> None:
    assert read(body, url=url).outcome in Outcome

"""HyperAI pages read the same in every shape their markup may have: labels, dates, payloads, titles, seeds."""

import json
from datetime import UTC, datetime

import pytest

from archive.model import Article
from spiders.pages import read_page
from spiders.sites import seeds, sources, work_id
from spiders.sites.hyper_ai import without_brand

SEEN = datetime(2025, 12, 31, 12, tzinfo=UTC)
TITLE = "工場の検査を変える小さなモデル"
PROSE = "東京の新興企業が、工場の検査を自動で行う小型モデルを公開した。だれでも手元の計算機で動かせるという。"
FIRST, SECOND = "https://sensors.example/report/", "https://boards.example/data/x-statistics/"
HEADER = "<div><span>23日前</span><span>情報</span><span>h.li</span></div>"


def page(
    *, header: str = HEADER, body: str = f"<p>{PROSE}</p>" * 3, head: str = "", tail: str = "", h1: bool = True
) -> str:
    main = f'<h1>{TITLE}</h1>{header}<img src="/h.png" alt="Featured Image">{body}' if h1 else ""
    return (
        f'<html lang="ja"><head><meta charset="utf-8"><title>{TITLE} | ニュース | HyperAI超神経</title></head><body>'
        f"<div><span>HyperAI</span><span>HyperAI</span></div><main>{main}</main>{tail}</body></html>"
    )


def read(html: str) -> Article:
    return read_page(html.encode(), url="https://hyper.ai/ja/news/47000", seen_at=SEEN)


LABELS = ("参考リンク：", "参考文献", "参考链接：", "参考资料：", "References", "Reference links", "Sources")
LABELS += ("참고 링크", "참고 자료", "Liens de référence", "Quellen")
LISTS = {
    "paragraphs": "<p>{0}</p><p>1.{1}</p><p>2.{2}</p>",
    "breaks": "<p>{0}</p><p>1. {1}<br>2. {2}</p>",
    "one block": "<p><strong>{0}</strong><br>[1] {1}<br>[2] {2}</p>",
    "heading and list": '<h2>{0}</h2><ol><li><a href="{1}">one</a></li><li><a href="{2}">two</a></li></ol>',
    "cut anchors": '<p>{0}</p><p>1.<a href="{1}">https://sens...</a></p><p>2.<a href="{2}">https://boa...</a></p>',
    "full width": "<p>{0}</p><p>１．{1}</p><p>２．{2}。</p>",
    "circled": "<p>{0}</p><p>①{1}</p><p>②{2}</p>",
    "title and address": "<p>{0}</p><p>1. Sensor report</p><p>{1}</p><p>2. Board report</p><p>{2}</p>",
}


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("form", LISTS.values(), ids=LISTS.keys())
def test_the_reference_list_is_read_in_every_form_and_leaves_the_text(label: str, form: str) -> None:
    article = read(page(body=f"<p>{PROSE}</p>" * 3 + form.format(label, FIRST, SECOND)))
    assert [(reference.number, reference.url) for reference in article.references] == [(1, FIRST), (2, SECOND)]
    assert article.text == "\n\n".join([PROSE] * 3)


HEADERS = {
    "spans": HEADER,
    "blocks": "<div>23日前</div><div>情報</div><div>h.li</div>",
    "one line": "<p>23日前 · 情報 · h.li</p>",
    "list": "<ul><li>23日前</li><li>情報</li><li>h.li</li></ul>",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_date_category_and_author_are_read_by_their_order(header: str) -> None:
    article = read(page(header=header))
    assert (article.published_at, article.published_precision) == ("2025-12-08", "day")
    assert (article.category, article.authors) == ("情報", ("h.li",))
    assert article.text == "\n\n".join([PROSE] * 3)


def test_an_absent_author_is_not_made_up_and_several_are_kept() -> None:
    assert read(page(header="<p><span>23日前</span><span>情報</span></p>")).authors == ()
    several = "<p><span>23日前</span><span>情報</span><span>h.li</span><span>w.chen</span></p>"
    assert read(page(header=several)).authors == ("h.li", "w.chen")


def test_a_year_in_prose_is_never_the_date() -> None:
    article = read(page(header="<p><span>情報</span><span>h.li</span></p>", body=f"<p>2025年11月12日、{PROSE}</p>" * 3))
    assert (article.published_at, article.published_from) == (None, None)


RELATED_TIME = (
    '<section><h2>関連記事</h2><a href="/ja/news/1"><h3>別の記事</h3>'
    '<time datetime="2025-12-30T00:00:00Z">昨日</time></a></section>'
)


def test_related_items_give_neither_text_nor_date_nor_references() -> None:
    article = read(page(header="<p><span>情報</span><span>h.li</span></p>", tail=RELATED_TIME))
    assert (article.published_at, article.text, article.references) == (None, "\n\n".join([PROSE] * 3), ())


def pushes(stream: str, size: int = 90) -> str:
    parts = [stream[start : start + size] for start in range(0, len(stream), size)]
    return "".join(f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in parts)


def test_a_page_whose_body_is_only_in_the_script_state_is_read_from_there() -> None:
    html = f"<p>{PROSE}</p>" * 2 + f"<p>参考リンク:</p><p>1.{FIRST}</p>"
    facts = {"id": 47000, "title": TITLE, "content": "$3", "publishedAt": "2025-12-08T00:50:00Z", "author": "h.li"}
    stream = f"3:T{len(html.encode()):x},{html}4:{json.dumps({'article': facts}, ensure_ascii=False)}\n"
    article = read(page(h1=False, tail=pushes(stream)))
    assert (article.title, article.authors, article.published_at) == (TITLE, ("h.li",), "2025-12-08T00:50:00Z")
    assert (article.text, [reference.url for reference in article.references]) == ("\n\n".join([PROSE] * 2), [FIRST])


def test_react_elements_of_the_script_state_are_read_like_markup() -> None:
    inside = [["$", "h1", None, {"children": TITLE}], *[["$", "p", None, {"children": PROSE}]] * 2]
    stream = f"2:{json.dumps(['$', 'main', None, {'children': inside}], ensure_ascii=False)}\n"
    assert read(page(h1=False, tail=pushes(stream))).text == "\n\n".join([PROSE] * 2)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("T | ニュース | HyperAI超神経", "T"),
        ("T | 热门资讯 | HyperAI超神经", "T"),
        ("T | Trending Stories | HyperAI", "T"),
        ("T | HyperAI", "T"),
        ("A | B | HyperAI", "A | B"),
        ("T / 数据集 / HyperAI超神经 | HyperAI超神经", "T"),
        ("T", "T"),
    ],
)
def test_the_brand_and_one_section_word_are_cut_from_a_title(title: str, expected: str) -> None:
    assert without_brand(title, []) == expected


def test_what_the_h1_says_is_never_cut() -> None:
    assert without_brand("Weekly | News | HyperAI", ["Weekly | News"]) == "Weekly | News"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hyper.ai/ja/news/123", "hyper.ai/news/123"),
        ("https://hyper.ai/news/123?x=1", "hyper.ai/news/123"),
        ("https://hyper.ai/ja/headlines/" + "0" * 32, "hyper.ai/stories/" + "0" * 32),
        ("https://hyper.ai/ja/news", None),
        ("https://other.example/ja/news/123", None),
    ],
)
def test_language_editions_share_a_work_id(url: str, expected: str | None) -> None:
    assert work_id(url) == expected


def test_seeds_cover_every_locale_and_section_and_move_with_the_origin() -> None:
    chosen = seeds("http://127.0.0.1:8000", locales=["ja"], sections=["news"])
    assert [seed.url for seed in chosen if seed.kind == "listing"] == ["http://127.0.0.1:8000/ja/news"]
    assert {seed.kind for seed in chosen} == {"robots", "sitemap", "feed", "listing"}
    assert {seed.locale for seed in seeds() if seed.kind == "listing"} == {"ja", "en", "cn", "kr", "fr", "de", None}


def test_a_publisher_whose_terms_forbid_it_is_only_cited() -> None:
    assert next(source.policy for source in sources() if source.key == "vellum.ai") == "cite-only"

"""Hostile markup costs seconds at most, never an exception: each page here once cost more, or might."""

import time
from datetime import UTC, datetime

import pytest

from spiders.pages import read_page
from spiders.pages.document import parse

SEEN = datetime(2025, 12, 31, tzinfo=UTC)
MOST_CPU_S = 5.0  # DESIGN section 6
PROSE = (
    "<p>The company said on Monday that it had raised new money from investors, in a round of ten billion dollars.</p>"
)

HOSTILE = {
    "100k nested elements": "<div>" * 100_000 + PROSE * 5,
    "100k nested, mixed": "<div><p><b><i><font>" * 20_000 + PROSE * 5,
    "1M entities": "<p>" + "&amp;" * 1_000_000,
    "1M numeric entities": "<p>" + "&#x30a2;" * 1_000_000,
    "colspan 9e15": "<table>" + "<tr><td colspan=9000000000000000>a<td rowspan=99999999>b" * 1000 + "</table>" + PROSE,
    "colspans without end": "<table><tr>" + "<td colspan=50>a" * 3000 + "<tr><td>x" * 3000 + "</table>" + PROSE,
    "NUL in every word": "<p>a\0b</p>" * 50_000,
    "5 MB on a line": "<p>" + "word and more " * 370_000,
    "5 MB without a space": "<p>" + "x" * 5_000_000,
    "5 MB of kana": "<p>" + "チップの" * 400_000,
    "tables in tables": "<table><tr><td>" * 30_000 + PROSE,
    "rows without end": "<table>" + "<tr><td>1<td>2" * 100_000,
    "attributes without end": "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">x</p>" + PROSE * 5,
    "60k meta elements": "".join(f'<meta name="x" content="{number}">' for number in range(60_000)) + PROSE * 5,
    "comments never closed": "<!--" * 300_000 + PROSE,
    "JSON-LD nested": f'<script type="application/ld+json">{"[" * 300_000}</script>{PROSE * 5}',
    "a name 30k times": "<p>" + "ロイター通信によると、" * 30_000,
    "quotes never closed": "<p>論文" + "「a" * 300_000,
    "200k addresses": "https://example.com/" * 100_000,
    "an entity that grows": "<!DOCTYPE l [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><html><body><p>&b;</p>" + PROSE * 5,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("url", ["https://news.example/a", "https://hyper.ai/ja/news/1"])
def test_a_hostile_page_is_read_in_bounded_time(source: str, url: str) -> None:
    start = time.process_time()
    read_page(source.encode(), url=url, seen_at=SEEN)
    assert time.process_time() - start < MOST_CPU_S


@pytest.mark.parametrize("code", [b"\xed\xa0\x80", b"&#xD800;", b"&#0;", b"\xff\xfe\xfd"], ids=repr)
def test_lone_surrogates_and_broken_bytes_leave_the_words_readable(code: bytes) -> None:
    more = (
        "<p>Unions in the county asked who would train the new hands, and when the first of them would be needed.</p>"
    )
    page = f"<article><h1>Chips for Ohio</h1>{PROSE}{more}</article>".replace("round of", "round\0of").encode()
    article = read_page(b"<p>" + code + b"</p>" + page, url="https://news.example/a", seen_at=SEEN)
    assert "The company said on Monday" in article.text
    article.text.encode("utf-8")


def test_what_is_kept_of_an_endless_page_is_bounded() -> None:
    assert sum(1 for _ in parse("<p>x</p>" * 200_000).iter()) <= 20_000
    assert len("".join(parse("<p>" + "x" * 5_000_000).itertext())) <= 2_000_000


def test_a_data_attribute_with_much_in_it_stays() -> None:
    state = "{&quot;a&quot;: &quot;" + "word and more " * 2000 + "&quot;}"
    assert parse(f"<div data-page='{state}'>x</div>").xpath("//div/@data-page")

"""Authors and dates of pages that state little: bylines and dates a reader sees, never prose."""

# ruff: noqa: E501  (a page a line reads better)

from datetime import UTC, datetime

import pytest

from archive.model import Article
from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, 12, tzinfo=UTC)
TEXT = (
    "<p>The plant in Ohio makes boards for small computers, and its owners, who bought it on 3 March 2019, want to "
    "double what it makes within two years. Nobody has named a price.</p><p>Unions said they had been told of the plan "
    "in advance, and asked who would train the new hands. A strike in 2021 had ended without a deal.</p>"
)


def read(above: str, *, head: str = "", url: str = "https://news.example/ohio-plant") -> Article:
    page = f"<html><head><title>Ohio plant doubles its output</title>{head}</head><body><article>"
    page += f"<h1>Ohio plant doubles its output</h1>{above}{TEXT}</article></body></html>"
    return read_page(page.encode(), url=url, seen_at=SEEN)


def graph(author: str) -> str:
    return (
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Ohio plant doubles its '
        f'output","author":{author}}},{{"@type":"Person","@id":"#p1","name":"Lena Ford"}}]}}</script>'
    )


@pytest.mark.parametrize(
    ("above", "head", "authors"),
    [
        ('<p>By <a rel="author" href="/lena">Lena Ford</a></p>', "", ("Lena Ford",)),
        ('<div class="byline">By Lena Ford and Ada Ito</div>', "", ("Lena Ford", "Ada Ito")),
        ('<span class="author vcard"><a class="url fn">Lena Ford</a></span>', "", ("Lena Ford",)),
        ('<div itemprop="author"><span itemprop="name">Lena Ford</span><p>She writes of plants.</p></div>', "", ("Lena Ford",)),
        ('<p class="byline__author">Von Lena Ford am 21. April 2020</p>', "", ("Lena Ford",)),
        ('<span class="reporter">신현우 기자</span>', "", ("신현우",)),
        ("", graph('{"@id":"#p1"}'), ("Lena Ford",)),
        ('<p class="byline">Lena Ford</p>', graph('{"@type":"Organization","name":"Some House"}'), ("Some House",)),
        ('<p class="byline">Lena Ford</p>', graph('{"@type":"Organization","name":"news.example"}'), ("Lena Ford",)),
        ("", graph('[{"@type":"Person","byline":"Lena Ford"}]'), ("Lena Ford",)),
        ('<p>By <a rel="author" href="/l">LENA FORD</a> and <a rel="author" href="/a">ADA ITO</a></p>', graph('"Lena Ford"'), ("Lena Ford", "ADA ITO")),
        ('<p>By <a rel="author" href="/a">ADA ITO</a></p>', graph('"Lena Ford"'), ("Lena Ford",)),
        ('<p class="byline">Lena Ford, Senior Reporter</p>', graph('"Lena Ford"'), ("Lena Ford",)),
        ("", '<meta name="author" content="https://news.example/lena"><meta name="sailthru.author" content="Lena Ford">', ("Lena Ford",)),
        ("", '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Lena Ford">', ("Lena Ford",)),
        ('<p class="byline">Published on 3 March</p>', "", ()),
        ("", "", ()),
    ],
    ids=["rel author", "byline of two", "vcard", "microdata", "with a date", "Korean title", "@id", "a house", "the site itself",
         "only a byline stated", "not all are stated", "others are printed", "a post is no person",
         "an address is no name", "a card", "no name", "nothing"],
)  # fmt: skip
def test_the_byline_is_read_where_nothing_is_stated(above: str, head: str, authors: tuple[str, ...]) -> None:
    assert read(above, head=head).authors == authors


@pytest.mark.parametrize(
    ("above", "url", "value", "carrier"),
    [
        ("<p><em>10.11.2025</em></p>", "/a", "2025-11-10", "visible"),
        ("<div><span>Datum:</span> 26. Januar 2022</div>", "/a", "2022-01-26", "visible"),
        ("<p>21. Januar 2022 | Wirtschaft</p>", "/a", "2022-01-21", "visible"),
        ('<span class="documentPublished"><span>veröffentlicht</span> 28.01.2022</span>', "/a", "2022-01-28", "visible"),
        ("", "/2025/11/12/ohio-plant", "2025-11-12", "url"),
        ("", "/news/20251112/ohio-plant.html", "2025-11-12", "url"),
        ("", "/2031/11/12/ohio-plant", None, None),
        ("", "/2025/99/12/ohio-plant", None, None),
        ("<p>Nov 10, 2025</p>", "/2024/01/01/ohio-plant", "2025-11-10", "visible"),
        ("", "/a", None, None),
    ],
    ids=["alone", "labelled", "with a section", "named for it", "address", "address in eight digits", "after the fetch",
         "no month", "what is seen comes first", "years in prose only"],
)  # fmt: skip
def test_a_date_is_read_from_the_page_then_from_the_address_and_never_from_prose(
    above: str, url: str, value: str | None, carrier: str | None
) -> None:
    article = read(above, url=f"https://news.example{url}")
    assert (article.published_at, article.published_from) == (value, carrier)
    assert article.published_precision == ("day" if value else None)


def test_publication_elements_that_disagree_are_a_list_of_other_articles() -> None:
    cards = '<div><span class="entry-date">3 March 2025</span><span class="entry-date">4 March 2025</span></div>'
    page = f"<html><head><title>Ohio</title></head><body>{TEXT}{cards}</body></html>"
    assert read_page(page.encode(), url="https://news.example/a", seen_at=SEEN).published_at is None


def test_the_medium_beside_a_printed_date_is_no_part_of_it() -> None:
    article = read('<div class="date-source"><span>2025年11月10日 18:57</span><a>湖畔财经</a></div>')
    assert (article.published_at, article.published_raw) == ("2025-11-10", "2025年11月10日 18:57")

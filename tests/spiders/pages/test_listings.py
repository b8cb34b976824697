"""Listings are told by their content: pages, feeds, sitemaps, robots.txt, and what only looks like one."""

import gzip
import json

import pytest

from spiders.pages import Listing, read_listing

HEX = "0123456789abcdef0123456789abcdef"
NEWS = "https://hyper.ai/ja/news"
SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://hyper.ai/ja/news/1</loc><lastmod>2025-01-01</lastmod>
<xhtml:link rel="alternate" hreflang="en" href="https://hyper.ai/en/news/1"/></url></urlset>"""


def urls(listing: Listing) -> list[str]:
    return [entry.url for entry in listing.entries]


def test_a_page_lists_its_cards_with_title_date_and_further_pages() -> None:
    page = f"""<main><a href="/ja/news/1"><h3>一つ目</h3><span>2日前</span></a>
    <div><a href="/ja/stories/{HEX}">二つ目</a><span>3日前</span></div><a href="/ja/datasets/9">データ</a>
    <a href="?page=2">2</a><a href="/about">About</a></main>"""
    listing = read_listing(page.encode(), url=NEWS)
    assert listing.kind == "listing"
    assert [(entry.url, entry.title, entry.published_raw) for entry in listing.entries] == [
        ("https://hyper.ai/ja/news/1", "一つ目", "2日前"),
        (f"https://hyper.ai/ja/stories/{HEX}", "二つ目", "3日前"),
    ]
    assert listing.next_urls == ("https://hyper.ai/ja/news?page=2",)


def test_cards_that_only_the_script_payload_holds_are_listed() -> None:
    stream = '1:["$","div",null,{"items":[{"id":47715,"title":"A"}],"x":["$","a",null,{"href":"/ja/news/47716"}]}]\n'
    pushes = "".join(
        f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in (stream[:40], stream[40:])
    )
    listing = read_listing(f"<html><body>{pushes}</body></html>".encode(), url=NEWS)
    assert urls(listing) == ["https://hyper.ai/ja/news/47715", "https://hyper.ai/ja/news/47716"]


@pytest.mark.parametrize("body", [SITEMAP, gzip.compress(SITEMAP)], ids=["plain", "gzip"])
def test_a_sitemap_names_pages_and_their_language_editions(body: bytes) -> None:
    listing = read_listing(body, url="https://hyper.ai/sitemap.xml")
    assert (listing.kind, urls(listing)) == ("sitemap", ["https://hyper.ai/ja/news/1", "https://hyper.ai/en/news/1"])
    assert listing.entries[0].modified_raw == "2025-01-01"


def test_a_sitemap_index_names_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>https://hyper.ai/news.xml.gz</loc></sitemap></sitemapindex>"
    listing = read_listing(body, url="https://hyper.ai/sitemap.xml")
    assert (listing.kind, [entry.kind for entry in listing.entries]) == ("sitemap-index", ["sitemap"])


FEEDS = {
    "rss": "<rss version='2.0'><channel><item><title>A &amp; B</title><link>/ja/news/3</link><pubDate>Mon, 01 Dec 2025 "
    "08:00:00 GMT</pubDate></item></channel></rss>",
    "bom and bare ampersand": "\ufeff<rss><channel><item><title>A & B</title><link>/ja/news/3</link></item></channel>",
    "cdata and a guid": "<rss><channel><item><title><![CDATA[A & B]]></title><guid>https://hyper.ai/ja/news/3</guid></item>"
    "</channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A &amp; B</title><link rel='self' href='/x'/>"
    "<link href='/ja/news/3'/><id>tag:1</id></entry></feed>",
    "cut off": "<rss><channel><item><title>A &amp; B</title><link>/ja/news/3</link></item><item><title>C",
    "rss 1.0": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<item rdf:about='x'><title>A &amp; B</title><link>/ja/news/3</link></item></rdf:RDF>",
    "an entity of html": "<rss><channel><item><title>A &amp;&nbsp;B</title><link>/ja/news/3</link></item></channel>",
    "an open item": "<rss><channel><item><title>A &amp; B</title><link>/ja/news/3</link></channel></rss>",
    "markup in a title": "<rss><channel><item><title>&lt;b&gt;A&lt;/b&gt; &amp;amp; B</title><link>/ja/news/3</link>"
    "</item></channel></rss>",
    "json": json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"url": "/ja/news/3", "title": "A & B"}]}
    ),
}


@pytest.mark.parametrize("text", FEEDS.values(), ids=FEEDS.keys())
def test_feeds_of_every_make_are_read(text: str) -> None:
    listing = read_listing(text.encode(), url="https://hyper.ai/feed", content_type="text/html")
    assert listing.kind == "feed"
    assert (listing.entries[0].url, listing.entries[0].title) == ("https://hyper.ai/ja/news/3", "A & B")


def test_an_external_entity_of_a_feed_is_never_fetched() -> None:
    body = b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss><channel><item><title>&x;</title>"
    body += b"<link>/ja/news/3</link></item></channel></rss>"
    assert read_listing(body, url="https://hyper.ai/feed").entries[0].title in ("", "&x;")


def test_robots_txt_names_sitemaps() -> None:
    body = b"User-agent: *\nDisallow: /private\nSitemap: https://hyper.ai/sitemap.xml\n"
    listing = read_listing(body, url="https://hyper.ai/robots.txt")
    assert (listing.kind, urls(listing)) == ("robots", ["https://hyper.ai/sitemap.xml"])


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff\xfe\x01", b"\x1f\x8bbroken", b"<html><body><div id=app></div></body></html>", b'{"items": []}'],
    ids=["empty", "binary", "broken gzip", "app shell at /rss", "other json"],
)
def test_what_is_no_listing_says_so(body: bytes) -> None:
    listing = read_listing(body, url="https://hyper.ai/rss", content_type="application/rss+xml")
    assert (listing.kind, listing.entries) == ("not-a-listing", ())


def test_dates_of_feeds_stay_as_they_are_printed() -> None:
    body = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><link href='/ja/news/3'/>"
    body += b"<published>2025-11-12T08:30:00+09:00</published><updated>2025-11-13T00:00:00Z</updated></entry>"
    body += b"<entry><title>B</title><link href='/ja/news/4'/><updated>2025-11-14T00:00:00Z</updated></entry></feed>"
    entries = read_listing(body, url="https://hyper.ai/feed").entries
    assert [(entry.published_raw, entry.modified_raw) for entry in entries] == [
        ("2025-11-12T08:30:00+09:00", "2025-11-13T00:00:00Z"),
        ("2025-11-14T00:00:00Z", "2025-11-14T00:00:00Z"),
    ]


def test_a_feed_names_its_next_page() -> None:
    body = b"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/feed?page=2'/>"
    body += b"<entry><link href='/ja/news/3'/></entry></feed>"
    assert read_listing(body, url="https://hyper.ai/feed").next_urls == ("https://hyper.ai/feed?page=2",)


def test_a_sitemap_of_news_dates_its_pages() -> None:
    body = (
        b"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://hyper.ai/ja/news/1</loc>"
    )
    body += b"<n:news><n:publication_date>2025-11-12</n:publication_date><n:title>A</n:title></n:news></url></urlset>"
    entry = read_listing(body, url="https://hyper.ai/news.xml").entries[0]
    assert (entry.title, entry.published_raw) == ("A", "2025-11-12")


def test_a_sitemap_may_be_plain_text() -> None:
    body = b"https://hyper.ai/ja/news/1\r\nhttps://hyper.ai/ja/news/2\n\nno address\n"
    listing = read_listing(body, url="https://hyper.ai/sitemap.txt", content_type="text/plain")
    assert (listing.kind, urls(listing)) == ("sitemap", ["https://hyper.ai/ja/news/1", "https://hyper.ai/ja/news/2"])


def test_entities_of_a_feed_are_not_blown_up() -> None:
    lines = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 10}">' for n in range(12)]
    body = f"<!DOCTYPE r [{''.join(lines)}]><rss><channel><item><title>&a11;</title><link>/ja/news/3</link></item>"
    listing = read_listing(body.encode(), url="https://hyper.ai/feed")
    assert len(listing.entries[0].title) < 100

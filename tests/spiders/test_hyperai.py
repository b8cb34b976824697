"""The crawl of HyperAI: what is found, in which order, and what a second crawl asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>HyperAI</title>{}</channel></rss>"""
ITEM = "<item><title>{0}の記事</title><link>http://hyper.test/ja/news/{0}</link><pubDate>{1}</pubDate></item>"
SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def test_a_crawl_stores_articles_with_what_they_cite(site):
    summary = site.crawl()
    assert (summary.new, summary.references) == (3, 4)
    assert summary.cited == {"ok": 3, "blocked-address": 1}
    titles = {row["title"]: row["kind"] for row in site.rows("SELECT title, kind FROM articles")}
    assert titles == {
        "一番目の記事": "article",
        "二番目の記事": "article",
        "三番目の記事": "article",
        "出典その一": "source",
        "出典その二": "source",
        "移った出典": "source",
    }


def test_links_of_cited_pages_are_never_followed(site):
    site.crawl()
    assert "/deeper" not in site.world.paths("cited.test")
    assert "http://cited.test/deeper" not in site.frontier()


def test_without_cited_pages_no_other_host_is_asked(site):
    site.crawl(with_cited=False)
    assert {host for host, _ in site.world.count()} == {"hyper.test"}
    assert site.frontier()["http://cited.test/a"] == ("due", None)


def test_a_second_crawl_of_an_unchanged_site_asks_the_listing_and_no_page_again(site):
    site.crawl()
    before = site.world.count()
    summary = site.crawl()
    assert site.world.count() - before == {("hyper.test", "/ja/news"): 1}
    assert (summary.new, summary.revised, summary.unchanged) == (0, 0, 0)
    assert [row["n"] for row in site.rows("SELECT COUNT(*) AS n FROM revisions")] == [6]


def test_the_limit_counts_articles_newest_first_and_the_next_crawl_goes_on(site):
    for newest in ("/ja/news/103", "/ja/news/102", "/ja/news/101"):
        assert site.crawl(limit=1, with_cited=False).new == 1
        assert site.world.paths("hyper.test")[-1] == newest


def test_the_budget_counts_cited_pages(site):
    assert sum(site.crawl(budget=2).cited.values()) == 2
    assert sum(site.crawl(budget=2).cited.values()) == 2
    assert site.crawl(budget=2).cited == {}


def test_a_listing_is_followed_until_two_pages_bring_nothing_new(site):
    def page(number: int, *paths: str) -> None:
        path = "/ja/news" if number == 1 else f"/ja/news?page={number}"
        more = f'<a rel="next" href="/ja/news?page={number + 1}">次へ</a>'
        site.world.put("hyper.test", path, listing_page(*paths, more=more))

    page(1, "/ja/news/103", "/ja/news/102")
    page(2, "/ja/news/101", "/ja/news/102")
    for number in range(3, 9):
        page(number, "/ja/news/101", "/ja/news/102")
    site.crawl(with_cited=False)
    pages = [path for path in site.world.paths("hyper.test") if path.startswith("/ja/news?")]
    assert pages == ["/ja/news?page=2", "/ja/news?page=3", "/ja/news?page=4"]


def test_a_later_crawl_reads_further_pages_only_while_they_bring_something_new(site):
    more = '<a rel="next" href="/ja/news?page=2">次へ</a>'
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/103", "/ja/news/102", more=more))
    site.world.put("hyper.test", "/ja/news?page=2", listing_page("/ja/news/101"))
    site.crawl(with_cited=False)
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/104", "/ja/news/103", more=more))
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目の記事"))
    before = site.world.count()
    assert site.crawl(with_cited=False).new == 1
    asked = site.world.count() - before
    assert asked == {("hyper.test", path): 1 for path in ("/ja/news", "/ja/news?page=2", "/ja/news/104")}


def test_feeds_and_sitemaps_are_told_by_content_and_not_by_status(site):
    site.world.put("hyper.test", "/ja/news", "<html><body><p>空です</p></body></html>")
    site.world.put("hyper.test", "/rss", "<html><body><p>このページは登録フォームです</p></body></html>")
    feed = RSS.format(ITEM.format(101, "Wed, 12 Nov 2025 08:30:00 +0900"))
    site.world.put("hyper.test", "/feed", feed, content_type="text/html")
    site.world.put("hyper.test", "/robots.txt", "Sitemap: http://hyper.test/map.xml\n", content_type="text/plain")
    site.world.put("hyper.test", "/map.xml", SITEMAP.format("<url><loc>http://hyper.test/ja/news/102</loc></url>"))
    assert site.crawl(with_cited=False).new == 2
    outcomes = site.frontier()
    assert outcomes["http://hyper.test/feed"] == ("done", "listing")
    assert outcomes["http://hyper.test/rss"] == ("done", "soft-404")
    assert outcomes["http://hyper.test/map.xml"] == ("done", "listing")
    verdicts = {row["url"]: row["verdict"] for row in site.rows("SELECT url, verdict FROM seeds")}
    assert verdicts["http://hyper.test/feed"] == "feed"
    assert verdicts["http://hyper.test/rss"] == "not-a-listing"


def test_since_leaves_out_what_a_listing_dates_before(site):
    old, new = "Wed, 12 Nov 2025 08:30:00 +0000", "Thu, 20 Nov 2025 08:30:00 +0000"
    site.world.put("hyper.test", "/ja/news", "<html><body><p>空です</p></body></html>")
    site.world.put("hyper.test", "/feed", RSS.format(ITEM.format(101, old) + ITEM.format(102, new)))
    site.crawl(with_cited=False, since=datetime(2025, 11, 15, tzinfo=UTC))
    assert "http://hyper.test/ja/news/102" in site.frontier()
    assert "http://hyper.test/ja/news/101" not in site.frontier()


def test_other_locales_and_sections_stay_outside(site):
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101", "/en/news/101", "/ja/papers/2511.00001"))
    site.crawl(with_cited=False)
    known = [url for url in site.frontier() if "/news/" in url or "/papers/" in url]
    assert known == ["http://hyper.test/ja/news/101"]


def test_a_changed_page_gets_a_second_revision_when_it_is_asked_again(site):
    site.crawl(with_cited=False)
    site.world.put("hyper.test", "/ja/news/101", article_page("一番目の記事", body="<p>追記：数字を訂正した。</p>"))
    assert site.crawl(with_cited=False, later=timedelta(days=6)).revised == 0
    summary = site.crawl(with_cited=False, later=timedelta(days=8))
    assert (summary.new, summary.revised, summary.unchanged) == (0, 1, 2)
    assert site.rows("SELECT COUNT(*) AS n FROM revisions")[0]["n"] == 4


@pytest.mark.parametrize(
    ("validator", "value", "condition"),
    [
        ("ETag", '"v1"', "If-None-Match"),
        ("Last-Modified", "Wed, 12 Nov 2025 08:00:00 GMT", "If-Modified-Since"),
    ],
    ids=["ETag", "Last-Modified"],
)
def test_an_article_is_asked_for_only_if_it_changed(site, validator, value, condition):
    page = site.world.answers["hyper.test", "/ja/news/101"]

    def conditional(asked):
        is_same = asked.headers.get(condition) == value
        return Reply(b"", 304) if is_same else replace(page, headers={validator: value})

    site.world.put("hyper.test", "/ja/news/101", conditional)
    site.crawl(with_cited=False)
    site.crawl(with_cited=False, later=timedelta(days=8))
    rows = site.rows("SELECT status, record_type, outcome FROM captures WHERE url LIKE '%/101' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(200, "response", "ok"), (304, "revisit", "ok")]
    assert site.frontier()["http://hyper.test/ja/news/101"] == ("done", "ok")


@pytest.mark.parametrize(
    ("reply", "exit_reason"),
    [
        (Reply("down", 503), True),
        (Reply(raw=b""), True),
    ],
    ids=["503", "reset"],
)
def test_a_broken_origin_is_said(site, reply, exit_reason):
    for path in ("/robots.txt", "/ja/news", "/sitemap.xml", "/feed", "/rss", "/ja/feed.xml"):
        site.world.put("hyper.test", path, reply)
    assert site.crawl().is_origin_broken is exit_reason


ANNOUNCED = '<link rel="alternate" type="application/rss+xml" href="/ja/told.xml">'


@pytest.mark.parametrize("is_shell", [False, True], ids=["listing", "empty shell"])
def test_a_feed_that_a_page_announces_is_followed_in_every_crawl(site, is_shell):
    listing = "<html><head></head><body></body></html>" if is_shell else listing_page("/ja/news/101")
    site.world.put("hyper.test", "/ja/news", listing.replace("</head>", f"{ANNOUNCED}</head>"))
    site.world.put("hyper.test", "/ja/told.xml", RSS.format(ITEM.format(102, "")), content_type="application/rss+xml")
    site.crawl(with_cited=False)
    assert site.frontier()["http://hyper.test/ja/news/102"] == ("done", "ok")
    site.crawl(with_cited=False, later=timedelta(hours=2))
    assert site.world.count()["hyper.test", "/ja/told.xml"] == 2

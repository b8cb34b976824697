"""Lists: what a crawl asks when little changed, what lastmod dates are good for, and the coverage ledger."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from archive.cli import cli
from archive.store import lists
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

DAY = timedelta(days=1)
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def put_map(site, lastmods: dict[str, str], *, path: str = "/sitemap.xml") -> None:
    """Serve a sitemap of paths and their lastmod ('' for none)."""
    dates = {one: f"<lastmod>{lastmod}</lastmod>" if lastmod else "" for one, lastmod in lastmods.items()}
    urls = "".join(f"<url><loc>http://hyper.test{one}</loc>{date}</url>" for one, date in dates.items())
    site.world.put("hyper.test", path, f"<urlset {NAMESPACE}>{urls}</urlset>", content_type="application/xml")


def put_index(site, parts: dict[str, str]) -> None:
    """Serve a sitemap index of paths and their lastmod."""
    dates = {one: f"<lastmod>{lastmod}</lastmod>" if lastmod else "" for one, lastmod in parts.items()}
    items = "".join(f"<sitemap><loc>http://hyper.test{one}</loc>{date}</sitemap>" for one, date in dates.items())
    site.world.put("hyper.test", "/sitemap.xml", f"<sitemapindex {NAMESPACE}>{items}</sitemapindex>")


def asked_by(site, **options) -> list[str]:
    """Crawl HyperAI and return what that asked of it, in order."""
    start = len(site.world.asked)
    site.crawl(with_cited=False, **options)
    return [asked.path for asked in site.world.asked[start:] if asked.host == "hyper.test"]


@pytest.fixture
def mapped(site):
    """Thirty articles in a sitemap with truthful dates, and the listing of the newest three."""
    site.lastmods = {f"/ja/news/{number}": f"2025-10-{number % 28 + 1:02}T08:00:00Z" for number in range(251, 281)}
    for path in site.lastmods:
        site.world.put("hyper.test", path, article_page(f"記事{path[-3:]}"))
    site.world.put("hyper.test", "/ja/news", listing_page(*sorted(site.lastmods)[-3:]))
    put_map(site, site.lastmods)
    assert site.crawl(with_cited=False).new == 30
    return site


def change(site, *paths: str, lastmod: str | None = "2025-11-20T08:00:00Z") -> None:
    """Change pages, and say so in the sitemap unless *lastmod* is None."""
    for path in paths:
        site.world.put("hyper.test", path, article_page(f"記事{path[-3:]}", body=f"<p>{lastmod}に訂正した。</p>"))
        if lastmod:
            site.lastmods[path] = lastmod
    put_map(site, site.lastmods)


def test_where_a_sitemap_is_an_unchanged_site_costs_one_request_and_no_row(mapped):
    def rows() -> list[object]:
        pages = mapped.rows("SELECT * FROM frontier WHERE kind <> 'sitemap' ORDER BY surt")
        tables = ("lists", "sightings", "lastmods", "articles", "revisions", "seeds")
        return [pages, *(mapped.rows(f"SELECT * FROM {table}") for table in tables)]

    before = rows()
    assert asked_by(mapped) == ["/sitemap.xml"]
    assert rows() == before


def test_changed_pages_cost_one_request_each_and_none_is_missed(mapped):
    changed = sorted(mapped.lastmods)[3:12]
    change(mapped, *changed)
    assert sorted(asked_by(mapped)) == sorted(["/sitemap.xml", *changed])
    assert mapped.rows("SELECT COUNT(*) AS n FROM articles WHERE n_revisions = 2") == [{"n": 9}]
    assert asked_by(mapped) == ["/sitemap.xml"]


def test_a_site_that_changed_as_a_whole_is_asked_as_a_whole(mapped):
    change(mapped, *mapped.lastmods)
    assert sorted(asked_by(mapped)) == sorted(["/sitemap.xml", *mapped.lastmods])
    assert mapped.rows("SELECT COUNT(*) AS n FROM articles WHERE n_revisions = 2") == [{"n": 30}]


def test_a_sitemap_that_is_only_built_anew_is_found_out_by_a_sample(mapped):
    for day, n_asked in ((21, 11), (22, 2), (23, 2)):
        mapped.lastmods = dict.fromkeys(mapped.lastmods, f"2025-11-{day}T00:00:00Z")
        put_map(mapped, mapped.lastmods)
        assert len(asked_by(mapped)) == n_asked
    assert mapped.rows("SELECT n_announced, n_confirmed FROM lastmods") == [{"n_announced": 12, "n_confirmed": 0}]


def test_a_truthful_sitemap_saves_checks_until_a_sample_shows_a_change_that_it_did_not_tell(mapped):
    sampled = [path for path in asked_by(mapped, later=8 * DAY) if path in mapped.lastmods]
    assert 0 < len(sampled) < 6
    assert mapped.rows("SELECT n_silent, n_unannounced FROM lastmods") == [
        {"n_silent": len(sampled), "n_unannounced": 0}
    ]
    change(mapped, *mapped.lastmods, lastmod=None)
    assert len([path for path in asked_by(mapped, later=30 * DAY) if path in mapped.lastmods]) == 30
    assert mapped.rows("SELECT COUNT(*) AS n FROM articles WHERE n_revisions = 2") == [{"n": 30}]


def test_a_first_lastmod_announces_only_what_lies_after_our_check(site):
    put_map(site, dict.fromkeys(("/ja/news/101", "/ja/news/102", "/ja/news/103"), ""))
    site.crawl(with_cited=False)
    put_map(site, {"/ja/news/101": "2025-01-01", "/ja/news/102": "2099-01-01T00:00:00Z", "/ja/news/103": "soon"})
    assert asked_by(site) == ["/sitemap.xml", "/ja/news/102"]
    assert asked_by(site) == ["/sitemap.xml"]


def test_of_an_index_only_the_parts_that_changed_are_asked(site):
    site.world.put("hyper.test", "/ja/news", Reply("none", 404))
    put_index(site, {"/a.xml": "2025-11-01", "/b.xml": "2025-11-01", "/silent.xml": ""})
    put_map(site, {"/ja/news/101": ""}, path="/a.xml")
    put_map(site, {"/ja/news/102": ""}, path="/b.xml")
    put_map(site, {}, path="/silent.xml")
    site.world.put(
        "hyper.test", "/silent.xml", f"<urlset {NAMESPACE}><url><loc>http://hyper.test/</loc></url></urlset>"
    )
    assert site.crawl(with_cited=False).new == 2
    assert asked_by(site) == ["/sitemap.xml", "/silent.xml"]
    put_index(site, {"/a.xml": "2025-11-01", "/b.xml": "2025-11-02", "/silent.xml": ""})
    put_map(site, {"/ja/news/102": "", "/ja/news/103": ""}, path="/b.xml")
    assert sorted(asked_by(site)) == ["/b.xml", "/ja/news/103", "/silent.xml", "/sitemap.xml"]


def test_a_listing_that_knows_more_than_the_sitemap_is_asked_in_every_crawl(site):
    put_map(site, {"/ja/news/101": ""})
    site.crawl(with_cited=False)
    assert asked_by(site) == ["/sitemap.xml"]
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/104", "/ja/news/103"))
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目の記事"))
    assert "/ja/news/104" in asked_by(site, later=1.1 * timedelta(hours=1))
    assert "/ja/news" in asked_by(site, later=1.2 * timedelta(hours=1))


def test_a_wider_crawl_reads_again_what_a_narrower_one_read(site):
    etag = {"ETag": '"1"'}
    body = listing_page("/ja/news/101", "/en/news/101")
    site.world.put(
        "hyper.test",
        "/ja/news",
        lambda asked: Reply(b"", 304) if "If-None-Match" in asked.headers else Reply(body, headers=etag),
    )
    site.world.put("hyper.test", "/en/news/101", article_page("An article of the lists"))
    site.crawl(with_cited=False)
    assert "/en/news/101" not in site.world.paths("hyper.test")
    site.crawl(with_cited=False, locales=("ja", "en"))
    assert "/en/news/101" in site.world.paths("hyper.test")


def test_since_leaves_out_what_a_sitemap_dates_before(site):
    site.world.put("hyper.test", "/ja/news", Reply("none", 404))
    put_map(site, {"/ja/news/101": "2025-01-01", "/ja/news/102": "2025-11-20"})
    site.crawl(with_cited=False, since=datetime(2025, 11, 1, tzinfo=UTC))
    assert "/ja/news/102" in site.world.paths("hyper.test")
    assert "/ja/news/101" not in site.world.paths("hyper.test")


def test_of_a_sitemap_the_newest_go_first(site):
    site.world.put("hyper.test", "/ja/news", Reply("none", 404))
    put_map(site, {"/ja/news/101": "2025-01-01", "/ja/news/103": "2025-11-20", "/ja/news/102": "2025-11-19"})
    for newest in ("/ja/news/103", "/ja/news/102", "/ja/news/101"):
        assert [path for path in asked_by(site, limit=1) if "/news/" in path] == [newest]


def test_the_ledger_says_what_each_way_found_and_missed(site):
    state = {"props": {"items": [{"href": "/ja/news/103", "title": "三"}, {"href": "/ja/news/105", "title": "五"}]}}
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/103", "/ja/news/102", more=script))
    site.world.put("hyper.test", "/ja/news/105", article_page("五番目の記事"))
    put_map(site, {"/ja/news/103": "", "/ja/news/101": ""})
    item = "<item><title>x</title><link>http://hyper.test/ja/news/103</link></item>"
    site.world.put("hyper.test", "/feed", f"<rss version='2.0'><channel>{item}</channel></rss>")
    site.world.put(
        "hyper.test", "/ja/news/101", article_page("一番目の記事", references=("http://hyper.test/ja/news/104",))
    )
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目の記事"))
    site.crawl(with_cited=False)
    with site.store() as store:
        found = {row["way"]: (row["n_found"], row["n_alone"], row["n_missed"]) for row in lists.ledger(store)}
    said = CliRunner().invoke(cli, ["status", "--db", site.config.db]).output
    assert "hyper.ai by sitemap        2 found, 1 by this way alone, 3 missed (0 of what came later)" in said
    assert "sitemap             2 entries, asked 20" in said
    assert found == {
        "sitemap": (2, 1, 3),
        "listing": (2, 1, 3),
        "payload": (2, 1, 3),
        "feed": (1, 0, 4),
        "citation": (1, 1, 4),
    }


def test_what_came_later_and_a_way_did_not_show_is_told_apart(site):
    put_map(site, {"/ja/news/101": "", "/ja/news/102": ""})
    site.crawl(with_cited=False)
    put_map(site, {"/ja/news/101": "", "/ja/news/102": "", "/ja/news/106": ""})
    site.world.put("hyper.test", "/ja/news/106", article_page("六番目の記事"))
    site.crawl(with_cited=False)
    with site.store() as store:
        rows = {row["way"]: row for row in lists.ledger(store)}
    assert (rows["listing"]["n_missed"], rows["listing"]["n_missed_later"]) == (1, 1)
    assert (rows["sitemap"]["n_missed"], rows["sitemap"]["n_missed_later"]) == (1, 0)


def test_robots_txt_may_name_a_sitemap_on_a_sister_host_and_none_elsewhere(site):
    resolve = {**site.config.resolve, "maps.hyper.test": site.server.address}
    site.config = replace(site.config, resolve=resolve)
    site.world.put("hyper.test", "/ja/news", Reply("none", 404))
    lines = "Sitemap: http://maps.hyper.test/map.xml\nSitemap: http://cited.test/map.xml\n"
    site.world.put("hyper.test", "/robots.txt", lines, content_type="text/plain")
    for host, number in (("maps.hyper.test", 101), ("cited.test", 102)):
        body = f"<urlset {NAMESPACE}><url><loc>http://hyper.test/ja/news/{number}</loc></url></urlset>"
        site.world.put(host, "/map.xml", body)
    for _ in range(2):
        site.crawl(with_cited=False)
    assert site.world.paths("maps.hyper.test").count("/map.xml") == 2
    assert site.world.paths("cited.test") == []
    assert site.rows("SELECT canonical_url FROM articles") == [{"canonical_url": "http://hyper.test/ja/news/101"}]


def test_a_plain_run_after_a_failed_sitemap_asks_every_list(site):
    put_map(site, {"/ja/news/101": ""})
    site.crawl(with_cited=False)
    assert asked_by(site) == ["/sitemap.xml"]
    site.world.put("hyper.test", "/sitemap.xml", Reply("down", 503))
    site.crawl(with_cited=False, settings={"retries": 0})
    assert "/ja/news" in asked_by(site, settings={"retries": 0})


def test_lists_of_another_origin_are_left_alone(site):
    site.world.put("cited.test", "/ja/news", listing_page("/ja/news/101"))
    put_map(site, {"/ja/news/101": ""})
    site.crawl(with_cited=False)
    start = len(site.world.asked)
    site.config = replace(site.config, origin="http://cited.test")
    site.crawl(with_cited=False)
    assert {asked.host for asked in site.world.asked[start:]} == {"cited.test"}

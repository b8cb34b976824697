"""The crawl of cited pages: who is asked, how often, and who is not asked at all."""

import pytest

from archive.model import Policy
from archive.records import Source
from archive.store import open_store
from archive.store.sources import put_sources
from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page


def cite(site, *urls: str) -> None:
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=urls))


def test_a_cite_only_source_gets_no_request_at_all(site):
    cite(site, "https://www.vellum.ai/llm-leaderboard", "http://cited.test/a")
    summary = site.crawl()
    assert summary.cited == {"cite-only": 1, "ok": 1}
    assert site.frontier()["https://www.vellum.ai/llm-leaderboard"] == ("done", "cite-only")
    row = site.rows("SELECT outcome, record_type FROM captures WHERE url LIKE '%vellum%'")
    assert row == [{"outcome": "cite-only", "record_type": None}]


def test_a_host_that_is_only_cited_gets_no_more_than_its_share_a_run(site):
    cite(site, *(f"http://cited.test/{number}" for number in range(9)), "http://other.test/x")
    for number in range(9):
        site.world.put("cited.test", f"/{number}", article_page(f"出典{number}", suffix=""))
    site.crawl(settings={"cited_per_host": 4})
    asked = [path for path in site.world.paths("cited.test") if path != "/robots.txt"]
    assert len(asked) == 4
    site.crawl(settings={"cited_per_host": 4})
    assert len(site.world.paths("cited.test")) == 1 + 8


def test_one_slow_host_does_not_hold_up_the_others(site):
    cite(site, *(f"http://cited.test/{number}" for number in range(30)), "http://other.test/x")
    for number in range(30):
        site.world.put("cited.test", f"/{number}", article_page(f"出典{number}", suffix=""))
    site.world.put("other.test", "/x", article_page("別の出典", suffix=""))
    site.crawl(settings={"concurrency": 8})
    order = [asked.host for asked in site.world.asked if asked.path not in ("/robots.txt",)]
    assert order.index("other.test") - order.index("cited.test") < 8


def test_a_page_cited_twice_is_asked_once(site):
    site.world.put("hyper.test", "/ja/news/101", article_page("一", references=("http://cited.test/a",)))
    site.world.put("hyper.test", "/ja/news/102", article_page("二", references=("http://cited.test/a?utm_source=x",)))
    site.world.put("hyper.test", "/ja/news/103", article_page("三", references=("http://cited.test/a#part",)))
    site.crawl()
    assert site.world.paths("cited.test").count("/a") == 1
    cited = site.rows("SELECT n_citing, state FROM cited_sources WHERE surt LIKE '%cited)/a'")
    assert cited == [{"n_citing": 3, "state": "done"}]


def test_pages_that_are_no_articles_are_never_stored_as_one(site):
    wall = "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>"
    site.world.put("cited.test", "/a", Reply(wall, 403))
    site.world.put("cited.test", "/b", Reply("gone", 404))
    site.crawl()
    assert site.frontier()["http://cited.test/a"][1] in ("challenge", "error")
    assert site.frontier()["http://cited.test/b"] == ("done", "gone")
    assert not site.rows("SELECT url FROM articles WHERE url LIKE 'http://cited.test%'")


@pytest.mark.parametrize(
    "url", ["https://hyper.ai/ja/news/9", "http://hyper.test/ja/papers/2511.1", "http://hyper.test/en/news/5"]
)
def test_hyperai_pages_outside_the_scope_are_citations_and_nothing_more(site, url):
    cite(site, url)
    site.crawl()
    assert url not in site.frontier()
    assert site.rows("SELECT url FROM citations") == [{"url": url}]


def test_hyperai_pages_inside_the_scope_are_crawled_as_articles(site):
    cite(site, "http://hyper.test/ja/news/102")
    site.crawl()
    kinds = {row["title"]: row["kind"] for row in site.rows("SELECT title, kind FROM articles")}
    assert kinds["二番目の記事"] == "article"


def test_of_a_metadata_only_source_no_text_is_kept(site):
    site.crawl(with_cited=False)
    with open_store(site.config.db) as store:
        put_sources(store, [Source(key="cited.test", policy=Policy.METADATA_ONLY, reason="its terms")])
    site.crawl()
    kept = site.rows("SELECT title, text FROM articles WHERE url = 'http://cited.test/a'")
    assert kept == [{"title": "出典その一", "text": ""}]


def test_what_the_newest_article_cites_is_captured_before_a_backlog(site):
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101", "/ja/news/102"))
    for number, day in ((101, "2021-03-01"), (102, "2025-11-12")):
        page = article_page(f"記事{number}", references=tuple(f"http://cited.test/{number}-{n}" for n in range(3)))
        dated = page.replace("<head>", f'<head><meta property="article:published_time" content="{day}">')
        site.world.put("hyper.test", f"/ja/news/{number}", dated)
    site.crawl(budget=3)
    asked = {path for path in site.world.paths("cited.test") if path != "/robots.txt"}
    assert asked == {f"/102-{n}" for n in range(3)}

"""Other addresses of an article: mirrors, old paths, short links, redirects and canonical links lead to one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

HEX = "0123456789abcdef0123456789abcdef"


def redirect(target: str, status: int = 301) -> Reply:
    return Reply(status=status, headers={"Location": target})


def aliases(site) -> dict[str, tuple[str, str]]:
    """Return other address -> (why, the article's own address)."""
    rows = site.rows(
        "SELECT aliases.url, reason, canonical_url FROM aliases JOIN articles ON articles.id = article_id ORDER BY 1"
    )
    return {row["url"]: (row["reason"], row["canonical_url"]) for row in rows}


def n_asked(site, host: str, path: str) -> int:
    return site.world.count()[host, path]


@pytest.fixture
def original(site):
    """The same server under HyperAI's own names, its mirrors too."""
    names = dict.fromkeys(("hyper.ai", "beta.hyper.ai", "next.hyper.ai", "go.hyper.ai"), site.server.address)
    site.config = replace(site.config, origin="http://hyper.ai", resolve={**site.config.resolve, **names})
    site.options = replace(site.options, sections=("news", "stories"))
    return site


def test_mirrors_and_old_paths_lead_to_one_article_and_are_kept(original):
    links = (
        "http://beta.hyper.ai/ja/news/101",
        "http://next.hyper.ai/ja/news/101",
        f"http://beta.hyper.ai/ja/headlines/{HEX}",
    )
    story = article_page("話題の記事", references=("http://next.hyper.ai/ja/news/102",), suffix="")
    original.world.put("hyper.ai", "/ja/news", listing_page(*links, "/ja/news/101"))
    original.world.put("hyper.ai", "/ja/news/101", article_page("一番目の記事"))
    original.world.put("hyper.ai", "/ja/news/102", article_page("二番目の記事"))
    original.world.put("hyper.ai", f"/ja/stories/{HEX}", story)
    assert original.crawl(with_cited=False).new == 3
    assert {host for host, _ in original.world.count()} == {"hyper.ai"}
    assert aliases(original) == {
        "http://beta.hyper.ai/ja/news/101": ("mirror", "http://hyper.ai/ja/news/101"),
        "http://next.hyper.ai/ja/news/101": ("mirror", "http://hyper.ai/ja/news/101"),
        f"http://beta.hyper.ai/ja/headlines/{HEX}": ("mirror", f"http://hyper.ai/ja/stories/{HEX}"),
    }


def test_a_mirror_that_is_seen_after_the_article_is_kept_as_well(original):
    original.world.put("hyper.ai", "/ja/news", listing_page("/ja/news/101"))
    original.world.put("hyper.ai", "/ja/news/101", article_page("一番目の記事"))
    original.crawl(with_cited=False)
    original.world.put("hyper.ai", "/ja/news", listing_page("http://beta.hyper.ai/ja/news/101"))
    original.crawl(with_cited=False)
    assert aliases(original) == {"http://beta.hyper.ai/ja/news/101": ("mirror", "http://hyper.ai/ja/news/101")}


@pytest.mark.parametrize("is_listed", [True, False], ids=["held", "new"])
def test_a_short_link_leads_to_the_article_it_means(original, is_listed):
    """An article that only a short link leads to is HyperAI's all the same: what it cites is captured too."""
    listed = ("/ja/news/101", "/ja/news/102") if is_listed else ("/ja/news/101",)
    original.world.put("hyper.ai", "/ja/news", listing_page(*listed))
    original.world.put("hyper.ai", "/ja/news/101", article_page("一", references=("http://go.hyper.ai/H4JhR",)))
    original.world.put("hyper.ai", "/ja/news/102", article_page("二番目の記事", references=("http://cited.test/a",)))
    original.world.put("go.hyper.ai", "/H4JhR", redirect("http://hyper.ai/ja/news/102", 302))
    original.crawl()
    assert n_asked(original, "hyper.ai", "/ja/news/102") == 1
    assert aliases(original) == {"http://go.hyper.ai/H4JhR": ("redirect", "http://hyper.ai/ja/news/102")}
    kinds = original.rows("SELECT canonical_url, kind FROM articles WHERE source = 'hyper.ai' ORDER BY 1")
    assert [row["kind"] for row in kinds] == ["article", "article"]
    assert n_asked(original, "cited.test", "/a") == 1
    linked = original.rows("SELECT cited_article_id IS NOT NULL AS held FROM citations WHERE url LIKE '%H4JhR'")
    assert linked == [{"held": 1}]


def test_a_redirect_to_a_page_that_we_hold_does_not_fetch_it_again(site):
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=("http://cited.test/a",)))
    site.crawl()
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/102", "/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/102", article_page("次の記事", references=("http://other.test/moved",)))
    site.world.put("other.test", "/moved", redirect("http://cited.test/a"))
    site.crawl()
    assert n_asked(site, "cited.test", "/a") == 1
    assert aliases(site) == {"http://other.test/moved": ("redirect", "http://cited.test/a")}
    cited = site.rows("SELECT url, title, outcome, n_citing FROM cited_sources")
    assert cited == [{"url": "http://cited.test/a", "title": "出典その一", "outcome": "ok", "n_citing": 2}]


def test_of_two_addresses_of_one_page_cited_together_it_is_asked_once(site):
    cited = ("http://other.test/moved", "http://third.test/here")
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=cited))
    summary = site.crawl()
    assert summary.cited == {"ok": 2}
    assert n_asked(site, "third.test", "/here") == 1
    assert aliases(site) == {"http://other.test/moved": ("redirect", "http://third.test/here")}


def test_a_page_that_a_redirect_led_to_is_held_when_it_is_cited_by_its_own_address(site):
    site.crawl()
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/104"))
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目の記事", references=("http://third.test/here",)))
    site.crawl()
    assert n_asked(site, "third.test", "/here") == 1
    site.crawl(later=timedelta(days=8))
    assert n_asked(site, "third.test", "/here") == 2
    records = site.rows("SELECT record_type FROM captures WHERE url = 'http://third.test/here' ORDER BY id")
    assert [row["record_type"] for row in records] == ["response", "revisit"]


def test_what_became_of_a_page_shows_at_the_addresses_that_lead_to_it(site):
    site.crawl()
    site.world.put("third.test", "/here", Reply("gone", 410))
    site.crawl(later=timedelta(days=8))
    assert site.frontier()["http://third.test/here"] == ("done", "gone")
    assert site.frontier()["http://other.test/moved"] == ("done", "gone")


def test_redirects_in_a_ring_are_an_error_and_no_page(site):
    cited = ("http://cited.test/a", "http://cited.test/b")
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=cited))
    site.world.put("cited.test", "/a", redirect("/b"))
    site.world.put("cited.test", "/b", redirect("/a"))
    site.crawl()
    assert "error" in {site.frontier()[url][1] for url in cited}
    assert site.rows("SELECT COUNT(*) AS n FROM articles WHERE kind = 'source'") == [{"n": 0}]


def with_canonical(page: str, url: str) -> str:
    return page.replace("<head>", f'<head><link rel="canonical" href="{url}">')


def test_a_canonical_link_to_another_article_or_host_overwrites_nothing(site):
    first = site.world.answers["hyper.test", "/ja/news/101"]
    site.world.put("hyper.test", "/ja/news/102", with_canonical(article_page("二番目の記事"), "/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/103", with_canonical(article_page("三番目の記事"), "http://cited.test/a"))
    site.crawl()
    site.world.put("hyper.test", "/ja/news/101", first)
    site.crawl(later=timedelta(days=8))
    held = {row["canonical_url"]: row["title"] for row in site.rows("SELECT canonical_url, title FROM articles")}
    assert held["http://hyper.test/ja/news/101"] == "一番目の記事"
    assert held["http://hyper.test/ja/news/103"] == "三番目の記事"
    assert held["http://cited.test/a"] == "出典その一"


def test_another_form_of_an_article_is_an_alias_and_no_revision_of_it(site):
    site.crawl(with_cited=False)
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/9101", "/ja/news/101"))
    page = article_page("一番目の記事", body="<p>印刷用の表示です。</p>")
    site.world.put("hyper.test", "/ja/news/9101", with_canonical(page, "/ja/news/101"))
    site.crawl(with_cited=False)
    assert aliases(site) == {"http://hyper.test/ja/news/9101": ("canonical", "http://hyper.test/ja/news/101")}
    assert site.rows("SELECT DISTINCT n_revisions FROM articles") == [{"n_revisions": 1}]

"""Listings page by page: where a crawl stops, and where it does not."""

import json

import pytest

from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page


def put_pages(site, pages: list[list[str]], *, is_linked: bool = True, suffix: str = "?page={}") -> None:
    """Serve a listing of several pages; the articles that they name exist."""
    for number, paths in enumerate(pages, start=1):
        more = f'<a rel="next" href="/ja/news{suffix.format(number + 1)}">次へ</a>' if is_linked else ""
        address = "/ja/news" + (suffix.format(number) if number > 1 else "")
        site.world.put("hyper.test", address, listing_page(*paths, more=more))
        for path in paths:
            site.world.put("hyper.test", path, article_page(f"記事{path.rpartition('/')[2]}"))


def n_pages(site, **options) -> int:
    """Crawl, and return how many pages of the listing that asked."""
    start = len(site.world.asked)
    site.crawl(with_cited=False, **options)
    return sum(asked.path.partition("?")[0] == "/ja/news" for asked in site.world.asked[start:])


def articles(first: int, last: int) -> list[str]:
    return [f"/ja/news/{number}" for number in range(first, last + 1)]


@pytest.mark.parametrize(
    "end",
    [Reply("none", 404), Reply("<html><body><p>ページが見つかりません</p></body></html>"), Reply(listing_page())],
    ids=["404", "soft 404", "empty list"],
)
def test_a_listing_ends_where_a_page_names_nothing(site, end):
    put_pages(site, [articles(301, 303), articles(304, 306)])
    site.world.put("hyper.test", "/ja/news?page=3", end)
    assert n_pages(site) == 3
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 6}]


def test_a_last_page_that_is_repeated_ends_a_listing(site):
    put_pages(site, [articles(301, 303), articles(304, 306), *[articles(304, 306)] * 20])
    assert n_pages(site) == 4


def test_a_pinned_article_on_every_page_hides_nothing(site):
    put_pages(site, [["/ja/news/300", *articles(301 + 3 * page, 303 + 3 * page)] for page in range(4)])
    n_pages(site)
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 13}]


def test_one_page_with_nothing_new_does_not_end_a_listing(site):
    """A page of pinned items alone, or one that slid while it was read; what is new comes after it."""
    put_pages(site, [articles(301, 303), articles(301, 303)[::-1], articles(304, 306)])
    n_pages(site)
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 6}]


def test_a_list_that_slides_while_it_is_read_loses_nothing(site):
    """With every answer a new article comes first and pushes the others on."""
    names = [f"/ja/news/{number}" for number in range(340, 300, -1)]
    newest = iter(range(341, 400))

    def page(number: int):
        def answer(_) -> Reply:
            shown = names[5 * (number - 1) : 5 * number]
            names.insert(0, f"/ja/news/{next(newest)}")
            more = f'<a rel="next" href="/ja/news?page={number + 1}">次へ</a>'
            return Reply(listing_page(*shown, more=more) if shown else "none", 200 if shown else 404)

        return answer

    for number in range(1, 30):
        site.world.put("hyper.test", f"/ja/news?page={number}" if number > 1 else "/ja/news", page(number))
    site.crawl(with_cited=False)
    known = {row["url"].rpartition("/")[2] for row in site.rows("SELECT url FROM frontier WHERE kind = 'article'")}
    assert {str(number) for number in range(301, 341)} <= known


def test_pages_of_other_locales_in_between_do_not_end_a_mixed_list(site):
    foreign = [[f"/en/news/{100 * page + number}" for number in range(1, 4)] for page in range(3)]
    put_pages(site, [articles(301, 303), *foreign, articles(304, 306), *[[f"/en/news/{9000 + n}"] for n in range(30)]])
    assert n_pages(site) == 1 + 3 + 1 + 5
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 6}]


def test_a_cursor_that_only_the_script_state_holds_is_followed(site):
    def page(cursor: str, paths: list[str], following: str | None) -> None:
        state = {"props": {"pageProps": {"items": [{"href": path, "title": "題"} for path in paths]}}}
        state["props"]["pageProps"] |= {"nextCursor": following, "hasMore": following is not None}
        script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
        address = f"/ja/news?cursor={cursor}" if cursor else "/ja/news"
        site.world.put("hyper.test", address, f"<html><head><title>x</title></head><body>{script}</body></html>")
        for path in paths:
            site.world.put("hyper.test", path, article_page(f"記事{path[-3:]}"))

    page("", articles(301, 302), "c1")
    page("c1", articles(303, 304), "c2")
    page("c2", articles(305, 306), None)
    assert n_pages(site) == 3
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 6}]


def test_numbered_pages_are_tried_where_a_listing_links_to_none(site):
    put_pages(site, [articles(301, 303), articles(304, 306), articles(304, 306)], is_linked=False)
    assert n_pages(site) == 3
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 6}]
    assert n_pages(site) == 1


def test_depth_reads_past_what_is_known_and_no_deeper(site):
    put_pages(site, [articles(301 + 2 * page, 302 + 2 * page) for page in range(12)])
    assert n_pages(site, depth=2) == 2
    put_pages(site, [articles(301, 302), articles(303, 304), *[articles(305 + 2 * p, 306 + 2 * p) for p in range(10)]])
    assert n_pages(site, depth=6) == 6
    assert site.rows("SELECT COUNT(*) AS n FROM articles") == [{"n": 12}]
    assert n_pages(site) == 1


def test_depth_ends_at_a_repeated_page(site):
    put_pages(site, [articles(301, 302), *[articles(303, 304)] * 9])
    assert n_pages(site, depth=8) == 3


def test_a_crawl_that_was_stopped_goes_on_with_the_page_it_had_reached(site):
    put_pages(site, [articles(301 + page, 301 + page) for page in range(6)])
    assert n_pages(site, settings={"lists_per_run": 3}) < 6
    for _ in range(4):
        n_pages(site, settings={"lists_per_run": 3})
    assert site.rows("SELECT COUNT(*) AS n FROM frontier WHERE kind = 'article'") == [{"n": 6}]

"""Asking again: when, in which order, and what a page that did not change costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.loopback import Reply
from tests.spiders.conftest import article_page, listing_page

DAY = timedelta(days=1)


def dated(page: str, at: datetime) -> str:
    meta = f'<meta property="article:published_time" content="{at.isoformat(timespec="seconds")}">'
    return page.replace("<head>", f"<head>{meta}")


def n_asked(site, path: str, host: str = "hyper.test") -> int:
    return site.world.count()[host, path]


def test_a_fresh_article_is_asked_in_a_burst_and_every_check_is_kept(site):
    now = datetime.now(UTC)
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", dated(article_page("新しい記事"), now))
    seen = []
    for later in (0.0, 0.5, 1.1, 5.0, 6.1, 20.0, 24.1, 100.0, 168.1, 300.0, 425.0):
        site.crawl(with_cited=False, later=timedelta(hours=later))
        seen.append(n_asked(site, "/ja/news/101"))
    assert seen == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]
    kept = site.rows("SELECT record_type, detail FROM captures WHERE url LIKE '%/101' ORDER BY id")
    assert [row["record_type"] for row in kept] == ["response"] + ["revisit"] * 5
    entry = site.rows("SELECT * FROM frontier WHERE url LIKE '%/101'")[0]
    assert (entry["changed_at"], entry["checked_at"] > entry["first_seen_at"]) == (None, True)
    assert entry["interval_s"] > 7 * 86_400
    assert site.rows("SELECT n_revisions FROM articles") == [{"n_revisions": 1}]


def test_the_interval_grows_while_a_page_stays_and_is_halved_when_it_changes(site):
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    intervals = []
    for days in (0, 7.1, 18, 34):
        if days == 34:
            site.world.put("hyper.test", "/ja/news/101", article_page("一番目の記事", body="<p>数字を訂正した。</p>"))
        site.crawl(with_cited=False, later=days * DAY)
        intervals.append(site.rows("SELECT interval_s FROM frontier WHERE url LIKE '%/101'")[0]["interval_s"] / 86_400)
    assert intervals == [7, 10.5, 15.75, 7.875]
    assert (
        site.rows("SELECT changed_at = checked_at AS changed FROM frontier WHERE url LIKE '%/101'")[0]["changed"] == 1
    )


def test_the_same_body_is_neither_stored_nor_read_nor_written_again(site):
    site.crawl()
    tables = ("articles", "revisions", "citations", "problems", "aliases", "figures")
    before = {table: site.rows(f"SELECT * FROM {table}") for table in tables}
    summary = site.crawl(later=8 * DAY)
    assert (summary.new, summary.revised, summary.unchanged) == (0, 0, 3)
    assert {table: site.rows(f"SELECT * FROM {table}") for table in tables} == before
    again = site.rows("SELECT DISTINCT record_type FROM captures WHERE run_id = 2 AND status = 200")
    assert again == [{"record_type": "revisit"}]


def test_a_page_that_is_changed_and_changed_back_is_told_each_time(site):
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    first, second = article_page("一番目の記事"), article_page("一番目の記事", body="<p>追記がある。</p>")
    counts = []
    for number, page in enumerate((first, second, first, first, second)):
        site.world.put("hyper.test", "/ja/news/101", page)
        summary = site.crawl(with_cited=False, later=40 * number * DAY)
        counts.append((summary.new, summary.revised, summary.unchanged))
    assert counts == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1), (0, 1, 0)]


def test_an_unasked_304_is_no_article(site):
    site.world.put("hyper.test", "/ja/news/101", Reply(b"", 304))
    assert site.crawl(with_cited=False).new == 2
    assert site.frontier()["http://hyper.test/ja/news/101"][1] != "ok"


def test_new_articles_go_first_then_what_they_cite_then_what_is_asked_again(site):
    site.crawl()
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/104", "/ja/news/103"))
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目の記事", references=("http://other.test/new",)))
    site.world.put("other.test", "/new", article_page("新しい出典", suffix=""))
    start = len(site.world.asked)
    site.crawl(later=8 * DAY)
    order = [
        asked.path for asked in site.world.asked[start:] if asked.path.startswith(("/ja/news/", "/new", "/a", "/b"))
    ]
    assert order[:2] == ["/ja/news/104", "/new"]
    assert set(order[2:]) == {"/ja/news/101", "/ja/news/102", "/ja/news/103", "/a", "/b"}


def test_limit_and_budget_count_what_is_asked_again_as_well(site):
    site.crawl()
    start = len(site.world.asked)
    site.crawl(later=8 * DAY, limit=1, budget=2)
    asked = [asked for asked in site.world.asked[start:] if asked.path not in ("/robots.txt", "/ja/news")]
    articles = [one for one in asked if one.host == "hyper.test" and one.path.startswith("/ja/news/")]
    assert len(articles) == 1
    assert len({one.path for one in asked if one.host != "hyper.test"}) == 2


def test_a_statistics_page_is_asked_monthly_and_a_paper_ever_more_rarely(site):
    paths = {"/statistics/users": "統計", "/paper.pdf": "論文"}
    urls = tuple(f"http://cited.test{path}" for path in paths)
    site.world.put("hyper.test", "/ja/news", listing_page("/ja/news/101"))
    site.world.put("hyper.test", "/ja/news/101", article_page("記事", references=urls))
    for path, title in paths.items():
        site.world.put("cited.test", path, article_page(title, suffix=""))
    counts = []
    for days in (0, 20, 31, 62, 93):
        site.crawl(later=days * DAY)
        counts.append([n_asked(site, path, "cited.test") for path in paths])
    assert counts == [[1, 1], [1, 1], [2, 2], [3, 2], [4, 3]]


def test_a_list_is_asked_only_if_it_changed_and_is_not_read_again(site):
    page = site.world.answers["hyper.test", "/ja/news"]
    site.world.put(
        "hyper.test",
        "/ja/news",
        lambda asked: (
            Reply(b"", 304) if asked.headers.get("If-None-Match") == '"l"' else replace(page, headers={"ETag": '"l"'})
        ),
    )
    for _ in range(3):
        site.crawl(with_cited=False)
    rows = site.rows("SELECT status, record_type, outcome FROM captures WHERE url LIKE '%/ja/news' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        (200, "response", "listing"),
        (304, "revisit", "listing"),
        (304, "revisit", "listing"),
    ]
    assert site.rows("SELECT detail FROM frontier WHERE url LIKE '%/ja/news'")[0]["detail"].startswith("listing: 3")

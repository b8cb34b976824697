"""What was taken down is not asked for, not stored by another address, and not read back, until that is undone."""

from datetime import timedelta

from archive.cli import run
from spiders.commands.reparse import run_reparse
from tests.loopback import Reply
from tests.spiders.conftest import article_page

URL = "http://cited.test/a"
TITLES = "SELECT title FROM articles WHERE title LIKE '出典その一%'"


def take_down(site, *options):
    assert run(["takedown", URL, *options, "--db", site.config.db]) == 0


def test_what_was_taken_down_stays_away_from_crawls_and_reparse_until_that_is_undone(site):
    site.crawl()
    number = site.rows(TITLES.replace("title FROM", "id FROM"))
    take_down(site, "--reason", "a wish")
    asked_before = site.world.count()["cited.test", "/a"]
    site.world.put("other.test", "/moved", Reply(status=301, headers={"Location": URL}))
    site.world.put("hyper.test", "/ja/news/104", article_page("四番目", references=(URL, "http://other.test/again")))
    site.world.put("other.test", "/again", article_page("写し", suffix="").replace(
        "<head>", f'<head><link rel="canonical" href="{URL}">'
    ))  # fmt: skip
    site.crawl(later=timedelta(days=200))
    run_reparse(site.config)
    assert site.rows(TITLES) == []
    assert site.frontier()[URL] == ("dead", "taken-down")
    assert site.world.count()["cited.test", "/a"] <= asked_before + 1  # where a redirect led; nothing of it was kept
    assert site.rows("SELECT outcome FROM captures WHERE url = :url ORDER BY id", url=URL)[0]["outcome"] == "ok"
    take_down(site, "--undo")
    run_reparse(site.config)
    assert site.rows(TITLES.replace("title FROM", "id FROM")) == number

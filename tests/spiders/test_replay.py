"""Replay and reparse: the same spiders without a network, and the same rows from captures alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from archive.cli import run
from archive.errors import CaptureError
from spiders.commands.add import run_add
from spiders.commands.crawl import run_crawl
from spiders.commands.reparse import run_reparse

ARTICLES = "SELECT surt, kind, title, text, source, content_digest, first_captured_at FROM articles ORDER BY surt"


def recorded(site) -> tuple[Path, ...]:
    return tuple(sorted(Path(f"{site.config.db}.captures").glob("*.warc.gz")))


@pytest.fixture
def replayed(site, tmp_path):
    """The site after a crawl, and settings for an archive of its own that no server answers."""
    site.crawl()
    files = recorded(site)
    rows = site.rows(ARTICLES)
    n_asked = len(site.world.asked)
    site.config = replace(site.config, db=str(tmp_path / "replay.db"), resolve={}, allow_addresses=())
    return site, files, rows, n_asked


def test_a_replayed_crawl_ends_with_the_same_rows_and_asks_nobody(replayed):
    site, files, rows, n_asked = replayed
    summary = site.crawl(replay=files)
    assert summary.cited == {"ok": 3, "blocked-address": 1}
    assert site.rows(ARTICLES) == rows
    assert len(site.world.asked) == n_asked


def test_a_page_that_is_not_in_the_files_is_said(replayed):
    site, files, *_ = replayed
    site.crawl(replay=files, locales=("ja", "en"))
    rows = site.rows("SELECT outcome, detail FROM frontier WHERE url = 'http://hyper.test/en/news'")
    assert rows == [{"outcome": "error", "detail": "not in the replayed files"}]


def test_a_file_that_is_no_warc_file_is_one_line(site, tmp_path):
    wrong = tmp_path / "x.warc.gz"
    wrong.write_text("hello")
    with pytest.raises(CaptureError, match=r"x\.warc\.gz"):
        run_crawl(site.config, replace(site.options, replay=(wrong,)), is_quiet=True)


def test_reparse_finds_nothing_to_change_when_nothing_changed(site):
    site.crawl()
    before = site.rows(ARTICLES)
    report = run_reparse(site.config)
    assert (report.n_read, report.n_unchanged) == (6, 6)
    assert not report.fields
    assert not report.outcomes
    assert site.rows(ARTICLES) == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_reparse_rebuilds_articles_from_captures_alone(site, jobs):
    site.crawl()
    before = site.rows(ARTICLES)
    with site_store(site) as store:
        for table in ("articles", "revisions", "citations", "figures", "aliases"):
            store.connection.execute(f"DELETE FROM {table}")
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    n_asked = len(site.world.asked)
    report = run_reparse(site.config, jobs=jobs)
    assert report.n_new == 6
    assert site.rows(ARTICLES) == before
    assert len(site.world.asked) == n_asked
    linked = site.rows("SELECT COUNT(*) AS n FROM citations WHERE cited_article_id IS NOT NULL")
    assert linked == [{"n": 3}]


def test_a_report_changes_nothing(site):
    site.crawl()
    with site_store(site) as store:
        store.connection.execute("UPDATE articles SET title = 'falsch' WHERE url = 'http://hyper.test/ja/news/101'")
    report = run_reparse(site.config, only_report=True)
    assert report.fields["title"] == 1
    assert site.rows("SELECT title FROM articles WHERE url LIKE '%/101'") == [{"title": "falsch"}]
    run_reparse(site.config, source="hyper.ai")
    assert site.rows("SELECT title FROM articles WHERE url LIKE '%/101'") == [{"title": "一番目の記事"}]


def test_reparse_without_an_archive_is_one_line(tmp_path, capsys):
    assert run(["reparse", "--db", str(tmp_path / "none.db")]) == 1
    assert "no archive" in capsys.readouterr().err


def test_added_pages_are_captured_with_what_they_cite(site):
    summary = run_add(site.config, ["http://hyper.test/ja/news/101"], with_cited=True, is_quiet=True)
    assert (summary.new, summary.cited) == (1, {"ok": 1})
    assert {path for _, path in site.world.count()} == {"/robots.txt", "/ja/news/101", "/a"}


def test_an_added_page_of_another_site_is_a_source(site):
    summary = run_add(site.config, ["http://cited.test/b"], is_quiet=True)
    assert summary.cited == {"ok": 1}
    assert site.rows("SELECT kind, title FROM articles") == [{"kind": "source", "title": "出典その二"}]


def site_store(site):
    from archive.store import open_store

    return open_store(site.config.db)

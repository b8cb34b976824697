"""What was taken down, and what a page withholds, is on no page, in no format, feed or export that can be reached."""

import asyncio
from dataclasses import replace

import pytest

from archive.cli import run
from archive.publish.site import make_datasette
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from archive.store.takedowns import take_down, undo_takedown
from tests.archive.publish.conftest import JAPANESE, NOW, fill
from tests.archive.publish.walking import walk

WORDS = ("対話エンジン", "規制の行方", "資金調達額の推移", "年ごとの額")
KINDS = ("/", "/article/2", "/archive/articles.csv", "/archive/revisions.json", "/-/search.atom")


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "archive.db"
    with open_store(path) as store:
        fill(store)
    return path


def pages_of(db):
    """Return address -> text of everything that links lead to."""
    datasette = make_datasette(Config(db=str(db)))
    with asyncio.Runner() as runner:
        answers = walk(lambda path: runner.run(datasette.client.get(path)))
    return {path: answer.text for path, answer in answers.items()}


def leaks(pages, words):
    return {path for path, text in pages.items() if any(word in text for word in words)}


def exported(db, folder):
    assert run(["export", "--all", "-o", str(folder), "--db", str(db)]) == 0
    assert run(["export", "--all", "--format", "csv", "-o", str(folder), "--db", str(db)]) == 0
    return "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_no_page_format_feed_or_export_holds_a_word_of_what_was_taken_down(db, tmp_path):
    before = pages_of(db)
    assert len(leaks(before, WORDS)) > 20  # else this test could not fail
    assert {kind for kind in KINDS if any(path.startswith(kind) for path in before)} == set(KINDS)
    assert any(word in exported(db, tmp_path / "before") for word in WORDS)
    assert run(["takedown", JAPANESE.url, "--reason", "a wish", "--db", str(db)]) == 0
    assert leaks(pages_of(db), WORDS) == set()
    assert not any(word in exported(db, tmp_path / "after") for word in WORDS)


def test_scrubbing_leaves_no_word_in_the_bytes_of_the_file(db):
    with open_store(db) as store:
        take_down(store, JAPANESE.url, reason="a wish", now=NOW)
    assert any(word.encode() in db.read_bytes() for word in WORDS)  # earlier states, in free pages
    assert run(["takedown", JAPANESE.url, "--reason", "a wish", "--scrub", "--db", str(db)]) == 0
    assert not any(word.encode() in db.read_bytes() for word in WORDS)


def test_where_it_stood_readers_are_told_why(db, ask_site):
    with open_store(db) as store:
        take_down(store, JAPANESE.url, reason="the author's wish", now=NOW)
    answer = ask_site(db, "/article/1")
    assert answer.status_code == 410
    assert "the author&#39;s wish" in answer.text
    assert ask_site(db, "/article/1.json").json()["status"] == 410
    with open_store(db) as store:
        undo_takedown(store, JAPANESE.url, now=NOW)
        save_article(store, JAPANESE, kind="article", source="hyper.ai", capture_id=None, seen_at=NOW)
    assert "対話エンジン" in ask_site(db, "/article/1").text


@pytest.mark.parametrize("words", ["noarchive"])
def test_no_page_or_format_holds_a_text_that_is_withheld(db, tmp_path, words):
    withheld = replace(JAPANESE, text="", headings=(), figures=(), tables=(), description=None, lead_image=None)
    with open_store(db) as store:
        store.connection.execute("UPDATE articles SET last_captured_at = '2025-12-14T00:00:00Z'")
        save_article(
            store, withheld, kind="article", source="hyper.ai", capture_id=None, seen_at="2026-01-01T00:00:00Z",
            opt_out=words,
        )  # fmt: skip
    assert leaks(pages_of(db), ["対話エンジン", "資金調達額の推移"]) == set()
    assert "対話エンジン" not in exported(db, tmp_path / "out")


def test_the_command_lists_undoes_and_refuses(db, capsys):
    def archive(*arguments):
        status = run(["takedown", *arguments, "--db", str(db)])
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    assert archive() == (0, "nothing was taken down\n")
    assert archive(JAPANESE.url)[0] == 2
    assert archive(JAPANESE.url, "--undo")[0] == 2
    assert archive("javascript:alert(1)", "--reason", "x")[0] == 1
    assert "article 1 was removed" in archive(JAPANESE.url, "--reason", "a wish")[1]
    assert "a wish" in archive()[1]
    assert "may be stored again" in archive(JAPANESE.url, "--undo")[1]
    assert "undone" in archive()[1]

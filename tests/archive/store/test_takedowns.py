"""What was taken down is gone from every table, is not stored again, and comes back when that is undone."""

from dataclasses import replace

import pytest

from archive.errors import AddressError, TakenDownError
from archive.model import Article, Figure, Link, Reference, Table
from archive.records import FrontierEntry
from archive.search import search
from archive.store import frontier
from archive.store.aliases import add_alias
from archive.store.articles import Saved, save_article
from archive.store.takedowns import is_taken_down, take_down, takedown_of, undo_takedown
from archive.urls import surt

WORD = "銀色の歯車"
URL = "https://cited.example/gears"
PAGE = Article(
    url=URL,
    canonical_url=URL,
    site="cited.example",
    lang="ja",
    title=f"{WORD}の記事",
    text=f"{WORD}が歌うという。",
    description=f"{WORD}の要約",
    headings=(f"{WORD}の見出し",),
    figures=(Figure(url="https://cited.example/x.png", caption=f"{WORD}の図"),),
    tables=(Table(caption=f"{WORD}の表", rows=((WORD,),)),),
    references=(Reference(number=1, url="https://other.example/a", text=f"{WORD}の資料"),),
    links=(Link(url="https://other.example/b", text=WORD, paragraph=1),),
    warnings=(f"title: {WORD}",),
)
CITING = Article(
    url="https://hyper.ai/ja/news/1",
    canonical_url="https://hyper.ai/ja/news/1",
    site="hyper.ai",
    lang="ja",
    title="引用する記事",
    text="本文。",
    references=(Reference(number=1, url=URL, text="出典"),),
)
NOW = "2026-01-02T03:04:05Z"


def save(store, article, kind="source"):
    return save_article(store, article, kind=kind, source=article.site, capture_id=None, seen_at=NOW)


@pytest.fixture
def filled(store):
    save(store, CITING, kind="article")
    save(store, PAGE)
    save(store, replace(PAGE, text=f"{WORD}は昨日も歌った。"))
    add_alias(store, surt("https://short.example/g"), "https://short.example/g", 2)
    frontier.add(store, [FrontierEntry(surt=surt(URL), url=URL, kind="cited")], now=NOW)
    return store


def words_in(store):
    """Return the tables that hold the word, index and all."""
    names = [row[0] for row in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in names if not name.startswith("articles_fts")]
    found = {
        name for name in tables for row in store.connection.execute(f"SELECT * FROM {name}") if WORD in str([*row])
    }
    return found | ({"search"} if search(store.connection, WORD) else set())


def test_no_table_holds_a_word_of_what_was_taken_down(filled):
    assert {"articles", "revisions", "figures", "data_tables", "citations", "problems", "search"} <= words_in(filled)
    assert take_down(filled, URL, reason="申し立て", now=NOW) == 2
    assert words_in(filled) == set()


def test_who_cites_it_still_does_and_is_told(filled):
    take_down(filled, URL, reason="a court's order", now=NOW)
    cited = filled.connection.execute("SELECT text, url, cited_article_id FROM citations").fetchall()
    assert [tuple(row) for row in cited] == [("出典", URL, None)]
    assert takedown_of(filled.connection, 2) == {"url": URL, "reason": "a court's order", "taken_down_at": NOW}
    entry = frontier.entry_of(filled, surt(URL))
    assert (entry.state, entry.outcome, entry.detail) == ("dead", "taken-down", "a court's order")
    row = filled.connection.execute("SELECT outcome, title FROM cited_sources WHERE url = ?", (URL,)).fetchone()
    assert tuple(row) == ("taken-down", None)


@pytest.mark.parametrize("url", [URL, "http://www.cited.example/gears/", "https://short.example/g"])
def test_it_is_not_stored_again_by_any_of_its_addresses(filled, url):
    take_down(filled, "https://short.example/g", reason="wish", now=NOW)
    assert is_taken_down(filled, [surt(url)])
    with pytest.raises(TakenDownError, match="--undo"):
        save(filled, replace(PAGE, url=url))


def test_an_address_that_we_hold_nothing_of_is_kept_out_too(filled):
    assert take_down(filled, "https://cited.example/next", reason="wish", now=NOW) is None
    with pytest.raises(TakenDownError):
        save(filled, replace(PAGE, url="https://cited.example/next", canonical_url="https://cited.example/next"))


def test_its_number_is_given_to_no_other_article_and_is_its_own_again(filled):
    take_down(filled, URL, reason="wish", now=NOW)
    other = replace(PAGE, url="https://cited.example/b", canonical_url="https://cited.example/b")
    assert save(filled, other).article_id == 3
    assert undo_takedown(filled, "https://short.example/g", now=NOW)
    saved = save(filled, PAGE)
    assert (saved.status, saved.article_id) == (Saved.NEW, 2)
    assert takedown_of(filled.connection, 2) is None
    assert filled.connection.execute("SELECT cited_article_id FROM citations WHERE article_id = 1").fetchone()[0] == 2
    assert frontier.entry_of(filled, surt(URL)).state == "due"


def test_what_was_not_taken_down_cannot_be_undone_and_what_is_no_address_is_said(filled):
    assert not undo_takedown(filled, URL, now=NOW)
    with pytest.raises(AddressError):
        take_down(filled, "javascript:alert(1)", reason="wish", now=NOW)

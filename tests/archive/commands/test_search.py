"""`archive search` as a person meets it: how it was read, filters, kept searches, similar articles."""

import json
from dataclasses import replace

import pytest

from archive.store.articles import save_article


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["資金調達 -融資 lang:ja"], "read as: 資金調達 NOT 融資 lang:ja"),
        (["kind:novel 資金"], "note: kind:novel is no filter and was searched as words"),
        (["資金", "--newest"], "read as: 資金, newest first"),
        (["xAIの資金調達はいくらになったのですか？"], "as a question"),
        (["融資"], "also looked for: 融资 (characters)"),
        (["规制 OR 規制"], "read as: 规制 OR 規制"),
        (["投資"], "read as: 投資"),
    ],
)
def test_it_says_how_the_query_was_read(command, filled, argv, said):
    status, _, err = command("search", *argv)
    assert status == 0
    assert said in err


@pytest.mark.parametrize(
    ("argv", "n_hits"),
    [
        (["融資"], 1),
        (["融資", "--spellings", "never"], 0),
        (["オープンAI", "--spellings", "always"], 1),
        (["ドル"], 1),
        (["*ドル*"], 2),
        (["資金 cites:example.com"], 1),
        (["資金 cites:example.org"], 0),
        (["kind:source"], 1),
        (["kind:article -資金"], 1),
        (["資金 before:2025-11-12"], 0),
        (["資金 after:2025-11-12"], 1),
        (['"資金 金調"', "--raw"], 1),
    ],
)
def test_what_is_asked_for_is_found(command, filled, argv, n_hits):
    assert len(json.loads(command("search", *argv, "--json")[1])) == n_hits


def test_a_bad_expression_is_said_in_one_line(command, filled):
    status, _, err = command("search", "資金 AND (", "--raw")
    assert status == 2
    assert "is no expression of SQLite's FTS5" in err
    assert command("search")[0] == 2


def test_nothing_found_leads_on(command, filled):
    out = command("search", "資金調達計画")[1]
    assert "no results for 資金調達計画" in out
    assert "did you mean: 資金調達" in out


def test_facets_are_counted(command, filled):
    out = command("search", "資金 OR 투자", "--facets")[1]
    assert "source: example.com (1), hyper.ai (1)" in out or "source: hyper.ai (1), example.com (1)" in out
    assert {
        facet["name"] for facet in json.loads(command("search", "資金 OR 투자", "--facets", "--json")[1])["facets"]
    } >= {"lang", "kind"}


def test_a_kept_search_tells_what_is_new(command, filled, page):
    assert "no search is saved" in command("search", "--saved")[1]
    assert "saved funds" in command("search", "資金調達", "--save", "funds")[1]
    assert "nothing new for funds" in command("search", "--since-last", "funds")[1]
    new = replace(page, url="https://hyper.ai/ja/news/9", canonical_url="https://hyper.ai/ja/news/9", title="続報")
    save_article(filled, new, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-02T00:00:00Z")
    assert "続報" in command("search", "--since-last", "funds")[1]
    assert "nothing new" in command("search", "--since-last", "funds")[1]
    assert json.loads(command("search", "--saved", "--json")[1])[0]["query"] == "資金調達"
    assert command("search", "--forget", "funds")[0] == 0
    status, _, err = command("search", "--since-last", "funds")
    assert status == 2
    assert "no search is saved as 'funds'" in err


def test_articles_like_one_are_listed(command, filled, page):
    like = replace(page, url="https://hyper.ai/ja/news/9", canonical_url="https://hyper.ai/ja/news/9", title="続報")
    save_article(filled, like, kind="article", source="hyper.ai", capture_id=None, seen_at="2025-12-02T00:00:00Z")
    assert "続報" in command("search", "--like", "1")[1]
    assert (
        json.loads(command("search", "--like", "https://hyper.ai/ja/news/1", "--json")[1])[0]["n_shared_citations"] == 1
    )

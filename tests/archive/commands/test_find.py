"""search, citations, cited-by and diff as a person sees them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.store.articles import save_article

HIT = """\
1. 計算資源をめぐる賭け  (hyper.ai · ja · 2025-11-12)
   https://hyper.ai/ja/news/1
   xAIが【資金調達】を進めている。
"""


def test_a_hit_is_printed_with_its_passages(command):
    assert command("search", "資金調達") == (0, HIT, "read as: 資金調達\n")
    assert "[table] 2025年 【半導体】 30兆円" in command("search", "半導体")[1]


def test_nothing_found_is_said_in_words(command):
    assert command("search", "無い言葉") == (0, "no results for 無い言葉\n", "read as: 無い言葉\n")


def test_hits_as_json_carry_the_marks(command):
    (hit,) = json.loads(command("search", "資金調達", "--json", "--kind", "article", "--since", "2025-11")[1])
    (passage,) = hit["snippets"]
    (start, end) = passage["marks"][0]
    assert (hit["article_id"], passage["text"][start:end]) == (1, "資金調達")
    assert json.loads(command("search", "無い言葉", "--json")[1]) == []


@pytest.mark.parametrize("since", ["last week", "2025-1", "2025/11/12"])
def test_a_time_that_cannot_be_read_is_wrong_usage(command, since):
    status, out, err = command("search", "規制", "--since", since)
    assert (status, out) == (2, "")
    assert since in err
    assert err.count("\n") == 1


def test_relative_times_count_back_from_now(command):
    assert command("search", "規制", "--since", "90000h")[1].startswith("1. ")
    assert command("search", "規制", "--since", "99999w")[0] in (0, 2)


def test_a_page_cannot_drive_the_terminal(command, filled, page):
    hostile = replace(page, title="題\x1b]0;owned\x07名", text="規制\u202e逆\x9b31m。")
    save_article(
        filled, hostile, kind="article", source="hyper.ai", work_id=None, capture_id=50, seen_at="2025-12-09T00:00:00Z"
    )
    out = command("search", "規制")[1]
    assert not set("\x1b\x07\x9b\u202e") & set(out)


def test_citations_are_listed_with_what_became_of_them(command):
    status, out, _ = command("citations", "https://hyper.ai/ja/news/1")
    assert status == 0
    assert out.splitlines() == [
        "  1. reference 오픈AI와 투자",
        "     https://example.com/report  (ok, captured 2025-12-01T09:02:00Z)",
        "   - link      오픈AI와 투자",
        "     https://example.com/report  (ok, captured 2025-12-01T09:02:00Z)",
    ]
    assert command("citations", "2")[1] == "it cites nothing that we could read\n"
    assert [row["kind"] for row in json.loads(command("citations", "1", "--json")[1])] == ["reference", "link"]


@pytest.mark.parametrize("name", ["citations", "diff"])
def test_an_article_that_is_not_there_is_said(command, name):
    status, _, err = command(name, "77")
    assert status == 2
    assert "no article '77'" in err


@pytest.mark.parametrize("word", ["example.com", "https://www.example.com/report/"])
def test_cited_by_names_the_citing_articles(command, word):
    assert command("cited-by", word)[1].splitlines() == [
        "1  計算資源をめぐる賭け  2025-11-12",
        "   https://hyper.ai/ja/news/1",
        "   reference 1: https://example.com/report",
        "   link: https://example.com/report",
    ]
    assert len(json.loads(command("cited-by", word, "--json")[1])) == 2


def test_a_domain_that_nothing_cites_is_said(command):
    assert command("cited-by", "nobody.example")[1] == "nothing in this archive cites nobody.example\n"


@pytest.fixture
def revised(filled, page):
    later = replace(page, title="計算資源をめぐる大きな賭け", text=page.text.replace("200億", "300億"))
    save_article(
        filled,
        later,
        kind="article",
        source="hyper.ai",
        work_id=None,
        capture_id=50,
        seen_at=datetime(2025, 12, 9, tzinfo=UTC),
    )


@pytest.mark.usefixtures("revised")
def test_a_diff_shows_what_went_and_what_came(command):
    status, out, _ = command("diff", "1")
    assert status == 0
    assert out.splitlines()[:2] == [
        "state 1 (2025-12-01T09:00:00Z) -> state 2 (2025-12-09T00:00:00Z)",
        "title: 計算資源をめぐる{+大きな+}賭け",
    ]
    assert "額は[-200-]{+300+}億ドル" in out
    assert json.loads(command("diff", "1", "--json")[1])["changes"]["title"][1] == {"kind": "new", "text": "大きな"}
    assert "[-300-]{+200+}" in command("diff", "1", "--from", "2", "--to", "1")[1]


def test_a_diff_of_one_state_says_that_nothing_changed(command):
    assert command("diff", "1") == (0, "nothing changed: article 1 has 1 state\n", "")
    status, _, err = command("diff", "1", "--to", "3")
    assert (status, "has no state 3" in err) == (2, True)


@pytest.mark.parametrize(
    "words", [("search", "x"), ("citations", "1"), ("cited-by", "x.com"), ("diff", "1"), ("status",)]
)
def test_a_missing_archive_is_one_line(command, words):
    status, out, err = command(*words, "--db", "missing.db")
    assert (status, out) == (1, "")
    assert err == "archive: there is no archive at missing.db; make one with: archive crawl --db missing.db\n"

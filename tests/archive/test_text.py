"""The segmenter: one rule for index and query, and no text that breaks a query."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import folded, index_text, match_query, normalise, paragraphs, script_runs, search_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("資金調達", ["資金", "金調", "調達", "達"]),
        ("ＧＰＴ－４ｏ", ["gpt", "4o"]),
        ("200億ドル", ["200", "億ド", "ドル", "ル"]),
        ("ｶﾞﾗｽ", ["ガラ", "ラス", "ス"]),
        ("오픈AI", ["오픈", "픈", "ai"]),
        ("C++とC#", ["cplusplus", "と", "csharp"]),
        ("arXiv:2501.01234v2", ["arxiv", "2501", "01234v2"]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_bigrams_and_whole_words(text, terms):
    assert search_terms(text) == terms


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("資金", '"資金"'),
        ("資金調達 規制", '"資金 金調 調達" AND "規制"'),
        ("資", '"資" *'),
        ("AI規", '"ai 規" *'),
        ("規制AI", '"規制 制 ai"'),
        ("Grok-4", '"grok 4"'),
        ('"資金" OR NOT (調達*', '"資金" AND "or" AND "not" AND "調達"'),
        ("\u3000 ", ""),
        ('" * ( ) : ^ -', ""),
        ("\x00\ud800", ""),
    ],
)
def test_each_word_of_a_query_is_a_phrase(query, match):
    assert match_query(query) == match


@pytest.fixture(scope="module")
def index():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize='porter unicode61 remove_diacritics 2')")
    yield connection
    connection.close()


JAPANESE = st.text("資金調達規制ドルハーはのをAIai4ｘＡ。、 -", min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(text=JAPANESE, data=st.data())
def test_every_piece_of_a_run_is_found_in_its_text(index, text, data):
    """Recall is 1: a piece of a text without blanks or punctuation finds that text, whatever its edges."""
    run = data.draw(st.sampled_from([part for part in _runs(text) if part] or ["資"]))
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    index.execute("DELETE FROM t")
    index.execute("INSERT INTO t VALUES (?)", (index_text(text if run in normalise(text) else run),))
    found = index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (match_query(run[start:end]),)).fetchone()[0]
    assert found == 1 or _cuts_a_latin_word(run, start, end)


def _runs(text):
    return "".join(character if character.isalnum() else " " for character in normalise(text)).split()


def _cuts_a_latin_word(run, start, end):
    inner = (run[start - 1 : start] + run[start], run[end - 1] + run[end : end + 1])
    return any(len(pair) == 2 and pair.isascii() for pair in inner)


@settings(max_examples=150, deadline=None)
@given(query=st.text(max_size=60))
def test_no_text_makes_a_query_that_sqlite_refuses(index, query):
    match = match_query(query)
    if match:
        index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (match,)).fetchone()


def test_a_very_long_query_is_still_one_that_sqlite_takes(index):
    index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (match_query("資 " * 5000),)).fetchone()


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_folded_text_maps_back_to_where_it_came_from(text):
    low, places = folded(text)
    assert len(places) == len(low) + 1
    assert list(places) == sorted(places)
    assert places[-1] == len(text)


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("額はＧＰＵだ", "gpu", "ＧＰＵ"),
        ("ｶﾞﾗｽの家", "ガラス", "ｶﾞﾗｽ"),
        ("the Café there", "cafe", "Café"),
        ("㍿の話", "株式会社", "㍿"),
    ],
)
def test_a_match_in_folded_text_is_found_in_the_original(text, word, original):
    low, places = folded(text)
    start = low.index(word)
    assert text[places[start] : places[start + len(word)]] == original


def test_paragraphs_are_what_blank_lines_part():
    assert paragraphs("一\n続き\n\n 二 \n \n\n三") == ["一\n続き", "二", "三"]


def test_the_meaning_of_a_sentence_is_in_its_runs_of_one_script():
    assert script_runs("東京ではaiモデルをつくる") == ["東京", "ai", "モデル"]

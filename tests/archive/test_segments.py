"""The segmenter: one rule for index and query, and every piece of a text is found in it."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.segments import WHOLE, bounded, fold, folded, index_text, phrase, script_runs


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("資金調達", "資金 金調 調達 達"),
        ("ＧＰＴ－４ｏ", "gpt 4o"),
        ("200億ドル", "200 億 億ド ドル ル ドルヿ"),
        ("ｶﾞﾗｽ", "ガラ ラス ス ガラスヿ"),
        ("か\u3099く", "がく く"),
        ("サ‐バ‐ ラ−メン", "サー ーバ バ ラー ーメ メン ン サーバヿ ラーメンヿ"),
        ("오픈AI", "오픈 픈 ai"),
        ("C++とC#", "cplusplus と csharp"),
        ("arXiv:2501.01234v2", "arxiv 2501 01234v2"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("資\u200b金", "資金 金"),
        ("Café Zürich", "cafe zurich"),
        ("the chips", "the chips"),
        ("AI 規制は2025年から", "ai 規 規制 制は は 2025 年 年か から ら"),
        ("㍿と①", "株式 式会 会社 社と と 1"),
        ("", ""),
    ],
)
def test_a_text_is_cut_into_bigrams_and_whole_words(text, tokens):
    assert index_text(text) == tokens


@pytest.mark.parametrize(
    ("word", "expression"),
    [
        ("資金", '"資金"'),
        ("資", '"資" *'),
        ("ai規", '"ai 規"'),
        ("2025年", '"2025 年"'),
        ("規・制", '"規 制" *'),
        ("規制ai", '"規制 制 ai"'),
        ("grok-4", '"grok 4"'),
    ],
)
def test_a_word_is_a_phrase(word, expression):
    assert phrase(word) == bounded(word) == expression


@pytest.fixture(scope="module")
def index():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize='ascii')")
    yield connection
    connection.close()


def finds(index, text, expression):
    index.execute("DELETE FROM t")
    index.execute("INSERT INTO t VALUES (?)", (index_text(text),))
    return index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()[0] == 1


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("ドル", "200億ドルの調達", True),
        ("ドル", "ハードルは高い", False),
        ("ドル", "ドルビーの音響", False),
        ("ドル", "ハードルは高いが、ドルは安い", True),
        ("200億ドル", "200億ドル", True),
        ("モデル", "言語モデル化", True),
        ("ai", "saiとaid", False),
        ("アイス", "わーアイスだ", True),
    ],
)
def test_a_word_is_not_found_inside_a_longer_one_of_its_script(index, word, text, is_found):
    assert finds(index, text, bounded(word)) is is_found


def test_a_part_of_a_katakana_word_is_found_when_asked_for(index):
    assert finds(index, "ハードルは高い", phrase("ドル"))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("2025年", "2025年の"),
        ("2025年", "2025 年の"),
        ("2025 年", "2025年の"),
        ("ai法", "AI法"),
        ("3月5日", "3月5日に"),
    ],
)
def test_what_follows_a_number_is_found_without_looking_for_every_pair_it_begins(index, typed, text):
    assert not phrase(typed).endswith("*")
    assert finds(index, text, phrase(typed))
    assert not finds(index, text.replace("年", "人").replace("法", "省").replace("日", "回"), phrase(typed))


JAPANESE = st.text("資金調達規制ドルハーはのをAIai4ｘＡ。、 -", min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(text=JAPANESE, data=st.data())
def test_every_piece_of_a_run_is_found_in_its_text(index, text, data):
    """Recall is 1: a piece of a text without blanks or punctuation finds that text, whatever its edges."""
    run = data.draw(st.sampled_from([part for part in _runs(text) if part] or ["資"]))
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    found = finds(index, text if run in fold(text) else run, phrase(run[start:end]))
    assert found or _cuts_a_latin_word(run, start, end)


def _runs(text):
    return "".join(character if character.isalnum() else " " for character in fold(text)).split()


def _cuts_a_latin_word(run, start, end):
    inner = (run[start - 1 : start] + run[start], run[end - 1] + run[end : end + 1])
    return any(len(pair) == 2 and pair.isascii() for pair in inner)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_folded_text_maps_back_to_where_it_came_from(text):
    low, places = folded(text)
    assert low == fold(text) or not unicodedata.is_normalized("NFC", text) or len(low) <= len(fold(text)) + 2
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
        ("新しい資\u200b金だ", "資金", "資\u200b金"),
    ],
)
def test_a_match_in_folded_text_is_found_in_the_original(text, word, original):
    low, places = folded(text)
    start = low.index(word)
    assert text[places[start] : places[start + len(word)]] == original


def test_the_meaning_of_a_sentence_is_in_its_runs_of_one_script():
    assert script_runs("東京ではaiモデルをつくる") == ["東京", "ai", "モデル"]


def test_no_folded_text_holds_the_mark_of_the_index():
    assert "ヿ" not in fold("ヿ時")


def test_a_very_long_text_is_segmented_as_its_parts_are():
    paragraph = "長い文がモデルを述べる。C++ and Grok-4 in 2025年、データ！\n"
    many = index_text(paragraph * 5_000).split(" ")
    one = index_text(paragraph).split(" ")
    n_words = sum(token.endswith(WHOLE) for token in one)
    assert many == one[:-n_words] * 5_000 + one[-n_words:] * 5_000

"""Passages: whole sentences, right marks, no word cut."""

import pytest

from archive.query import read_query
from archive.snippets import MAX_CHARS, Texts, snippets, word_patterns


def passages(query, text, *, title="", parts=()):
    found = snippets(word_patterns(read_query(query)), Texts(title, text, parts))
    return [(part.text, [part.text[start:end] for start, end in part.marks]) for part in found]


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("規制", "前文。「規制は要る」と言う。後文。", [("「規制は要る」と言う。", ["規制"])]),
        ("ai", "The aim is AI. Rain said so.", [("The aim is AI.", ["AI"])]),
        ("ai", "xAIではなくAIだ。", [("xAIではなくAIだ。", ["AI"])]),
        ("universities", "A university. Another.", [("A university.", ["university"])]),
        ('"chips"', "A chip. Two chips.", [("Two chips.", ["chips"])]),
        ("ドル", "ハードルは高い。ドルは安い。", [("ドルは安い。", ["ドル"])]),
        ("*ドル*", "ハードルは高い。", [("ハードルは高い。", ["ドル"])]),
        ("200億ドル", "額は２００億ドルだ。", [("額は２００億ドルだ。", ["２００億ドル"])]),
        ("grok-4", "Grok 4とGROK-4。", [("Grok 4とGROK-4。", ["Grok 4", "GROK-4"])]),
        ("c++", "C and C++.", [("C and C++.", ["C++"])]),
        ("無い", "最初の文。次の文。", [("最初の文。", [])]),
        ("無い", "", []),
        ("一 二", "一。二。一と二。三。", [("一と二。", ["一", "二"]), ("一。", ["一"]), ("二。", ["二"])]),
        ("1.5", "It grew 1.5 times. Then 15.", [("It grew 1.5 times.", ["1.5"])]),
    ],
)
def test_a_passage_is_a_sentence_with_its_words_marked(query, text, shown):
    assert passages(query, text) == shown


def test_a_sentence_that_is_too_long_is_cut_around_its_word():
    ((text, marks),) = passages("needle", "word " * 100 + "needle " + "word " * 100)
    assert marks == ["needle"]
    assert text.startswith("…word")
    assert len(text) <= MAX_CHARS + 2


def test_there_are_at_most_three_passages_beside_the_title():
    parts = (("caption", None, "規制"), ("citation", 3, "規制"))
    assert len(passages("規制", "規制。" * 9, title="規制", parts=parts)) == 4


def test_a_passage_says_in_which_citation_or_mention_the_word_stands():
    parts = (("citation", 3, "統計:規制の推移"), ("mention", 2, "Reuters"), ("table", None, "年 規制"))
    found = snippets(word_patterns(read_query("規制 OR Reuters")), Texts("", "", parts))
    assert [(one.where, one.number) for one in found] == [("citation", 3), ("mention", 2), ("table", None)]

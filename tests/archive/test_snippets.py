"""Passages: whole sentences, right marks, no word cut."""

import pytest

from archive.snippets import MAX_CHARS, snippets, word_patterns


def passages(query, text, **parts):
    parts = {"title": "", "captions": (), "cells": ()} | parts
    found = snippets(word_patterns(query), text=text, **parts)
    return [(part.text, [part.text[start:end] for start, end in part.marks]) for part in found]


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("規制", "前文。「規制は要る」と言う。後文。", [("「規制は要る」と言う。", ["規制"])]),
        ("ai", "The aim is AI. Rain said so.", [("The aim is AI.", ["AI"])]),
        ("ai", "xAIではなくAIだ。", [("xAIではなくAIだ。", ["AI"])]),
        ("universities", "A university. Another.", [("A university.", ["university"])]),
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
    assert len(passages("規制", "規制。" * 9, title="規制", captions=("規制", "規制"))) == 4

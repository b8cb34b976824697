"""Plain text: paragraphs, and how two texts are compared."""

from archive.text import normalise, paragraphs


def test_paragraphs_are_what_blank_lines_part():
    assert paragraphs("一\n続き\n\n 二 \n \n\n三") == ["一\n続き", "二", "三"]


def test_texts_are_compared_without_width_and_case():
    assert normalise("ＧＰＴ－４ｏ\x00") == normalise("gpt-4O ")

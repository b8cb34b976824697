"""The query language: what a person types is read as it is meant, and nothing breaks it."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.query import expression, is_question, read_query


@pytest.mark.parametrize(
    ("typed", "read_as", "match"),
    [
        ("資金", "資金", '"資金"'),
        ("資金調達 規制", "資金調達 AND 規制", '"資金 金調 調達" AND "規制"'),
        ("資金　規制", "資金 AND 規制", '"資金" AND "規制"'),
        ('"chip bans"', '"chip bans"', '"chip bans"'),
        ("“chip bans”", '"chip bans"', '"chip bans"'),
        (
            "tax bans",
            "tax AND bans",
            '("tax" OR "taxes" OR "taxed" OR "taxing") AND ("bans" OR "ban" OR "banned" OR "banning")',
        ),
        ("xAI OR OpenAI", '"xai" OR "openai"', '("xai" OR "openai")'),
        ("xAI OR 規制 資金", '("xai" OR 規制) AND 資金', '("xai" OR "規制") AND "資金"'),
        ("資金 -規制", "資金 NOT 規制", '"資金" NOT "規制"'),
        ("資金 NOT 規制 融資", "資金 AND 融資 NOT 規制", '("資金" AND "融資") NOT "規制"'),
        ("title:規制", "title:規制", 'title_ngrams : "規制"'),
        ('title:"chip bans"', 'title:"chip bans"', 'title_ngrams : "chip bans"'),
        ("ドル", "ドル", '"ドルヿ"'),
        ("*ドル*", "*ドル*", '"ドル"'),
        ("gener*", "*gener*", '"gener" *'),
        ("Grok-4", "grok-4", '"grok 4"'),
        ("h.li", "h.li", '"h li"'),
    ],
)
def test_a_query_is_read_as_it_is_meant(typed, read_as, match):
    query = read_query(typed)
    assert str(query) == read_as
    assert expression(query) == match
    assert str(read_query(query.typed())) == read_as


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("資金 source:Reuters.com", "source", "reuters.com"),
        ("lang:ja", "lang", "ja"),
        ("kind:source", "kind", "source"),
        ("after:2025-11", "since", "2025-11"),
        ("before:2025-11-12", "before", "2025-11-12"),
        ("cites:sacra.com", "cites", "sacra.com"),
        ("cites:https://sacra.com/Research", "cites", "https://sacra.com/Research"),
        ("-source:reuters.com", "not_source", "reuters.com"),
        ("lang：zh-Hant", "lang", "zh-hant"),
    ],
)
def test_filters_are_taken_from_the_query(typed, name, value):
    filters = read_query(typed).filters.named()
    assert {key: found for key, found in filters.items() if found} == {name: value}


@pytest.mark.parametrize("typed", ["kind:novel 資金", "after:yesterday", "cites:nothing", "-after:2025"])
def test_a_filter_that_makes_no_sense_is_searched_as_words_and_said(typed):
    query = read_query(typed)
    assert query.filters.is_empty()
    assert "is no filter and was searched as words" in str(query.notes[0])
    assert query.terms() or query.excluded


@pytest.mark.parametrize("typed", ["", "\u3000 ", '" * ( ) : ^ -', "\x00\ud800", "OR", "-", '""', "***"])
def test_a_query_without_words_is_empty(typed):
    assert expression(read_query(typed)) == ""


@pytest.mark.parametrize(
    ("typed", "match"),
    [
        ('資金調達 "Grok-4', '"資金 金調 調達" AND "grok 4"'),
        ("(資金) AND *", '"資金"'),
        ("資金:規制", '"資金 金 規制"'),
        ("OR 資金 OR", '"資金"'),
        ("資金^2", '"資金 金 2"'),
    ],
)
def test_stray_quotes_and_operators_are_harmless(typed, match):
    assert expression(read_query(typed)) == match


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("資金調達", False),
        ("なぜ規制するのか？", True),
        ("電力需要はどうなると国際機関はみているのか", True),
        ("who raised money in the last year", True),
        ("one two three four -five", False),
    ],
)
def test_a_sentence_is_a_question(typed, answer):
    assert is_question(read_query(typed)) is answer


@pytest.fixture(scope="module")
def index():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (body_ngrams, title_ngrams, extra_ngrams, tokenize='ascii')")
    yield connection
    connection.close()


PIECES = st.sampled_from(
    [
        "資金",
        "規制",
        "ドル",
        "xAI",
        '"',
        "*",
        "(",
        ")",
        "-",
        "OR",
        "AND",
        "NOT",
        "NEAR",
        "title:",
        "lang:ja",
        "^",
        " ",
        "：",
        "+",
        "{",
    ]
)


@settings(max_examples=200, deadline=None)
@given(typed=st.text(max_size=60) | st.lists(PIECES, max_size=14).map("".join))
def test_no_text_makes_an_expression_that_sqlite_refuses(index, typed):
    query = read_query(typed)
    str(query)
    match = expression(query)
    if match:
        index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (match,)).fetchone()


@pytest.mark.parametrize("typed", ["資 " * 5000, "chips " * 5000, "a OR " * 5000, "-資 " * 5000 + "金"])
def test_a_very_long_query_is_still_one_that_sqlite_takes(index, typed):
    match = expression(read_query(typed))
    index.execute("SELECT COUNT(*) FROM t WHERE t MATCH ?", (match or '""',)).fetchone()

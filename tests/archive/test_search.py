"""Search: everything that is there is found, nothing breaks it, and it stays cheap for common words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archive.matches
from archive.model import Mention, Reference
from archive.query import is_question, read_query
from archive.search import Options, count, escape_fts, find, search
from archive.store.articles import save_article
from archive.store.search_index import count_terms

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
JA, EN, KO = "https://hyper.ai/ja/news/1", "https://hyper.ai/en/news/2", "https://example.com/report"


def found(store, query, **filters):
    return [hit.url for hit in search(store, query, **filters)]


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("資金", [JA]),
        ("資金調達", [JA]),
        ("規制", [JA]),
        ("xAI", [JA]),
        ("ｘＡＩ", [JA]),
        ("Grok-4", [JA]),
        ("grok 4", [JA]),
        ("200億ドル", [JA]),
        ("gpu", [JA]),
        ("東京都", [JA]),
        ("京都大学", []),
        ("資金 規制", [JA]),
        ("資金 融资", []),
        ("電力需要", [JA]),
        ("半導体", [JA]),
        ("投資額", [JA]),
        ("h.li", [JA]),
        ("university", [EN]),
        ("cafe Zurich", [EN]),
        ("C++", [EN]),
        ("arXiv:2501.01234", [EN]),
        ("融资", [KO]),
        ("오픈AI", [KO]),
        ("투자", [KO]),
        ("𠮷野家", [KO]),
        ("資", [JA]),
        ("無い言葉", []),
        ("", []),
        ('"', []),
    ],
)
def test_what_is_in_a_page_finds_it(filled, query, urls):
    assert found(filled, query) == urls
    assert count(filled, query) == len(urls)


def save_page(store, page, number, **changes):
    url = f"https://hyper.ai/ja/news/{number}"
    page = replace(page, url=url, canonical_url=url, **changes)
    save_article(store, page, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at=NOW)


def test_a_word_of_the_title_counts_more_than_one_of_the_text(filled, page):
    save_page(filled, page, 7, title="別の話題", text="半導体の話題である。", tables=())
    save_page(filled, page, 8, title="半導体の話題", text="別の話である。", tables=())
    hits = search(filled, "半導体")
    assert [hit.url[-1] for hit in hits] == ["8", "7", "1"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("海洋 観測", {"text": "今年の海洋観測の話をした。"}, {"text": "海洋の観測。"}),
        ("turbines", {"text": "Two turbines were shown."}, {"text": "Two turbine were shown."}),
        ("潮流", {"text": "潮流の話。", "published_at": "2025-11"}, {"text": "潮流の話。", "published_at": "2021-11"}),
        ("潮流", {"title": "潮流", "text": "話題の話。"}, {"title": "話題", "text": "潮流の話。潮流。潮流。潮流。"}),
    ],
    ids=["one phrase", "the form typed", "the newer", "the title"],
)
def test_of_two_alike_the_reader_sees_first(filled, page, query, first, second):
    """The other one has the higher number, which decides between equals."""
    plain = {"title": "無題", "tables": (), "figures": (), "references": (), "authors": ()}
    save_page(filled, page, 21, **(plain | first))
    save_page(filled, page, 22, **(plain | second))
    assert [url[-2:] for url in found(filled, query)] == ["21", "22"]


@pytest.mark.parametrize(
    ("filters", "urls"),
    [
        ({"kind": "article"}, [JA]),
        ({"kind": "source"}, []),
        ({"lang": "ja"}, [JA]),
        ({"lang": "en"}, []),
        ({"source": "hyper.ai"}, [JA]),
        ({"source": "example.com"}, []),
        ({"since": "2025-11-12"}, [JA]),
        ({"since": "2025-11-13"}, []),
        ({"until": "2025-11"}, [JA]),
        ({"until": "2025-11-11"}, []),
        ({"since": "2025-11-12", "until": "2025-11-12"}, [JA]),
        ({"limit": 0}, []),
        ({"offset": 1}, []),
    ],
)
def test_filters_narrow_what_is_found(filled, filters, urls):
    assert found(filled, "資金調達", **filters) == urls


@pytest.mark.parametrize(
    ("filters", "urls"),
    [
        ("lang:ja", [JA]),
        ("before:2025-11-12", [EN]),
        ("after:2025-11-12", [KO, JA]),
        ("after:2025-11 before:2025-12", [JA, EN]),
    ],
)
def test_filters_alone_list_the_newest(filled, filters, urls):
    assert found(filled, filters) == urls


def test_a_language_takes_its_scripts_and_regions(filled, page):
    save_page(filled, page, 7, lang="zh-Hant", text="潮流的話。", tables=())
    save_page(filled, page, 8, lang="zh", text="潮流的話。", tables=())
    assert len(found(filled, "潮流 lang:zh")) == 2
    assert len(found(filled, "潮流 lang:zh-Hant")) == 1
    assert found(filled, "潮流 -lang:zh") == []


def test_an_undated_page_is_filtered_by_its_first_capture(filled):
    assert found(filled, "융자 OR 투자") == [KO]
    assert found(filled, "투자", since="2025-12-01", until="2025-12-01") == [KO]


def test_a_common_word_is_answered_newest_first(filled, page, monkeypatch):
    monkeypatch.setattr(archive.matches, "MIN_BUDGET", 2)
    for number in range(10, 16):
        save_page(filled, page, number, published_at=f"2025-10-{number}", text="規制の話。")
    newest = [JA] + [f"https://hyper.ai/ja/news/{number}" for number in (15, 14, 13)]
    assert found(filled, "規制", limit=4) == newest
    assert found(filled, "規制", limit=2, offset=1) == newest[1:3]
    assert found(filled, "規制", until="2025-10-14", limit=1) == ["https://hyper.ai/ja/news/14"]
    assert {hit.score for hit in search(filled, "規制")} == {0.0}
    assert len(found(filled, "規")) == 7


def test_what_begins_very_many_words_is_looked_for_in_the_most_common_of_them(filled, page, monkeypatch):
    for number in range(10, 16):
        save_page(filled, page, number, text="規制の話。" if number % 2 else "規則の話。規制の話。", tables=())
    count_terms(filled)
    everywhere, inside = len(found(filled, "規")), '("規" * AND "話。") OR title_ngrams : "規" *'
    monkeypatch.setattr(archive.matches, "_BEGINNING_BUDGETS", 0)
    assert archive.matches.affordable(filled.connection, inside)[0].count('"規制"') == 2
    assert len(found(filled, "規")) == everywhere
    monkeypatch.setattr(archive.matches, "_STANDING_FOR", 1)
    answer = find(filled, "規")
    assert answer.match == '("規制")'
    assert list(map(str, answer.query.notes)) == [
        "規 begins very many words: only the most common of them are looked for"
    ]
    assert find(filled, "規制").query.notes == ()


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("xAIの資金調達はいくらになったのですか？", JA),
        ("Which universities published weights of their models?", EN),
        ("電力需要はどうなると国際機関はみているのか", JA),
    ],
)
def test_a_question_finds_the_page_that_answers_it(filled, query, url):
    assert is_question(read_query(query))
    assert found(filled, query)[0] == url
    assert count(filled, query) >= 1
    assert " OR " in find(filled, query).read_as


def test_a_question_of_which_nothing_is_known_finds_nothing(filled):
    assert found(filled, "Whatever happened to zebras?") == []


def test_a_sentence_that_stands_in_a_page_finds_that_page_alone(filled, page):
    save_page(filled, page, 7, text="額は資金調達の200億ドルにのぼるのではない。", tables=())
    assert found(filled, "額は200億ドルにのぼる") == [JA]
    assert set(found(filled, "額は300億ドルにのぼるのか")) >= {JA, "https://hyper.ai/ja/news/7"}


@pytest.mark.parametrize("budget", [1, 3000])
def test_a_question_looks_at_a_bounded_number_of_matches(filled, monkeypatch, budget):
    monkeypatch.setattr(archive.matches, "MIN_BUDGET", budget)
    assert found(filled, "xAIの資金調達はいくらになったのですか？") == [JA]


def test_a_question_of_common_words_alone_is_answered_from_the_newest(filled, page, monkeypatch):
    for name in ("matches", "answers"):
        monkeypatch.setattr(getattr(archive, name), "MIN_BUDGET", 2)
    monkeypatch.setattr(archive.answers, "_CANDIDATES", 3)
    for number in range(10, 16):
        save_page(filled, page, number, published_at=f"2025-10-{number}", text="規制の話。")
    urls = set(found(filled, "どうなるのでしょうか、規制は？"))
    assert urls == {JA, "https://hyper.ai/ja/news/15", "https://hyper.ai/ja/news/14"}


def test_passages_show_the_words_in_whole_sentences_of_the_original(filled):
    (hit,) = search(filled, "GPU 見通し 半導体 計算資源")
    shown = [(part.where, part.text, [part.text[start:end] for start, end in part.marks]) for part in hit.snippets]
    assert shown == [
        ("title", "計算資源をめぐる賭け", ["計算資源"]),
        ("caption", "図1 電力需要の見通し（国際機関）", ["見通し"]),
        ("table", "2025年 半導体 30兆円", ["半導体"]),
        ("text", "Grok-4の訓練にはＧＰＵが要る。", ["ＧＰＵ"]),
    ]


def test_a_hit_says_in_which_citation_or_mention_the_word_stands(filled, page):
    cited = (Reference(number=4, url="https://paper.example/x", text="潮流発電の論文"),)
    named = (Mention(name="潮流新聞", kind="outlet", text="潮流新聞によると", paragraph=2),)
    save_page(filled, page, 7, tables=(), references=cited, mentions=named)
    for word, where, number, text in [
        ("潮流発電", "citation", 4, "潮流発電の論文"),
        ("潮流新聞", "mention", 2, "潮流新聞"),
    ]:
        (hit,) = search(filled, word)
        assert [(one.where, one.number, one.text) for one in hit.snippets] == [(where, number, text)]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40) | st.text('"*():^-+ANDORNOT資金調達は？', max_size=20))
def test_any_text_is_a_valid_query(filled, query):
    search(filled, query)
    count(filled, query)
    filled.connection.execute("SELECT 1 FROM articles_fts WHERE articles_fts MATCH ?", (escape_fts(query),)).fetchall()


def test_datasettes_search_gets_an_expression_for_every_text():
    assert escape_fts("資金調達") == '"資金 金調 調達"'
    assert escape_fts("") == escape_fts('"*"') == '""'


def test_pages_of_hits_follow_each_other(filled):
    whole = found(filled, "の")
    assert [found(filled, "の", limit=1, offset=place)[0] for place in range(len(whole))] == whole


@pytest.mark.parametrize(
    ("spellings", "n_hits", "also", "offered"),
    [("auto", 1, [], ["融資"]), ("never", 1, [], []), ("always", 2, ["融資"], [])],
)
def test_other_spellings_are_offered_and_looked_for_when_asked(filled, page, spellings, n_hits, also, offered):
    save_page(filled, page, 7, text="融資の話。", tables=())
    answer = find(filled, "融资", options=Options(spellings=spellings))
    assert len(answer.hits) == n_hits
    assert [one.text for one in answer.also] == also
    assert [one.text for one in answer.offered] == offered


def test_what_changed_meanwhile_is_what_is_found(filled, page):
    page = replace(page, text="内容は差し替えられた。")
    seen_at = NOW + timedelta(days=1)
    save_article(filled, page, kind="article", source="hyper.ai", work_id=None, capture_id=99, seen_at=seen_at)
    assert found(filled, "資金調達") == []
    assert found(filled, "差し替え") == [JA]

"""Facets, suggestions and similar articles over a small archive, exact and sampled."""

from dataclasses import replace

import pytest

import archive.facets
import archive.matches
from archive.facets import count_facets
from archive.model import Reference
from archive.query import Filters, expression, read_query
from archive.similar import similar_articles
from archive.store.articles import save_article
from archive.store.search_index import count_terms
from archive.suggestions import did_you_mean

NOW = "2025-12-01T09:00:00Z"


def save_page(store, page, number, **changes):
    kind = changes.pop("kind", "source")
    source = changes.pop("source", "news.example")
    url = f"https://{source}/{number}"
    page = replace(page, url=url, canonical_url=url, site=source, tables=(), figures=(), **changes)
    save_article(store, page, kind=kind, source=source, capture_id=None, seen_at=NOW)


@pytest.fixture
def many(filled, page):
    for number in range(10, 40):
        month = f"2025-{number % 3 + 1:02}"
        cited = (Reference(number=1, url=f"https://cited{number % 2}.example/x", text=""),)
        save_page(filled, page, number, text="規制の話。", published_at=month, references=cited, links=())
    return filled


def found(store, typed, **filters):
    return {
        facet.name: dict(facet.values)
        for facet in count_facets(store.connection, expression(read_query(typed)), Filters(**filters)).facets
    }


def test_facets_count_every_match(many):
    counted = found(many, "規制")
    assert counted["source"] == {"news.example": 30, "hyper.ai": 1}
    assert counted["kind"] == {"source": 30, "article": 1}
    assert counted["month"] == {"2025-11": 1, "2025-03": 10, "2025-02": 10, "2025-01": 10}
    assert counted["cites"] == {"cited0.example": 15, "cited1.example": 15, "example.com": 1}
    assert "lang" not in counted


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"source": "hyper.ai"}, 1),
        ({"not_source": "hyper.ai"}, 30),
        ({"since": "2025-03", "until": "2025-03"}, 10),
        ({"before": "2025-02"}, 10),
        ({"cites": "cited0.example"}, 15),
        ({"cites": "https://cited1.example/x"}, 15),
        ({"lang": "ja"}, 31),
        ({"not_lang": "ja"}, 0),
    ],
)
@pytest.mark.parametrize("often", [0, 20_000], ids=["cited often", "cited seldom"])
def test_facets_and_hits_keep_to_the_filters(many, monkeypatch, often, filters, total):
    monkeypatch.setattr(archive.matches, "_OFTEN", often)
    match = expression(read_query("規制"))
    assert archive.matches.n_found(many.connection, match, Filters(**filters)) == (total, True)
    assert sum(found(many, "規制", **filters).get("kind", {"": total}).values()) == total


def test_very_many_matches_are_estimated_from_a_sample(many, monkeypatch):
    monkeypatch.setattr(archive.facets, "_COUNTED", 5)
    monkeypatch.setattr(archive.matches, "_COUNTED", 5)
    monkeypatch.setattr(archive.matches, "_SAMPLED", 5)
    monkeypatch.setattr(archive.matches, "_RANGES", 4)
    monkeypatch.setattr(archive.matches, "_SEEN", 8.0)
    monkeypatch.setattr(archive.matches, "_FEWEST_RANGES", 4)
    counts = count_facets(many.connection, '"規制"', Filters())
    counted = {facet.name: facet for facet in counts.facets}
    assert not counts.is_exact
    assert not counted["month"].is_exact
    assert 20 <= counts.total <= 44
    assert 20 <= sum(dict(counted["month"].values).values()) <= 44
    about, is_exact = archive.matches.n_found(many.connection, '"規制"', Filters())
    assert 20 <= about <= 44
    assert not is_exact


def test_numbers_of_cited_domains_stand_for_all_matches(many, monkeypatch):
    monkeypatch.setattr(archive.facets, "_CITING", 10)
    counted = {facet.name: facet for facet in count_facets(many.connection, '"規制"', Filters()).facets}
    assert not counted["cites"].is_exact
    assert 28 <= sum(dict(counted["cites"].values).values()) <= 34


def test_the_newest_come_from_the_newest_blocks(many, monkeypatch):
    match, filters = '"規制"', Filters()
    whole = archive.matches.newest(many.connection, match, filters, 100)
    monkeypatch.setattr(archive.matches, "_SORTED", 1)
    assert archive.matches.newest(many.connection, match, filters, 100) == whole
    assert archive.matches.newest(many.connection, match, filters, 5, 3) == whole[3:8]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("unversities", "universities"),
        ("ハド", None),
        ("ハー", "*ハー*"),
        ("資金調達計画", "資金調達"),
        ("規制 xyzzy", "規制"),
        ("規制 -融資 xyzzy", "規制 -融資"),
        ("xIA 資金調逹", '"xai" 資金調'),
        ("規制AI", "規制"),
        ("オープンAI", None),
        ("zzzzz", None),
        ("lang:ja 資金調達計", "資金調達 lang:ja"),
    ],
)
def test_a_query_without_hits_leads_to_one_with_hits(many, page, typed, meant):
    save_page(many, page, 50, title="Universities", text="Universities again. A hurdle, ハードル.")
    count_terms(many)
    query = read_query(typed)
    suggested = did_you_mean(many.connection, query, query.filters)
    assert (meant in suggested) if meant else suggested == []
    for words in suggested:
        again = read_query(words)
        assert archive.matches.is_any(many.connection, expression(again), again.filters)


def test_similar_articles_share_rare_words_or_citations(filled, page):
    cited = (Reference(number=1, url="https://rare.example/paper", text="論文"),)
    plain = {"links": (), "title": "別"}
    save_page(filled, page, 60, text="量子計算の話。ニューロン素子。", references=cited, **plain)
    save_page(filled, page, 61, text="海の話。", references=cited, **plain)
    save_page(filled, page, 62, text="量子計算の話、ニューロン素子。", references=(), **plain)
    save_page(filled, page, 63, text="山の話。", references=(), **plain)
    first = filled.connection.execute("SELECT id FROM articles WHERE url LIKE '%/60'").fetchone()[0]
    similar = similar_articles(filled.connection, first)
    urls = {one.article_id: one for one in similar}
    assert {one - first for one in urls} == {1, 2}
    assert urls[first + 1].n_shared_citations == 1
    assert "ニューロン" in urls[first + 2].shared_words
    assert similar_articles(filled.connection, 10**6) == []

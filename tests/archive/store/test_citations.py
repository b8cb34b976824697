"""Who cites what: linked whichever comes first, by address, alias, arXiv number or DOI."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.errors import AddressError
from archive.model import Link, Outcome, Reference
from archive.records import Capture, FrontierEntry
from archive.store import frontier
from archive.store.articles import save_article
from archive.store.captures import save_capture
from archive.store.citations import citations_of, cited_by, link_citations, resolve
from archive.urls import site_key, surt

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def save(store, article, url="https://hyper.ai/ja/news/1", *cited, kind="article"):
    references = tuple(Reference(number=number, url=address) for number, address in enumerate(cited, start=1))
    page = replace(article, url=url, canonical_url=url, references=references, links=(), mentions=())
    return save_article(
        store, page, kind=kind, source=site_key(url), work_id=None, capture_id=None, seen_at=NOW
    ).article_id


@pytest.mark.parametrize(
    ("cited", "held"),
    [
        ("https://www.example.com/report/", "http://example.com/report"),
        ("https://arxiv.org/abs/2501.01234", "https://arxiv.org/pdf/2501.01234v2"),
        ("https://arxiv.org/pdf/2501.01234v1", "https://arxiv.org/abs/2501.01234"),
    ],
    ids=["other spelling", "abstract cited, PDF held", "PDF cited, abstract held"],
)
@pytest.mark.parametrize("order", ["cited first", "held first"])
def test_a_cited_page_is_linked_whichever_comes_first(store, article, cited, held, order):
    if order == "held first":
        page = save(store, article, held, kind="source")
        citing = save(store, article, "https://hyper.ai/ja/news/1", cited)
    else:
        citing = save(store, article, "https://hyper.ai/ja/news/1", cited)
        page = save(store, article, held, kind="source")
    assert [row["cited_article_id"] for row in citations_of(store, citing)] == [page]
    assert [row["article_id"] for row in cited_by(store, held)] == [citing]


def test_a_doi_is_linked_to_the_page_it_names(store, article):
    page = save(store, article, "https://doi.org/10.1000/Example.1", kind="source")
    other = replace(
        article, references=(Reference(number=1, url="https://journal.example/x", doi="10.1000/example.1"),), links=()
    )
    saved = save_article(store, other, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at=NOW)
    assert citations_of(store, saved.article_id)[0]["cited_article_id"] == page


def test_a_domain_is_asked_with_its_subdomains_and_without_its_neighbours(store, article):
    save(store, article, "https://hyper.ai/ja/news/1", "https://example.com/a", "https://news.example.com:8443/b")
    save(store, article, "https://hyper.ai/ja/news/2", "https://examples.com/c", "https://example.com.au/d")
    assert [row["url"] for row in cited_by(store, "example.com")] == [
        "https://example.com/a",
        "https://news.example.com:8443/b",
    ]
    assert cited_by(store, "https://example.com/") == []
    assert cited_by(store, "nobody.example") == []


@pytest.mark.parametrize("word", ["mailto:x@example.com", "", "http://"])
def test_what_is_neither_address_nor_domain_is_refused(store, word):
    with pytest.raises(AddressError):
        cited_by(store, word)


def test_what_is_not_linked_yet_can_be_linked_at_once(store, article):
    citing = save(store, article, "https://hyper.ai/ja/news/1", "https://example.com/a", "https://example.com/b")
    page = save(store, article, "https://example.com/a", kind="source")
    store.connection.execute("UPDATE citations SET cited_article_id = NULL")
    assert resolve(store) == 1
    assert resolve(store) == 0
    assert citations_of(store, citing)[0]["cited_article_id"] == page
    assert link_citations(store, page, surt=surt("https://example.com/a"), url="https://example.com/a") == 0


def test_an_address_that_is_none_stays_as_printed(store, article):
    page = replace(article, references=(), links=(Link(url="mailto:press@example.com", text="連絡先", paragraph=1),))
    save_article(store, page, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at=NOW)
    link = citations_of(store, 1)[0]
    assert (link["url"], link["surt"]) == ("mailto:press@example.com", None)


def test_cited_sources_tell_what_became_of_each_address(store, article):
    url = "https://example.com/report"
    save(store, article, "https://hyper.ai/ja/news/1", url)
    save(store, replace(article, published_at="2025-11-20"), "https://hyper.ai/ja/news/2", url)
    frontier.add(store, [FrontierEntry(surt=surt(url), url=url, kind="cited")], now=NOW)
    for day in (13, 15):
        save_capture(store, Capture(surt=surt(url), url=url, fetched_at=f"2025-11-{day}T12:00:00Z", status=200))
    for day in (12, 16):  # no answer came: not a capture of the page
        save_capture(store, Capture(surt=surt(url), url=url, fetched_at=f"2025-11-{day}T12:00:00Z"))
    frontier.done(store, surt(url), outcome=Outcome.PAYWALLED, now=NOW)
    (row,) = store.connection.execute("SELECT * FROM cited_sources").fetchall()
    assert (row["domain"], row["state"], row["outcome"], row["n_citing"]) == ("example.com", "done", "paywalled", 2)
    assert (row["first_captured_at"], row["last_captured_at"]) == ("2025-11-13T12:00:00Z", "2025-11-15T12:00:00Z")
    assert row["hours_after_publication"] == 36.0


def test_what_sources_link_to_is_no_cited_source(store, article):
    save(store, article, "https://example.com/a", "https://example.org/b", kind="source")
    assert store.connection.execute("SELECT COUNT(*) FROM cited_sources").fetchone()[0] == 0

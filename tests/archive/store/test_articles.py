"""Saving: new, revised, unchanged; what is rewritten and what is not; aliases and canonical addresses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Precision, Reference
from archive.search import search
from archive.store import open_store
from archive.store.aliases import add_alias
from archive.store.articles import Saved, content_digest, find_article, save_article
from archive.store.revisions import revision, revision_numbers
from archive.urls import surt

NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


def save(store, article, *, capture_id=1, after_h=0, kind="article", source="hyper.ai", work_id=None):
    seen_at = NOW + timedelta(hours=after_h)
    return save_article(
        store, article, kind=kind, source=source, work_id=work_id, capture_id=capture_id, seen_at=seen_at
    )


def rows(store, table):
    return [dict(row) for row in store.connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def test_every_part_of_an_article_is_stored(store, article):
    saved = save(store, article, work_id="hyper.ai/news/1")
    assert saved == Saved(Saved.NEW, 1)
    (row,) = rows(store, "articles")
    assert (row["title"], row["authors"], row["work_id"]) == ("計算資源をめぐる賭け", '["h.li"]', "hyper.ai/news/1")
    assert (row["first_captured_at"], row["n_revisions"]) == ("2025-12-01T09:00:00Z", 1)
    assert [row["caption"] for row in rows(store, "figures")] == ["図1 電力の見通し"]
    assert rows(store, "data_tables")[0]["rows"] == '[["年", "額"], ["2025", "200億ドル"]]'
    assert [(row["position"], row["kind"], row["number"], row["surt"]) for row in rows(store, "citations")] == [
        (1, "reference", 1, "com,example)/report"),
        (2, "reference", 2, None),
        (3, "link", None, "org,example)/a"),
        (4, "caption", None, "org,example)/b"),
        (5, "mention", None, None),
    ]
    assert [(row["field"], row["message"]) for row in rows(store, "problems")] == [("category", "none found")]
    assert rows(store, "sources")[0]["key"] == "hyper.ai"


@pytest.mark.parametrize(
    ("change", "status", "n_revisions"),
    [
        ({}, Saved.UNCHANGED, 1),
        ({"text": "資金調達が相次いだ。"}, Saved.REVISED, 2),
        ({"title": "計算資源をめぐる大きな賭け"}, Saved.REVISED, 2),
        ({"text": "資金調達が相次いでいる。\n規制の行方はまだ見えない。"}, Saved.UNCHANGED, 1),
        ({"category": "情報"}, Saved.UNCHANGED, 1),
    ],
    ids=["same", "text changed", "title changed", "blanks changed", "category changed"],
)
def test_a_revision_is_kept_only_when_the_text_changed(store, article, change, status, n_revisions):
    save(store, article)
    saved = save(store, replace(article, **change), capture_id=2, after_h=1)
    assert saved.status is status
    assert store.db["revisions"].count == n_revisions
    assert rows(store, "articles")[0]["n_revisions"] == n_revisions


def test_an_unchanged_article_rewrites_one_row(store, article):
    save(store, article)
    held = {table: rows(store, table) for table in ("figures", "data_tables", "citations", "problems", "revisions")}
    before = store.connection.total_changes
    save(store, article, capture_id=2, after_h=1)
    assert store.connection.total_changes == before + 1
    assert rows(store, "articles")[0]["last_captured_at"] == "2025-12-01T10:00:00Z"
    assert rows(store, "articles")[0]["capture_id"] == 1
    assert {table: rows(store, table) for table in held} == held


def test_a_field_that_is_read_better_is_stored_without_a_revision(store, article):
    save(store, article)
    saved = save(store, replace(article, category="情報", figures=(), warnings=()), capture_id=2, after_h=1)
    assert saved.changed == ("category", "warnings", "figures")
    assert rows(store, "articles")[0]["category"] == "情報"
    assert rows(store, "figures") == rows(store, "problems") == []


def test_what_a_revised_article_no_longer_says_is_no_longer_found(store, article):
    save(store, article)
    save(store, replace(article, title="続報", text="電力が足りない。", figures=(), tables=()), capture_id=2, after_h=1)
    assert [search(store, word) for word in ("資金調達", "規制", "計算資源", "見通し", "200億ドル")] == [[]] * 5
    assert [hit.title for hit in search(store, "電力")] == ["続報"]
    store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_a_capture_that_made_a_revision_is_read_again_in_place(store, article):
    save(store, article)
    save(store, replace(article, text="改訂された本文。"), capture_id=2, after_h=1)
    save(store, replace(article, text="初めの本文、読み直し。"), capture_id=1)
    save(store, replace(article, text="改訂された本文、読み直し。"), capture_id=2, after_h=1)
    assert revision_numbers(store, 1) == [1, 2]
    assert [revision(store, 1, number).text for number in (1, 2)] == [
        "初めの本文、読み直し。",
        "改訂された本文、読み直し。",
    ]
    assert rows(store, "articles")[0]["text"] == "改訂された本文、読み直し。"
    assert [hit.article_id for hit in search(store, "読み直し")] == [1]


def test_an_older_state_never_takes_the_place_of_a_newer_one(store, article):
    save(store, article, capture_id=5, after_h=10)
    saved = save(store, replace(article, text="以前の本文。"), capture_id=6, after_h=2)
    assert saved.status is Saved.UNCHANGED
    (row,) = rows(store, "articles")
    assert (row["text"], row["n_revisions"]) == (article.text, 1)
    assert (row["first_captured_at"], row["last_captured_at"]) == ("2025-12-01T11:00:00Z", "2025-12-01T19:00:00Z")


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ({"published_at": None, "published_precision": None, "published_raw": None}, "2025-11-12"),
        ({"published_at": "2025-11", "published_precision": Precision.MONTH, "published_raw": "先月"}, "2025-11-12"),
        ({"published_at": "2025-11-13", "published_precision": Precision.DAY, "published_raw": "18日前"}, "2025-11-12"),
        (
            {"published_at": "2025-11-13", "published_precision": Precision.DAY, "published_raw": "2025年11月13日"},
            "2025-11-13",
        ),
        (
            {"published_at": "2025-11-12T08:30:00Z", "published_precision": Precision.MINUTE, "published_raw": "x"},
            "2025-11-12T08:30:00Z",
        ),
    ],
    ids=["gone", "blunter", "relative", "corrected", "sharper"],
)
def test_a_date_that_is_known_gives_way_only_to_a_better_one(store, article, later, kept):
    save(store, article)
    save(store, replace(article, **later), capture_id=2, after_h=1)
    assert rows(store, "articles")[0]["published_at"] == kept


def test_an_address_that_differs_from_the_canonical_one_becomes_an_alias(store, article):
    save(store, replace(article, url="https://hyper.ai/news/1"))
    assert [(row["surt"], row["article_id"], row["reason"]) for row in rows(store, "aliases")] == [
        ("ai,hyper)/news/1", 1, "canonical")
    ]
    assert find_article(store, "https://www.hyper.ai/news/1/") == 1
    assert save(store, article, capture_id=2, after_h=1).status is Saved.UNCHANGED


def test_an_alias_that_turns_out_to_be_an_article_is_one(store, article):
    save(store, replace(article, url="https://hyper.ai/news/1"))
    own = replace(article, url="https://hyper.ai/news/1", canonical_url="https://hyper.ai/news/1", title="別の記事")
    assert save(store, own, capture_id=2) == Saved(Saved.NEW, 2)
    assert rows(store, "aliases") == []


def test_a_canonical_address_on_another_host_is_not_believed(store, article):
    save(store, article)
    thief = replace(article, url="https://copy.example/x", text="複製", references=(), links=())
    assert save(store, thief, capture_id=2, kind="source", source="copy.example") == Saved(Saved.NEW, 2)
    assert [row["canonical_url"] for row in rows(store, "articles")] == [
        "https://hyper.ai/ja/news/1",
        "https://copy.example/x",
    ]
    assert "another host" in rows(store, "problems")[-1]["message"]


def test_an_article_of_ours_that_another_cites_stays_an_article(store, article):
    save(store, article, work_id="hyper.ai/news/1")
    save(store, article, capture_id=2, after_h=1, kind="source")
    assert (rows(store, "articles")[0]["kind"], rows(store, "articles")[0]["work_id"]) == ("article", "hyper.ai/news/1")


def test_a_redirect_is_remembered_and_links_its_citations(store, article):
    save(store, replace(article, references=(Reference(number=1, url="https://sho.rt/a"),)))
    page = replace(article, url="https://example.com/r", canonical_url="https://example.com/r", references=())
    saved = save(store, page, capture_id=2, kind="source", source="example.com")
    add_alias(store, surt("https://sho.rt/a"), "https://sho.rt/a", saved.article_id, "redirect")
    assert rows(store, "citations")[0]["cited_article_id"] == saved.article_id


@pytest.mark.parametrize("word", ["1", "https://hyper.ai/ja/news/1", "hyper.ai/ja/news/1/"])
def test_an_article_is_found_by_number_and_address(store, article, word):
    save(store, article)
    assert find_article(store, word) == 1


@pytest.mark.parametrize(
    "word", ["2", "https://hyper.ai/ja/news/2", "mailto:x@example.com", "", "99999999999999999999"]
)
def test_what_is_no_article_is_none(store, article, word):
    save(store, article)
    assert find_article(store, word) is None


def test_the_digest_of_a_text_ignores_blanks_and_compatibility_forms_alone():
    assert content_digest("ＧＰＴ－４", "a  b\n\nc") == content_digest("gpt-4", "a b c")
    assert content_digest(None, "a") != content_digest("a", "")


def test_page_and_index_commit_together(store, article):
    def fail():
        with store.transaction():
            save(store, article)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows(store, "articles") == rows(store, "citations") == []
    assert search(store, "資金調達") == []
    with open_store(store.path, read_only=True) as reader:
        assert rows(reader, "revisions") == []


def test_a_new_extractor_is_noted_only_with_what_it_reads_anew(store, article):
    save(store, replace(article, extractor="hyperai-archive 1 (a)"))
    assert save(store, replace(article, extractor="hyperai-archive 2 (b)")).changed == ()
    assert rows(store, "articles")[0]["extractor"] == "hyperai-archive 1 (a)"
    changed = replace(article, extractor="hyperai-archive 2 (b)", figures=())
    assert save(store, changed, after_h=1).changed == ("figures",)
    assert rows(store, "articles")[0]["extractor"] == "hyperai-archive 2 (b)"

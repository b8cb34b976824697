"""New articles wait for the index a while and none is lost; an index made by other rules can be rebuilt."""

from dataclasses import replace

import pytest

from archive.errors import SchemaError
from archive.search import search
from archive.store import open_store
from archive.store.articles import save_article
from archive.store.search_index import index_waiting, last_indexed, rebuild_index
from archive.store.takedowns import take_down, undo_takedown

SEEN_AT = "2025-12-01T09:00:00Z"


def save(store, article, number, text):
    url = f"https://hyper.ai/ja/news/{number}"
    changed = replace(article, url=url, canonical_url=url, text=text)
    save_article(store, changed, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at=SEEN_AT)


def found(store, word):
    return sorted(hit.article_id for hit in search(store, word))


def test_new_articles_wait_until_there_are_so_many(store, article):
    store.index_after = 3
    for number, text in enumerate(("資金調達", "半導体工場", "資金調達"), start=1):
        assert last_indexed(store.connection) == 0
        save(store, article, number, text)
    assert found(store, "資金調達") == [1, 3]
    save(store, article, 4, "資金調達")
    assert found(store, "資金調達") == [1, 3]
    index_waiting(store, at_least=1)
    assert found(store, "資金調達") == [1, 3, 4]


def test_what_changes_or_goes_while_it_waits_is_indexed_as_it_stands(store, article):
    store.index_after = 10
    save(store, article, 1, "資金調達")
    save(store, article, 1, "半導体工場")
    save(store, article, 2, "資金調達")
    take_down(store, "https://hyper.ai/ja/news/2", reason="asked", now="2025-12-02T00:00:00Z")
    index_waiting(store, at_least=1)
    assert (found(store, "資金調達"), found(store, "半導体工場")) == ([], [1])
    save(store, article, 1, "電力不足")
    assert (found(store, "半導体工場"), found(store, "電力不足")) == ([], [1])
    store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_an_article_that_comes_back_under_its_number_is_found(store, article):
    save(store, article, 1, "資金調達")
    save(store, article, 2, "半導体工場")
    take_down(store, "https://hyper.ai/ja/news/1", reason="asked", now="2025-12-02T00:00:00Z")
    assert found(store, "資金調達") == []
    undo_takedown(store, "https://hyper.ai/ja/news/1", now="2025-12-03T00:00:00Z")
    save(store, article, 1, "資金調達")
    assert found(store, "資金調達") == [1]


def test_a_part_that_is_undone_leaves_nothing_to_index(store, article):
    store.index_after = 10

    def failing():
        with store.part():
            save(store, article, 2, "半導体工場")
            raise KeyError

    with store.transaction():
        save(store, article, 1, "資金調達")
        with pytest.raises(KeyError):
            failing()
    index_waiting(store, at_least=1)
    assert (found(store, "資金調達"), found(store, "半導体工場")) == ([1], [])


def test_a_rebuilt_index_finds_what_was_there(store, article):
    save_article(store, article, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at=SEEN_AT)
    store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    store.connection.execute("UPDATE meta SET value = '0/1.1'")
    with pytest.raises(SchemaError, match="archive reindex"):
        search(store, "資金調達")
    store.close()
    with open_store(store.path, check_segmenter=False) as again:
        assert rebuild_index(again) == 1
        assert len(search(again, "資金調達")) == 1
    with open_store(store.path) as writable:
        assert len(search(writable, "見通し")) == 1

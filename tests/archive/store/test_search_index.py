"""An index made by other rules can be rebuilt."""

import pytest

from archive.errors import SchemaError
from archive.search import search
from archive.store import open_store
from archive.store.articles import save_article
from archive.store.search_index import rebuild_index


def test_a_rebuilt_index_finds_what_was_there(store, article):
    save_article(store, article, kind="article", source="hyper.ai", work_id=None, capture_id=None, seen_at="2025-12-01")
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

"""The schema says the same as the records."""

from dataclasses import fields

import pytest
from sqlite_utils import Database

from archive.errors import SchemaError
from archive.records import TABLES
from archive.search import search
from archive.store import open_store, pending_migrations
from archive.store.migrations import MIGRATIONS, migration_names
from archive.store.search_index import rebuild_index


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table_are_the_fields_of_its_record(store, table):
    assert [column.name for column in store.db[table].columns] == [field.name for field in fields(TABLES[table])]


def test_each_record_can_be_read_back_from_its_table(store):
    for table, record in TABLES.items():
        for row in store.connection.execute(f"SELECT * FROM {table} LIMIT 1"):
            record(**dict(row))


def test_an_interrupted_first_opening_is_finished_by_the_next(tmp_path):
    with open_store(tmp_path / "a.db") as store:
        store.connection.execute("DROP TABLE decisions")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_decisions'")
    assert pending_migrations(tmp_path / "a.db") == ["m006_decisions"]
    with open_store(tmp_path / "a.db") as store:
        assert store.db["decisions"].exists()
    assert pending_migrations(tmp_path / "a.db") == []


def test_every_migration_is_known_by_name():
    assert migration_names() == {f.name for f in MIGRATIONS._migrations}


def test_the_index_is_found_by_datasette_and_refuses_a_rebuild(store):
    assert store.db["articles"].detect_fts() == "articles_fts"
    with pytest.raises(Exception, match=r"no such column|SQL logic error"):
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")


def an_archive_of_the_first_release(path):
    """Write a file as release 0.1 left it: its migrations, one article, its index with the first segmenter."""
    db = Database(path)
    (anew,) = [name for name in migration_names() if name.endswith("_search_anew")]
    MIGRATIONS.apply(db, stop_before=anew)
    db["sources"].insert({"key": "hyper.ai"})
    db["articles"].insert(
        {
            "surt": "ai,hyper)/1",
            "kind": "article",
            "url": "https://hyper.ai/1",
            "canonical_url": "https://hyper.ai/1",
            "source": "hyper.ai",
            "title": "資金調達",
            "text": "ハードルは高い。",
            "published_at": "2025-11",
        }
    )
    db.conn.execute(
        "INSERT INTO articles_fts (rowid, title_ngrams, body_ngrams, extra_ngrams) VALUES (1, '資金', '', '')"
    )
    db.conn.execute("UPDATE meta SET value = '1/14.0.0' WHERE key = 'segmenter'")
    db.conn.commit()
    db.close()


def test_an_archive_of_the_first_release_is_migrated_and_its_index_rebuilt(tmp_path):
    path = tmp_path / "old.db"
    an_archive_of_the_first_release(path)
    with pytest.raises(SchemaError, match="archive migrate"):
        open_store(path, read_only=True)
    with pytest.raises(SchemaError, match="archive reindex"):
        open_store(path)
    with open_store(path, check_segmenter=False) as store:
        assert rebuild_index(store) == 1
    with open_store(path) as store:
        assert [hit.title for hit in search(store, "資金調達")] == ["資金調達"]
        assert search(store, "ドル") == []
        assert [hit.title for hit in search(store, "*ドル* kind:article after:2025-11")] == ["資金調達"]

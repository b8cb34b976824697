"""The schema says the same as the records."""

from dataclasses import fields

import pytest

from archive.records import TABLES
from archive.store import open_store, pending_migrations
from archive.store.migrations import MIGRATIONS, migration_names


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_of_a_table_are_the_fields_of_its_record(store, table):
    assert [column.name for column in store.db[table].columns] == [field.name for field in fields(TABLES[table])]


def test_each_record_can_be_read_back_from_its_table(store):
    for table, record in TABLES.items():
        for row in store.connection.execute(f"SELECT * FROM {table} LIMIT 1"):
            record(**dict(row))


def test_an_interrupted_first_opening_is_finished_by_the_next(tmp_path):
    with open_store(tmp_path / "a.db") as store:
        store.connection.execute("DROP VIEW cited_sources")
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm004_cited_sources'")
    assert pending_migrations(tmp_path / "a.db") == ["m004_cited_sources"]
    with open_store(tmp_path / "a.db") as store:
        assert "cited_sources" in store.db.view_names()
    assert pending_migrations(tmp_path / "a.db") == []


def test_every_migration_is_known_by_name():
    assert migration_names() == {f.name for f in MIGRATIONS._migrations}


def test_the_index_is_found_by_datasette_and_refuses_a_rebuild(store):
    assert store.db["articles"].detect_fts() == "articles_fts"
    with pytest.raises(Exception, match=r"no such column|SQL logic error"):
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")

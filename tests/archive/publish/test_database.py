"""What table pages count is counted once for all readers, and again when the archive has changed."""

import asyncio

import pytest

from archive.publish import database
from archive.publish.site import make_datasette
from archive.settings import Config
from archive.store import open_store
from tests.archive.publish.conftest import fill


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "archive.db"
    with open_store(path) as store:
        fill(store)
    return path


def total(datasette):
    answer = asyncio.run(datasette.client.get("/archive/articles.json?_facet=lang"))
    facet = answer.json()["facet_results"]["lang"]["results"]
    return answer.json()["filtered_table_rows_count"], {each["value"]: each["count"] for each in facet}


def forget(db, number):
    with open_store(db) as store, store.transaction():
        store.connection.execute("DELETE FROM articles WHERE id = :id", {"id": number})


def test_counts_are_told_anew_when_the_archive_has_changed(db, monkeypatch):
    monkeypatch.setattr(database, "REMEMBERED_S", 0.0)
    datasette = make_datasette(Config(db=str(db)))
    assert total(datasette) == total(datasette) == (3, {"en": 2, "ja": 1})
    forget(db, 1)
    assert total(datasette) == (2, {"en": 2})


def test_while_a_crawl_writes_counts_may_be_some_seconds_old(db):
    datasette = make_datasette(Config(db=str(db)))
    assert total(datasette)[0] == 3
    forget(db, 1)
    assert total(datasette)[0] == 3


def test_the_overview_counts_no_table_of_the_index(db):
    answer = asyncio.run(make_datasette(Config(db=str(db))).client.get("/archive.json"))
    counts = {table["name"]: table["count"] for table in answer.json()["tables"]}
    assert counts["articles"] == 3
    assert not any(name.startswith("articles_fts") for name in counts)

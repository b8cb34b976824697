"""Opening: what is made, what is refused and in which words; transactions."""

import os
import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import LockedError, SchemaError, StoreError
from archive.segments import SEGMENTER_VERSION
from archive.store import copy_database, has_wal_reset_fix, open_store, store_error


def test_a_new_file_is_an_archive_that_opens_again(tmp_path):
    path = tmp_path / "new archive #1?.db"
    with open_store(path) as store:
        assert store.db["articles"].exists()
    with open_store(path, read_only=True) as store:
        assert store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == 0


def test_an_empty_file_becomes_an_archive(tmp_path):
    (tmp_path / "a.db").touch()
    with open_store(tmp_path / "a.db") as store:
        assert store.db["frontier"].exists()


def test_readers_see_the_archive_while_it_is_written(store):
    with store.transaction(), open_store(store.path, read_only=True) as reader:
        store.connection.execute("INSERT INTO sources (key) VALUES ('hyper.ai')")
        assert reader.connection.execute("SELECT COUNT(*) FROM sources").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("version", "is_free"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_it_is_known_which_sqlite_has_the_wal_reset_bug(version, is_free):
    assert has_wal_reset_fix(version) is is_free


def test_a_reader_neither_writes_nor_checkpoints(store):
    """What the WAL-reset bug takes is a second connection that does; here readers come and go beside the writer."""
    add_source(store, "hyper.ai")
    files = [store.path, Path(f"{store.path}-wal")]
    before = [file.read_bytes() for file in files]
    assert len(before[1]) > 0
    for _ in range(3):
        with open_store(store.path, read_only=True) as reader:
            assert reader.connection.execute("SELECT COUNT(*) FROM sources").fetchone()[0] == 1
            with pytest.raises(StoreError, match="read-only"), reader.transaction():
                reader.connection.execute("INSERT INTO sources (key) VALUES ('a')")
    assert [file.read_bytes() for file in files] == before


def not_a_database(path):
    path.write_bytes(b"%PDF-1.7 not a database at all, but long enough to have a header" * 20)


def another_program(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


def a_newer_release(path):
    open_store(path).close()
    db = Database(path)
    db["_sqlite_migrations"].insert({"migration_set": "hyperai_archive", "name": "m999_from_later", "applied_at": "x"})
    db.close()


def another_segmenter(path):
    with open_store(path) as store:
        store.connection.execute("UPDATE meta SET value = '0/1.1' WHERE key = 'segmenter'")


def a_folder(path):
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (not_a_database, SchemaError, "not a SQLite database"),
        (another_program, SchemaError, "not an archive (it has bookmarks)"),
        (a_newer_release, SchemaError, "m999_from_later"),
        (another_segmenter, SchemaError, "archive reindex"),
        (a_folder, StoreError, "is a folder"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(tmp_path, make, error, words):
    path = tmp_path / "a.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error) as raised:
        open_store(path)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize(
    ("place", "options", "words"),
    [
        ("missing.db", {"create": False}, "there is no archive at"),
        ("missing.db", {"read_only": True}, "there is no archive at"),
        ("no/such/folder/a.db", {}, "there is no folder"),
    ],
)
def test_what_is_not_there_is_named(tmp_path, place, options, words):
    with pytest.raises(StoreError, match=words):
        open_store(tmp_path / place, **options)
    assert not (tmp_path / place).exists()


def test_a_damaged_archive_says_so_when_it_is_read(tmp_path):
    path = tmp_path / "a.db"
    with open_store(path) as store:
        store.connection.executemany(
            "INSERT INTO sources (key, name) VALUES (?, ?)", [(f"s{n}", "x" * 200) for n in range(500)]
        )
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096 * 20 :] = b"\xff" * (len(data) - 4096 * 20)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"), open_store(path, read_only=True) as store:
        store.connection.execute("SELECT SUM(LENGTH(name)) FROM sources NOT INDEXED").fetchall()


def test_a_locked_archive_says_so(store, monkeypatch):
    monkeypatch.setattr("archive.store.BUSY_TIMEOUT_S", 0.01)
    with store.transaction(), open_store(store.path, check_segmenter=False) as second:
        with pytest.raises(LockedError, match="locked by another process"), second.transaction():
            pass
        assert not second.connection.in_transaction


def test_a_full_disk_says_so_and_undoes_the_transaction(store):
    n_pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {n_pages}")
    with pytest.raises(StoreError, match=r"disk .* is full"), store.transaction():
        store.connection.execute("INSERT INTO sources (key, name) VALUES ('a', :name)", {"name": "x" * 100_000})
    assert store.connection.execute("SELECT COUNT(*) FROM sources").fetchone()[0] == 0
    with store.transaction():
        store.connection.execute("INSERT INTO sources (key) VALUES ('b')")


def test_a_file_opened_for_reading_is_not_written(tmp_path):
    open_store(tmp_path / "a.db").close()
    with (
        pytest.raises(StoreError, match="read-only"),
        open_store(tmp_path / "a.db", read_only=True) as store,
    ):
        store.connection.execute("INSERT INTO sources (key) VALUES ('a')")


def test_an_unknown_error_of_sqlite_keeps_its_words(tmp_path):
    assert str(store_error(sqlite3.Error("something else"), tmp_path)).endswith("something else")


def add_source(store, key, *, then_fail=False):
    with store.transaction():
        store.connection.execute("INSERT INTO sources (key) VALUES (:key)", {"key": key})
        if then_fail:
            raise KeyError(key)


def keys(store):
    return [row[0] for row in store.connection.execute("SELECT key FROM sources ORDER BY key")]


def test_a_part_that_fails_undoes_itself_alone(store):
    with store.transaction():
        add_source(store, "first")
        with pytest.raises(KeyError), store.part():
            add_source(store, "inner", then_fail=True)
        add_source(store, "second")
    assert keys(store) == ["first", "second"]


def test_what_is_half_written_is_never_committed(store):
    def swallowing():
        with store.transaction():
            with pytest.raises(KeyError):
                add_source(store, "inner", then_fail=True)
            add_source(store, "second")

    with pytest.raises(StoreError, match="nothing of it was stored"):
        swallowing()
    assert keys(store) == []
    add_source(store, "third")
    assert keys(store) == ["third"]


def test_what_is_left_for_the_commit_is_undone_with_its_part(store):
    insert = "INSERT INTO sources (key) VALUES (:key)"

    def failing_part():
        with store.part():
            store.at_commit(lambda: store.connection.execute(insert, {"key": "undone"}))
            raise KeyError

    with store.transaction():
        store.at_commit(lambda: store.connection.execute(insert, {"key": "late"}))
        with pytest.raises(KeyError):
            failing_part()
        assert keys(store) == []
    assert keys(store) == ["late"]


def test_an_outer_transaction_that_fails_undoes_all(store):
    def both():
        with store.transaction():
            add_source(store, "inner")
            add_source(store, "outer", then_fail=True)

    with pytest.raises(KeyError):
        both()
    assert keys(store) == []


def test_a_copy_is_whole_or_not_made(store, tmp_path):
    store.connection.execute("INSERT INTO sources (key) VALUES ('a')")
    copy_database(store, tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db", read_only=True) as copy:
        assert copy.connection.execute("SELECT key FROM sources").fetchone()[0] == "a"
    with pytest.raises(StoreError):
        copy_database(store, tmp_path / "no" / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_the_segmenter_is_written_into_the_file(store):
    assert store.connection.execute("SELECT value FROM meta WHERE key = 'segmenter'").fetchone()[0] == SEGMENTER_VERSION


def test_a_signal_is_heard_in_the_middle_of_a_long_statement(store):
    """Python's own handler runs, as it must to end a crawl that checks a large file."""
    heard = []

    def stop(*_: object) -> None:
        heard.append(True)
        store.connection.interrupt()

    before = signal.signal(signal.SIGTERM, stop)
    timer = threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGTERM])
    timer.start()
    try:
        with pytest.raises(StoreError, match="stopped; what was stored is intact"), store.transaction():
            store.connection.execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) "
                "SELECT MAX(i) FROM n"
            ).fetchone()
    finally:
        timer.join()
        signal.signal(signal.SIGTERM, before)
    assert heard

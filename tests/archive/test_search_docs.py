"""docs/search.md: every line of the table of queries is read as it says, and the SQL for a file without us works."""

import re
import sqlite3
from pathlib import Path

import pytest

from archive.query import read_query

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| `(.+?)` \| `(.+?)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("typed", "read_as"), LINES, ids=[typed for typed, _ in LINES])
def test_a_query_is_read_as_the_page_says(typed, read_as):
    assert str(read_query(typed)) == read_as


def test_the_page_has_its_table():
    assert len(LINES) == 16


def test_the_sql_of_the_page_finds_in_a_file_opened_without_this_package(filled):
    """Python's own sqlite3, no function of ours on the connection."""
    filled.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain = sqlite3.connect(filled.path)
    titles = [plain.execute(sql).fetchall() for sql in re.findall(r"^SELECT .*;$", PAGE, re.MULTILINE)]
    plain.close()
    assert titles == [[("計算資源をめぐる賭け",)], [("計算資源をめぐる賭け",)]]

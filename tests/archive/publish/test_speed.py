"""No page reads a whole table: what each page asks SQLite goes along an index, or through a handful of rows."""

import asyncio
import re

import pytest

from archive.publish.site import make_datasette
from archive.settings import Config
from archive.store import open_store

LARGE = (
    "articles|revisions|citations|captures|frontier|problems|figures|data_tables|aliases|cited_sources|cited_addresses"
)
WHOLE = re.compile(rf"SCAN ({LARGE})\b(?! USING (COVERING )?INDEX (revisions_changed|articles_newest\w*))")
PAGES = [
    "/", "/article/1", "/article/3", "/article/1/state/1", "/article/1/changes/1/2", "/article/1/graph",
    "/article/3/graph", "/cited?url=https://news.example/2025/10/old", "/source/stats.example", "/sources", "/timeline",
    "/timeline/2025-11", "/pictures", "/pictures/cited.csv", "/runs", "/about",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_page_reads_a_whole_table(archive_file, path):
    datasette = make_datasette(Config(db=str(archive_file)))
    asked = set()
    prepare = datasette._prepare_connection

    def prepare_and_note(connection, name):
        prepare(connection, name)
        connection.set_trace_callback(asked.add)

    datasette._prepare_connection = prepare_and_note
    assert asyncio.run(datasette.client.get(path)).status_code == 200
    statements = [sql for sql in asked if re.match(r"\s*(SELECT|WITH)\b", sql, re.IGNORECASE)]
    assert statements
    with open_store(archive_file, read_only=True) as store:
        plans = {
            f"{step[3]} in {' '.join(sql.split())[:200]}"
            for sql in statements
            for step in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        }
    assert not {plan for plan in plans if WHOLE.search(plan)}

"""Exports: every table, the same bytes each time, whole or not at all."""

import csv
import io
import json

import pytest

from archive.errors import ExportChoiceError, ExportError
from archive.export import FORMATS, since_instant, tables, whole_file, write_all, write_table


def exported(store, table, fmt, **options):
    out = io.StringIO(newline="")
    n_rows = write_table(store.connection, table, fmt, out, **options)
    return n_rows, out.getvalue()


@pytest.mark.parametrize("table", tables())
def test_every_table_says_the_same_in_every_format(filled, table):
    n_rows, as_json = exported(filled, table, "json")
    lines = exported(filled, table, "jsonl")[1].splitlines()
    as_csv = list(csv.DictReader(io.StringIO(exported(filled, table, "csv", raw_csv=True)[1], newline="")))
    rows = json.loads(as_json)
    assert [json.loads(line) for line in lines] == rows
    assert len(rows) == len(as_csv) == n_rows
    plain = [
        {name: value if isinstance(value, str) else "" if value is None else str(value) for name, value in row.items()}
        for row in rows
        if not any(isinstance(value, list | dict) for value in row.values())
    ]
    assert plain == [row for row, whole in zip(as_csv, rows, strict=True) if not _is_nested(whole)]


def _is_nested(row):
    return any(isinstance(value, list | dict) for value in row.values())


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_archive_gives_the_same_bytes(filled, fmt):
    assert [exported(filled, table, fmt) for table in tables()] == [exported(filled, table, fmt) for table in tables()]


def test_arrays_are_arrays_and_characters_are_themselves(filled):
    rows = json.loads(exported(filled, "articles", "json")[1])
    assert (rows[0]["authors"], rows[0]["headings"], rows[0]["title"]) == (["h.li"], [], "計算資源をめぐる賭け")
    assert json.loads(exported(filled, "data_tables", "json")[1])[0]["rows"][1] == ["2025年", "半導体 30兆円"]
    assert json.loads(exported(filled, "runs", "json")[1])[0]["counts"] == {"fetched": 3}
    assert "計算資源" in exported(filled, "articles", "jsonl")[1]


def test_all_tables_are_one_object(filled):
    out = io.StringIO()
    n_rows = write_all(filled.connection, out)
    whole = json.loads(out.getvalue())
    assert tuple(whole) == tables()
    assert sum(map(len, whole.values())) == n_rows
    assert whole["cited_sources"][0]["surt"] == "com,example)/report"


def test_an_empty_table_is_still_valid(store):
    assert exported(store, "articles", "json") == (0, "[]\n")
    assert exported(store, "articles", "jsonl") == (0, "")
    assert exported(store, "sources", "csv") == (0, "key,name,home,language,policy,reason,browser\r\n")


@pytest.mark.parametrize(
    ("since", "urls"),
    [
        ("1", ["1", "2", "t"]),
        ("2025-12-01T09:01:00Z", ["2", "t"]),
        ("2025-12-01T18:02:00+09:00", ["t"]),
        ("2025-12-02", []),
    ],
)
def test_a_cursor_leaves_out_what_was_seen_before(filled, since, urls):
    rows = json.loads(exported(filled, "articles", "json", since=since)[1])
    assert [row["url"][-1] for row in rows] == urls
    for table in tables():
        exported(filled, table, "csv", since=since)


@pytest.mark.parametrize("cursor", ["99", "yesterday", "", "99999999999999999999"])
def test_a_cursor_that_means_nothing_is_refused(filled, cursor):
    with pytest.raises(ExportChoiceError):
        since_instant(filled.connection, cursor)


@pytest.mark.parametrize(
    ("table", "fmt"), [("nope", "json"), ("articles; DROP TABLE runs", "csv"), ("articles", "xml")]
)
def test_a_table_or_format_that_is_not_there_names_those_that_are(filled, table, fmt):
    with pytest.raises(ExportChoiceError, match=r"articles, revisions|json, jsonl, csv"):
        exported(filled, table, fmt)


def test_csv_disarms_formulas_and_nothing_else(filled):
    filled.connection.execute("UPDATE citations SET text = ' @SUM(1)' WHERE position = 2")
    plain = list(csv.DictReader(io.StringIO(exported(filled, "citations", "csv", raw_csv=True)[1], newline="")))
    safe = list(csv.DictReader(io.StringIO(exported(filled, "citations", "csv")[1], newline="")))
    assert [row["text"] for row in plain] == ["=HYPERLINK(1)", " @SUM(1)"]
    assert [row["text"] for row in safe] == ["'=HYPERLINK(1)", "' @SUM(1)"]
    assert [row["url"] for row in safe] == [row["url"] for row in plain]
    assert "'" not in exported(filled, "citations", "json")[1]


def test_a_file_that_fails_leaves_the_old_one_and_no_trace(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old", encoding="utf-8")

    def fail():
        with whole_file(path) as out:
            out.write("new")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    with whole_file(path) as out:
        out.write("new")
    assert path.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("place", ["no/such/folder/out.json", ""])
def test_a_place_that_cannot_be_written_is_named(tmp_path, place):
    with pytest.raises(ExportError, match="cannot be written"), whole_file(tmp_path / place):
        pass
    assert list(tmp_path.iterdir()) == []

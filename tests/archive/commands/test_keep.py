"""export, verify, backup and migrate as a person uses them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.export import tables
from archive.store import open_store


def test_a_table_goes_to_standard_output_or_a_file(command):
    status, out, _ = command("export", "articles", "--format", "jsonl")
    assert status == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 2, 3]
    said = "3 rows of articles written to articles.jsonl\n"
    assert command("export", "articles", "--format", "jsonl", "-o", "articles.jsonl") == (0, said, "")
    assert Path("articles.jsonl").read_text(encoding="utf-8") == out


def test_all_tables_go_to_a_folder_or_one_object(command):
    assert command("export", "--all", "--format", "csv", "-o", "out/csv")[0] == 0
    assert sorted(path.stem for path in Path("out/csv").iterdir()) == sorted(tables())
    assert tuple(json.loads(command("export", "--all")[1])) == tables()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("nope",), 2, "there is no table 'nope'; choose from sources, seeds"),
        (("articles", "--format", "xml"), 2, "there is no format 'xml'; choose from json, jsonl, csv"),
        (("--all", "--format", "xml", "-o", "out"), 2, "there is no format 'xml'"),
        ((), 2, "name one table, or --all"),
        (("articles", "--all"), 2, "name one table, or --all"),
        (("--all", "--format", "csv"), 2, "name their folder with -o"),
        (("articles", "--since", "77"), 2, "there is no run 77"),
        (("articles", "-o", "."), 1, "is a folder"),
        (("articles", "-o", "no/such/a.json"), 1, "cannot be written"),
    ],
)
def test_an_export_that_cannot_be_is_one_line(command, words, status, said):
    found, out, err = command("export", *words)
    assert (found, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_failed_export_leaves_the_file_as_it_was(command):
    Path("kept.json").write_text("old", encoding="utf-8")
    assert command("export", "articles", "--since", "77", "-o", "kept.json")[0] == 2
    assert Path("kept.json").read_text(encoding="utf-8") == "old"


def test_a_reader_that_goes_away_is_no_error(filled):
    filled.connection.executemany(
        "INSERT INTO sources (key, name) VALUES (?, ?)", [(f"s{n}.example", "x" * 500) for n in range(2000)]
    )
    export = subprocess.Popen(
        [sys.executable, "-m", "archive", "--db", str(filled.path), "export", "sources", "--format", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    export.stdout.readline()
    export.stdout.close()
    assert export.stderr.read() == b""
    export.stderr.close()
    assert export.wait(timeout=60) == 0


def test_verify_says_what_was_checked_and_fails_on_a_fault(command, filled):
    assert command("verify") == (0, f"3 bodies checked, {_n_bytes(filled)} bytes: no fault\n", "")
    filled.connection.execute("UPDATE captures SET payload_digest = 'sha1:WRONG' WHERE id = 2")
    status, out, _ = command("verify")
    assert status == 1
    assert out.startswith("capture 2 (https://hyper.ai/en/news/2): the body has digest sha1:")
    assert json.loads(command("verify", "--json")[1])["n_bodies"] == 3


def _n_bytes(store):
    return store.connection.execute("SELECT SUM(n_bytes) FROM captures").fetchone()[0]


def test_a_backup_is_an_archive_and_may_take_the_captures_along(command):
    status, out, _ = command("backup", "copy.db")
    assert status == 0
    assert "--captures" in out
    assert command("search", "資金調達", "--db", "copy.db")[1].startswith("1. ")
    Path("folder").mkdir()
    assert "copied 1 WARC files" in command("backup", "folder", "--captures")[1]
    assert command("verify", "--db", "folder/archive.db")[0] == 0
    assert "copied 0 WARC files" in command("backup", "folder", "--captures")[1]


def test_a_backup_onto_the_archive_itself_is_refused(command):
    status, _, err = command("backup", "archive.db")
    assert status == 2
    assert "the archive itself" in err
    assert command("backup", "no/such/folder/x.db")[0] == 1


def test_migrate_says_when_there_is_nothing_to_do(command):
    assert command("migrate") == (0, "archive.db is up to date\n", "")


def test_migrate_applies_what_an_older_release_lacked(command, filled):
    filled.connection.execute("DROP TABLE decisions")
    filled.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_decisions'")
    status, _, err = command("status")
    assert status == 1
    assert "archive migrate" in err
    assert command("migrate")[1] == "applied m006_decisions\n"
    assert command("status")[0] == 0


def test_an_index_of_another_segmenter_is_rebuilt_on_request(command, filled):
    filled.connection.execute("UPDATE meta SET value = '0/1.1' WHERE key = 'segmenter'")
    status, _, err = command("search", "資金")
    assert status == 1
    assert "archive reindex" in err
    assert command("reindex")[1] == "search index rebuilt: 3 articles\n"
    assert json.loads(command("reindex", "--json")[1]) == {"n_indexed": 3}
    filled.connection.execute("UPDATE meta SET value = '0/1.1' WHERE key = 'segmenter'")
    assert "search index rebuilt: 3 articles" in command("migrate")[1]
    open_store(filled.path).close()

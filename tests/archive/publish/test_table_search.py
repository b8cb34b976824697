"""A plain `datasette archive.db`, with nothing of ours but the installed package, finds Japanese in its tables."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize("word", ["資金調達", "規制", "xAI", "Grok-4"])
def test_the_table_page_of_a_plain_datasette_finds_the_word(demo_archive, word):
    path = f"/archive/articles.json?_search={word}&_shape=array&_col=text&_col=title"
    command = [sys.executable, "-m", "datasette", str(demo_archive.db), "--get", path]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found
    assert any(word in row["title"] + row["text"] for row in found)


def test_other_databases_are_left_alone(tmp_path):
    import sqlite3

    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE VIRTUAL TABLE notes USING fts4(body)")
    other.execute("INSERT INTO notes VALUES ('quote \" here')")
    other.commit()
    other.close()
    path = "/other/notes.json?_search=quote&_shape=array"
    command = [sys.executable, "-m", "datasette", str(tmp_path / "other.db"), "--get", path]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert [row["body"] for row in found] == ['quote " here']

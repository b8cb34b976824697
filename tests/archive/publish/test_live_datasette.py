"""A live Datasette over a loopback socket finds what readers ask for: with our plugin, without it, and our own site.

The same is asked of Datasette 1.0 where DATASETTE_NEXT_PYTHON names a Python that has it beside this package
(CONTRIBUTING.md); it is left out elsewhere.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from archive.model import Article
from archive.store import open_store
from archive.store.articles import save_article

TEXTS = {
    "ja": "政府は規制を見直す。資金は海外から集まった。",
    "names": "xAIのGrok-4は200億ドルで訓練された。",
    "zh": "公司完成新一轮融资。",
    "ko": "정부의 투자가 늘었다.",
    "en": "Exporters fear chip bans. Prices rose.",
    "traps": "ハードル規則。資本金。Grok 3、120億ドル。融資。bans on chip makers. 투명한 자본. xAIRE.",
}
FOUND = {
    "規制": ["ja"],
    "資金": ["ja"],
    "xAI": ["names"],
    "Grok-4": ["names"],
    "200億ドル": ["names"],
    "融资": ["zh"],
    "투자": ["ko"],
    '"chip bans"': ["en"],
    "資金 規制": ["ja"],
    "ドル -Grok": [],
    "ドル": ["names", "traps"],
}
PLAIN = {"規制": ["ja"], "資金": ["ja"], "xai": ["names"], "融资": ["zh"], "투자": ["ko"], "chip": ["en", "traps"]}


@pytest.fixture(scope="module")
def words_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("live") / "words.db"
    with open_store(path) as store:
        for title, text in TEXTS.items():
            url = f"https://news.example/{title}"
            one = Article(url=url, canonical_url=url, site="news.example", title=title, text=text)
            save_article(store, one, kind="source", source="news.example", capture_id=None, seen_at="2025-12-15")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="module", params=["installed", "1.0"])
def python(request):
    if request.param == "installed":
        return sys.executable
    found = os.environ.get("DATASETTE_NEXT_PYTHON")
    if not found:
        pytest.skip("DATASETTE_NEXT_PYTHON names no Python with Datasette 1.0")
    return found


@contextmanager
def running(command, **environment):
    """Run a server on a free port and give its address."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
    try:
        said = []
        for line in server.stdout:
            said.append(line)
            if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield address[0]
                break
        else:
            pytest.fail("".join(said))
    finally:
        server.terminate()
        server.communicate(timeout=20)


def titles(address, path, **arguments):
    with urlopen(f"{address}{path}?{urlencode(arguments)}") as answer:
        found = json.load(answer)
    return sorted(row["title"] for row in (found["hits"] if isinstance(found, dict) else found))


def datasette(python, file):
    return [python, "-W", "ignore", "-m", "datasette", "serve", str(file), "--port", "0"]


def test_the_tables_of_a_live_datasette_find_exactly_what_holds_the_words(python, words_file):
    with running(datasette(python, words_file)) as address:
        found = {
            word: titles(address, "/words/articles.json", _search=word, _shape="array", _col="title") for word in FOUND
        }
    assert found == FOUND


def test_our_own_site_finds_exactly_what_holds_the_words(python, words_file):
    command = [python, "-W", "ignore", "-m", "archive", "serve", "--db", str(words_file), "--port", "0"]
    with running(command) as address:
        found = {word: titles(address, "/-/search.json", q=word, spellings="never") for word in FOUND}
    assert found == FOUND


def test_a_datasette_without_this_package_finds_words_of_two_characters(python, words_file):
    with running(datasette(python, words_file), DATASETTE_LOAD_PLUGINS="") as address:
        found = {
            word: titles(address, "/words/articles.json", _search=word, _shape="array", _col="title") for word in PLAIN
        }
        pairs = titles(
            address,
            "/words/articles.json",
            _search='"200 億 億ド ドル"',
            _searchmode="raw",
            _shape="array",
            _col="title",
        )
        everything = titles(address, "/words/articles.json", _shape="array", _col="title")
    assert found == PLAIN
    assert pairs == ["names"]
    assert everything == sorted(TEXTS)


def test_plain_sqlite_answers_select_and_match(words_file):
    plain = sqlite3.connect(words_file)
    sql = "SELECT title FROM articles JOIN articles_fts ON articles_fts.rowid = articles.id WHERE articles_fts MATCH ?"
    found = {word: sorted(row[0] for row in plain.execute(sql, (f'"{word}"',))) for word in PLAIN}
    everything = sorted(row[0] for row in plain.execute("SELECT title FROM articles"))
    plain.close()
    assert found == PLAIN
    assert everything == sorted(TEXTS)


def test_a_stray_rebuild_fails_loudly_and_loses_nothing(words_file):
    plain = sqlite3.connect(words_file)
    with pytest.raises(sqlite3.OperationalError, match=r"no such column|SQL logic error"):
        plain.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    plain.rollback()
    sql = "SELECT COUNT(*) FROM articles_fts WHERE articles_fts MATCH '規制'"
    assert plain.execute(sql).fetchone() == (1,)
    plain.close()

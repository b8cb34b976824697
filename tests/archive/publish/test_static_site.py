"""The reading site as files: it opens from disk, leads only to what is there, and is written where it changed."""

import html
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pytest

from archive.cli import run
from archive.publish.static_pages import file_of, is_exported
from archive.publish.static_site import Choices, publish_site
from archive.settings import Config
from archive.store import open_store
from archive.store.articles import save_article
from archive.store.takedowns import take_down
from tests.archive.publish.conftest import JAPANESE, NOW, fill


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "archive.db"
    with open_store(path) as store:
        fill(store)
    return path


def publish(db, folder, **choices):
    return publish_site(Config(db=str(db), title="Kept"), folder, Choices(**choices))


def texts(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def broken(folder):
    """Return (file, link) of every link that leads to no file."""
    found = set()
    for name, text in texts(folder).items():
        if not name.endswith(".html"):
            continue
        for link in re.findall(r'<[^>]+\s(?:href|src|action)="([^"]*)"', text):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = Path(os.path.normpath(folder / Path(name).parent / unquote(parts.path)))
            if parts.path.startswith("/") or not target.is_file() or folder not in target.parents:
                found.add((name, link))
    return found


def test_every_link_of_the_files_leads_to_a_file_and_nothing_needs_a_server(db, tmp_path):
    publish(db, tmp_path / "site")
    files = texts(tmp_path / "site")
    assert {"index.html", "article/1.html", "article/3.html", "source/hyper.ai.html", "articles.html"} <= set(files)
    assert "static/archive.css" in files
    assert broken(tmp_path / "site") == set()
    for name, text in files.items():
        if name.endswith(".html"):
            assert "<form" not in text
            assert "<script" not in text
            assert "archive.example" not in text
    assert 'href="../article/3.html"' in files["article/1.html"].replace('"3.html"', '"../article/3.html"')
    assert "articles/2025-11.html" in files["articles.html"]
    assert "200億円の資金調達、規制の行方" in files["articles/2025-11.html"]
    assert 'href="articles.html">All articles' in files["index.html"]


def test_only_what_changed_is_written_again(db, tmp_path):
    first = publish(db, tmp_path / "site")
    assert first.n_written >= first.n_pages - 1 > 8
    assert publish(db, tmp_path / "site").n_written == 0
    before = texts(tmp_path / "site")
    with open_store(db) as store:
        other = replace(JAPANESE, url=f"{JAPANESE.url}1", canonical_url=f"{JAPANESE.url}1", title="半導体の新工場")
        save_article(store, other, kind="article", source="hyper.ai", capture_id=None, seen_at="2026-01-01T00:00:00Z")
    again = publish(db, tmp_path / "site")
    after = texts(tmp_path / "site")
    changed = {name for name in after if after[name] != before.get(name) and name.endswith(".html")}
    assert {"article/4.html", "index.html", "articles/2025-11.html"} <= changed
    assert "static/archive.css" not in changed
    assert again.n_written < first.n_written
    assert broken(tmp_path / "site") == set()


def test_what_was_taken_down_leaves_the_files(db, tmp_path):
    publish(db, tmp_path / "site", with_data=True, public_url="https://kept.example/a/")
    assert any("対話エンジン" in text for text in texts(tmp_path / "site").values())
    with open_store(db) as store:
        take_down(store, JAPANESE.url, reason="a wish", now=NOW)
    report = publish(db, tmp_path / "site", with_data=True, public_url="https://kept.example/a/")
    assert report.n_removed >= 1
    assert [name for name, text in texts(tmp_path / "site").items() if "対話エンジン" in text] == []
    assert [name for name, text in texts(tmp_path / "site").items() if "規制の行方" in text] == []


def test_wishes_that_headers_carry_stand_in_the_file(db, tmp_path):
    with open_store(db) as store, store.transaction():
        store.connection.execute("UPDATE articles SET opt_out = 'noindex noai tdm' WHERE id = 2")
    publish(db, tmp_path / "site")
    files = texts(tmp_path / "site")
    assert '<meta name="robots" content="noindex, noai">' in files["article/2.html"]
    assert '<meta name="tdm-reservation" content="1">' in files["article/2.html"]
    assert "20 billion yen" not in files["articles/2025-11.html"]


def test_feeds_and_data_are_written_where_they_are_asked_for(db, tmp_path):
    publish(db, tmp_path / "site", with_data=True, public_url="https://kept.example/a/")
    feed = feedparser.parse((tmp_path / "site" / "latest.atom").read_text())
    assert not feed.bozo
    assert feed.entries[0].link == "https://kept.example/a/article/2.html"
    assert (tmp_path / "site" / "article" / "1.bib").read_text().startswith("@online{")
    assert broken(tmp_path / "site") == set()


def test_the_command_says_what_it_did_in_the_readers_language_and_keeps_off_other_folders(db, tmp_path, capsys):
    assert run(["publish", str(tmp_path / "site"), "--ui", "ja", "--db", str(db)]) == 0
    assert re.fullmatch(r"\d+ pages in .*: \d+ written, 0 removed\n", capsys.readouterr().out)
    assert '<html lang="ja">' in (tmp_path / "site" / "index.html").read_text()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear reader")
    assert run(["publish", str(tmp_path / "mine"), "--db", str(db)]) == 1
    assert "holds something else" in capsys.readouterr().err
    assert run(["publish", str(db), "--db", str(db)]) == 1
    assert run(["publish", str(tmp_path / "site"), "--public-url", "ftp://x", "--db", str(db)]) == 2


@pytest.mark.parametrize(
    ("address", "is_file"),
    [
        ("/article/1", True),
        ("/article/1/state/2", True),
        ("/sources?page=2", True),
        ("/article/1?ui=ja", False),
        ("/-/search?q=x", False),
        ("/archive/articles", False),
        ("/cited?url=https://a.example/", False),
        ("/article/1.json", False),
    ],
)
def test_pages_become_files_and_questions_do_not(address, is_file):
    assert is_exported(address, with_data=False) is is_file


def test_no_address_leaves_the_folder():
    for address in ("/../../etc/passwd", "/source/..%2F..%2Fx", "/source/%00", "/source/" + "a" * 400, "/source/資料"):
        name = file_of(address)
        assert name.isascii()
        assert ".." not in name.split("/")
        assert max(map(len, name.split("/"))) < 120

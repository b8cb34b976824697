"""`archive probe` shows a page field by field; `archive fixture` saves it as a test that passes at once."""

import json
from pathlib import Path

import pytest

from archive.cli import run

PROSE = "The company said on Monday that it had raised new money from investors in a round that many had expected. "
PAGE = (
    '<html lang="en"><head><title>Chips for Ohio | Example</title><meta name="author" content="Ada Ito">'
    '<meta property="article:published_time" content="2025-11-12T08:30:00Z"></head>'
    f"<body><article><h1>Chips for Ohio</h1><p>{PROSE * 3}</p></article></body></html>"
)
AT = ["--url", "https://news.example/2025/chips-for-ohio.html", "--fetched-at", "2025-12-31T00:00:00Z"]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE)
    return tmp_path


def test_each_field_names_its_value_and_its_carrier(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["probe", "page.html", *AT]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["title"].endswith("Chips for Ohio  [h1]")
    assert lines["authors"].endswith("Ada Ito  [meta]")
    assert lines["published_at"].endswith("2025-11-12T08:30:00Z (to the second)  [meta]")


def test_what_is_missing_is_doubtful(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (page / "page.html").write_text(f"<article><h1>Chips</h1><p>{PROSE * 3}</p></article>")
    assert run(["probe", "page.html", *AT, "--json"]) == 0
    found = {item["field"]: item for item in json.loads(capsys.readouterr().out)}
    assert found["published_at"]["doubt"] == "nothing found"
    assert found["title"]["doubt"] == ""


@pytest.mark.parametrize("words", [["http://news.example/a", *AT], ["page.html", *AT[:2]], ["page.html", *AT[2:]]])
def test_an_address_and_a_file_need_different_options(
    page: Path, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert page.is_dir()
    assert run(["probe", *words]) == 2
    assert "--fetched-at" in capfd.readouterr().err


def test_a_fixture_holds_the_page_its_facts_and_what_we_read(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fixture", "page.html", *AT, "--folder", "pages"]) == 0
    place = page / "pages" / "news_example" / "2025-12-chips-for-ohio"
    assert (place / "page.html").read_text() == PAGE
    assert json.loads((place / "meta.json").read_text())["fetched_at"] == "2025-12-31T00:00:00Z"
    expected = json.loads((place / "expected.json").read_text())
    assert (expected["title"], expected["outcome"]) == ("Chips for Ohio", "ok")
    assert "make test K=news_example" in capsys.readouterr().out


def test_a_fixture_is_never_overwritten(page: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fixture", "page.html", *AT, "--folder", "pages"]) == 0
    assert run(["fixture", "page.html", *AT, "--folder", "pages"]) == 2
    assert "exists: give --name" in capfd.readouterr().err

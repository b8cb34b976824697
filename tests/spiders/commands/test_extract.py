"""`archive extract` prints what was read as one JSON object, and says in one line what it cannot use."""

import gzip
import json
from pathlib import Path

import pytest

from archive.cli import run

PROSE = "The company said on Monday that it had raised new money from investors in a round that many had expected. "
PAGE = f"<html><head><title>T</title></head><body><article><h1>T</h1><p>{PROSE * 3}</p></article></body></html>"
WALL = "<html><head><title>Just a moment...</title></head><body></body></html>"
AT = ["--url", "https://news.example/a", "--fetched-at", "2025-12-31T00:00:00Z"]
ORDER = (
    "url canonical_url site section lang title authors category tags published_at published_precision published_raw "
    "published_from modified_at description lead_image text headings figures tables references links mentions outcome "
    "warnings extractor"
)


@pytest.mark.parametrize("body", [PAGE.encode(), gzip.compress(PAGE.encode())], ids=["plain", "gzip"])
def test_an_article_is_one_json_object_with_its_fields_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes
) -> None:
    (tmp_path / "a.html").write_bytes(body)
    assert run(["extract", str(tmp_path / "a.html"), *AT]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ORDER.split()
    assert (printed["title"], printed["outcome"]) == ("T", "ok")


def test_a_page_that_is_no_article_ends_with_1_and_its_outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(WALL)
    assert run(["extract", str(tmp_path / "a.html"), *AT]) == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "challenge"


def test_a_manifest_gives_a_line_each_in_order_and_goes_on_after_what_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    lines = [
        {"file": "a.html", "url": "https://news.example/1", "fetched_at": "2025-12-31T00:00:00Z"},
        {"file": "none.html", "url": "https://news.example/2", "fetched_at": "2025-12-31T00:00:00Z"},
        {"file": "a.html", "url": "https://news.example/3", "fetched_at": "yesterday"},
        {"file": "a.html", "url": "https://news.example/4", "fetched_at": "2025-12-31"},
    ]
    manifest = tmp_path / "m.jsonl"
    manifest.write_text("\n".join([*map(json.dumps, lines), "{broken", "[]"]))
    assert run(["extract", "--manifest", str(manifest)]) == 1
    printed = capsys.readouterr()
    assert [json.loads(line)["url"] for line in printed.out.splitlines()] == [lines[0]["url"], lines[3]["url"]]
    said = printed.err.splitlines()
    assert len(said) == 4
    assert "none.html: No such file or directory" in said[0]
    assert "m.jsonl:3: 'yesterday' is no ISO 8601 time" in said[1]


@pytest.mark.parametrize(
    "arguments",
    [["extract"], ["extract", "a.html", "--url", "https://a.example/"], ["extract", "a.html", "--manifest", "m.jsonl"]],
    ids=["nothing", "no time", "both"],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert run(arguments) == 2


def test_a_missing_file_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["extract", str(tmp_path / "none.html"), *AT]) == 1
    printed = capsys.readouterr()
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)

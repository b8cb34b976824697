"""Every saved page reads as a person reads it: a folder of tests/fixtures/pages is a test, a field is a failure."""

import gzip
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from spiders.pages import read_page
from spiders.pages.record import article_json

PAGES = Path(__file__).parent / "fixtures" / "pages"
FOLDERS = sorted(path.parent for path in PAGES.glob("*/*/expected.json"))


def load(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


@cache
def read(folder: Path) -> dict[str, Any]:
    meta = load(folder / "meta.json")
    plain = folder / "page.html"
    body = plain.read_bytes() if plain.exists() else gzip.decompress((folder / "page.html.gz").read_bytes())
    article = read_page(
        body,
        url=meta["url"],
        seen_at=datetime.fromisoformat(meta["fetched_at"]),
        content_type=meta.get("content_type", ""),
        status=meta.get("status", 200),
        site=meta.get("site"),
    )
    return article_json(article)


CASES = [
    pytest.param(folder, field, id=f"{folder.parent.name}/{folder.name}/{field}")
    for folder in FOLDERS
    for field in load(folder / "expected.json")
]


@pytest.mark.parametrize(("folder", "field"), CASES)
def test_a_saved_page_reads_as_a_person_reads_it(folder: Path, field: str) -> None:
    assert read(folder)[field] == load(folder / "expected.json")[field]


def test_every_site_file_has_a_saved_page() -> None:
    sites = {path.stem for path in (Path(__file__).parents[1] / "spiders" / "sites").glob("*_*.py")} - {"__init__"}
    assert sites <= {folder.parent.name for folder in FOLDERS}

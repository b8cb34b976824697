"""One string names what read a page, in every record and whatever the page is."""

import re
from datetime import UTC, datetime

import pytest

from spiders.pages import read_page
from spiders.pages.extractor import RULES, extractor
from spiders.pages.record import article_json
from tests.test_architecture import ROOT, imports_of

WORDS = {"errors", "model", "records"}  # say how what was read is named and kept, not how it is read


@pytest.mark.parametrize("body", [b"<h1>Chips</h1><p>One</p>", b"%PDF-1.4 broken", b"plain words", b"\x89PNG\r\n"])
def test_every_record_names_what_read_it(body: bytes) -> None:
    record = article_json(read_page(body, url="https://news.example/1", seen_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert record["extractor"] == extractor()
    assert re.fullmatch(r"hyperai-archive \S+ \([0-9a-f]{8}\)", extractor())


def test_the_string_covers_every_module_that_pages_are_read_by() -> None:
    reached: set[str] = set()
    waiting = [path for room in ("pages", "sites") for path in (ROOT / "spiders" / room).glob("*.py")]
    while waiting:
        names = {name.split(".")[1] for name in imports_of(waiting.pop()) if name.startswith("archive.")}
        found = {name for name in names if (ROOT / "archive" / f"{name}.py").exists()} - reached
        reached |= found
        waiting += [ROOT / "archive" / f"{name}.py" for name in found - WORDS]
    assert reached - WORDS == {name[:-3] for name in RULES if name.endswith(".py")}

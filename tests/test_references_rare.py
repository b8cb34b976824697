"""Reference lists in rare forms and more languages: every entry in order with its number, no word of the text lost."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spiders.pages import read_page

TABLE = tomllib.loads((Path(__file__).parent / "fixtures" / "references" / "rare.toml").read_text("utf-8"))
ADDRESSES = {
    "{A}": "https://sensors.example/report/",
    "{B}": "https://boards.example/data/crane-statistics/",
    "{C}": "https://quays.example/2025/sway",
}
LISTS = [pytest.param(row, id=f"{row['lang']} {n}") for n, row in enumerate(TABLE["list"], 1)]


@pytest.mark.parametrize("row", LISTS)
def test_a_list_in_a_rare_form_is_read_whole(row: dict[str, str]) -> None:
    body = row["body"]
    for mark, url in ADDRESSES.items():
        body = body.replace(mark, url)
    texts = TABLE["texts"][row["lang"]]
    page = (
        f'<html lang="{row["lang"]}"><head><title>Cranes | HyperAI</title></head><body><main><article><h1>Cranes</h1>'
        f"<span>2025-12-01</span><span>h.li</span>{''.join(f'<p>{text}</p>' for text in texts)}{body}"
        "</article></main></body></html>"
    )
    url = "https://hyper.ai/en/news/48901"
    article = read_page(page.encode(), url=url, seen_at=datetime(2025, 12, 31, tzinfo=UTC))
    found = [(reference.number, reference.url) for reference in article.references]
    assert found == list(enumerate(ADDRESSES.values(), 1))
    assert all(text in article.text for text in texts)

"""A body that stands only in the state that a framework assigns to a variable is read from there."""

import json
from datetime import UTC, datetime

import pytest

from archive.model import Article
from spiders.pages import read_page

TITLE = "Seven yards of the port learn to lift with one small model"
TEXT = "The yard has worked with a learned model since May, and its crews say that many hours are saved each week."
OTHER = {
    "title": "Another port builds a tower",
    "body": "Nobody of this page should read about the tower of others. " * 9,
}
OWN = {"title": TITLE, "body": "".join(f"<p>{TEXT} It is day {number}.</p>" for number in range(5))}


def read(script: str) -> Article:
    page = (
        f"<html><head><title>{TITLE}</title><meta property='og:title' content='{TITLE}'></head><body>"
        f"<div id='root'></div><script>{script}</script></body></html>"
    )
    return read_page(page.encode(), url="https://news.example/lift", seen_at=datetime(2026, 1, 1, tzinfo=UTC))


STATE = json.dumps({"Article:2": OTHER, "Article:1": OWN})


@pytest.mark.parametrize(
    "script",
    [
        f"window.__APOLLO_STATE__={STATE};window.x=1",
        f"self['__INITIAL_STATE__'] = {STATE}",
        f"window.__PRELOADED_STATE__ = JSON.parse({json.dumps(STATE)});",
    ],
    ids=["object", "key", "string"],
)
def test_a_body_in_an_assigned_state_is_read(script: str) -> None:
    article = read(script)
    assert (article.outcome, len(article.text.split("\n\n"))) == ("ok", 5)
    assert "tower" not in article.text
    assert article.published_at is None


def test_a_state_without_this_article_gives_no_body() -> None:
    assert "tower" not in read(f"window.__APOLLO_STATE__={json.dumps([OTHER])}").text

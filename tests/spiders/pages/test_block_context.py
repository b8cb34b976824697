"""A heading is kept with the text below it, and a list is kept or left whole, on a page of many blocks."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from archive.model import Article
from spiders.pages import read_page
from spiders.pages.block_context import settled
from spiders.pages.blocks import serialise
from spiders.pages.document import parse
from spiders.pages.generic import choose_blocks

PROSE = (
    "The {0} yard of the port has worked with a learned model since May, and its crews say that {0} hours are saved."
)
STEPS = ("measure the wind at the quay", "write down each lift", "compare both lists", "tell the crew")
MENU = ("Sports", "Culture", "Weather", "Business", "Travel", "Opinion", "Science", "Games", "Video", "Podcasts")


def read() -> Article:
    menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in MENU)
    story = "".join(
        f"<h3>Yard {number}</h3><p>{PROSE.format(number)}</p><p>{PROSE.format(number * 11)}</p>"
        for number in range(2, 9)
    )
    steps = (
        f"<p>A crew that wants to begin has to do four things:</p><ul>{''.join(f'<li>{s}</li>' for s in STEPS)}</ul>"
    )
    page = (
        "<html><head><title>Seven yards learn to lift</title></head><body>"
        f"<div class='top'><ul>{menu}</ul></div><div class='page'><h1>Seven yards learn to lift</h1>"
        f"<div class='text'>{story}{steps}<p>{PROSE.format(99)}</p></div></div>"
        f"<div class='bottom'><ul>{menu}</ul></div>"
        "</body></html>"
    )
    return read_page(page.encode(), url="https://news.example/a", seen_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_short_headings_stay_above_their_text() -> None:
    assert read().headings == tuple(f"Yard {number}" for number in range(2, 9))


def test_every_step_of_a_list_stays_and_no_menu_does() -> None:
    paragraphs = read().text.split("\n\n")
    assert [step for step in STEPS if step in paragraphs] == list(STEPS)
    assert not set(MENU) & set(paragraphs)


def kept(markup: str, scores: Mapping[str, float]) -> set[str]:
    """Return the texts of *markup* that are kept when those of *scores* are as likely as it says, all others surely."""
    blocks = serialise(parse(f"<body>{markup}</body>"))
    found = settled(blocks, [scores.get(block.text, 0.9) for block in blocks], 0.6)
    return {block.text for block, score in zip(blocks, found, strict=True) if score >= 0.6}


@pytest.mark.parametrize(
    ("markup", "scores", "drawn_in"),
    [
        ("<h3>a</h3><p>b</p><h3>c</h3><p>d</p><h3>e</h3><hr><p>x</p><p>y</p><h3>f</h3><p>g</p>", {"e": 0.03}, {"e"}),
        ("<h3>a</h3><p>b</p><h3>c</h3><p>d</p><h3>e</h3><p>f</p><h3>g</h3>", {"g": 0.03}, set()),
        ("<div><p>a long one</p><p>b long one</p><p>c</p></div>", {"c": 0.45}, {"c"}),
        ("<div><p>a long one</p><p>b long one</p><p class=more>c</p></div>", {"c": 0.45}, set()),
        ("<ol><li><b>1</b><p>one</p></li><li><p>two</p></li></ol>", {"1": 0.3, "two": 0.3}, {"two"}),
        ("<p>a</p><p><a href=/b>b and c</a></p>", {"b and c": 0.8}, set()),
    ],
    ids=["alike", "after the text", "one form", "another form", "number of an entry", "all of it a link"],
)
def test_what_stands_around_decides_a_block_of_doubt(
    markup: str, scores: Mapping[str, float], drawn_in: set[str]
) -> None:
    assert kept(markup, scores) & scores.keys() == drawn_in


def test_figures_that_follow_the_text_one_after_the_other_stay_with_it() -> None:
    figures = "".join(f"<figure><img src={n}.png><figcaption>View {n}</figcaption></figure>" for n in range(4))
    cards = "<figure><img src=c.png><figcaption><a href=/c>Another story</a></figcaption></figure>"
    blocks = serialise(parse(f"<body><p>one</p><p>two</p>{figures}{cards}</body>"))
    chosen = choose_blocks(blocks, [float(block.is_text) for block in blocks], title="")
    assert [block.text for block in chosen if block.text] == ["one", "two", "View 0", "View 1", "View 2", "View 3"]


def test_boxes_named_for_a_layout_may_hold_the_article() -> None:
    prose = [PROSE.format(number) for number in range(2, 40)]
    parts = "".join(f"<div class='sidebar-grid__part'><p>{one}</p></div>" for one in prose)
    page = (
        "<html><head><title>Seven yards learn to lift</title></head><body><header><h1>Seven yards learn to lift</h1>"
        f"<p>The port has worked with a learned model since May.</p></header><div class='sidebar-grid'>{parts}</div>"
        "</body></html>"
    )
    article = read_page(page.encode(), url="https://news.example/a", seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert set(prose) <= set(article.text.split("\n\n"))

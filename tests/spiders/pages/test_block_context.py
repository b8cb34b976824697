"""A heading is kept with the text below it, and a list is kept or left whole, on a page of many blocks."""

from datetime import UTC, datetime

from archive.model import Article
from spiders.pages import read_page

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

"""Main text is told from what stands around it on a page of many blocks."""

from datetime import UTC, datetime

from spiders.pages import read_page

SENTENCE = "The plant number {0} makes boards for small computers, and its {0} owners want to double what it makes."
REMARK = "I visited plant {0} last year and I must say that the coffee there was {0} times better than the boards."


def test_the_article_is_kept_and_comments_and_related_items_are_not() -> None:
    story = "".join(f"<p>{SENTENCE.format(n)} The county council agreed.</p>" for n in range(10))
    remarks = "".join(f"<li class='comment'><p>{REMARK.format(n)}</p></li>" for n in range(10))
    cards = "".join(f"<li><a href='/n/{n}'>Another plant, number {n}, opens its doors</a></li>" for n in range(20))
    page = (
        "<html><head><title>Plants double output</title></head><body><div class='page'><h1>Plants double output</h1>"
        f"<div class='entry-content'>{story}</div><div class='related'><ul>{cards}</ul></div>"
        f"<div id='comments' class='comments-area'><ol>{remarks}</ol></div></div></body></html>"
    )
    text = read_page(page.encode(), url="https://news.example/a", seen_at=datetime(2026, 1, 1, tzinfo=UTC)).text
    assert all(SENTENCE.format(n) in text for n in range(10))
    assert "coffee" not in text
    assert "opens its doors" not in text

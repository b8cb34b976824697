"""A PDF is read by its text layer."""

from datetime import UTC, datetime

from archive.model import Outcome
from spiders.demo.pdf import make_pdf
from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, tzinfo=UTC)
LINES = [
    "A plan for the inspection of boards in small plants, with numbers for each of the years to come.",
    "It names three steps.",
]


def test_text_title_and_number_of_pages_are_read() -> None:
    body = make_pdf("A plan for small plants", LINES * 4)
    article = read_page(
        body, url="https://gov.example/plan?type=pdf", seen_at=SEEN, content_type="application/octet-stream"
    )
    assert (article.outcome, article.title) == (Outcome.OK, "A plan for small plants")
    assert "inspection of boards" in article.text
    assert article.warnings == ("page: PDF, 1 pages",)


def test_a_pdf_without_words_is_a_stub() -> None:
    assert read_page(make_pdf("T", []), url="https://gov.example/x.pdf", seen_at=SEEN).outcome is Outcome.STUB

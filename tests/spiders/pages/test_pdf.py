"""A PDF is read by its text layer."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfWriter

from archive.model import Article, Outcome
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
    assert article.warnings == ()


def test_a_pdf_without_words_is_a_stub() -> None:
    assert read_page(make_pdf("T", []), url="https://gov.example/x.pdf", seen_at=SEEN).outcome is Outcome.STUB


def read(body: bytes) -> Article:
    return read_page(body, url="https://gov.example/plan.pdf", seen_at=SEEN, content_type="application/pdf")


def test_a_date_printed_on_the_first_page_is_prose_and_no_date() -> None:
    article = read(make_pdf("A plan", ["July 23, 2025", *LINES * 4]))
    assert article.published_at is None
    assert "July 23, 2025" in article.text


def test_a_locked_pdf_is_an_error_that_says_so() -> None:
    writer = PdfWriter(clone_from=BytesIO(make_pdf("A plan", LINES * 4)))
    writer.encrypt("secret", algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    article = read(file.getvalue())
    assert article.outcome is Outcome.ERROR
    assert article.warnings == ("page: the PDF cannot be read (it is locked with a password)",)


def test_a_pdf_of_pictures_is_a_stub_and_claims_no_text() -> None:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(width=595, height=842)
    file = BytesIO()
    writer.write(file)
    article = read(file.getvalue())
    assert (article.outcome, article.text) == (Outcome.STUB, "")
    assert article.warnings == ("text: no text layer (scanned pages?)",)


@pytest.mark.parametrize("cut", [9, 200, 400], ids=lambda cut: f"{cut} bytes")
def test_a_pdf_cut_short_has_an_outcome_and_raises_nothing(cut: int) -> None:
    assert read(make_pdf("A plan", LINES * 4)[:cut]).outcome in (Outcome.ERROR, Outcome.STUB)


def test_the_versions_of_an_arxiv_pdf_are_one_paper() -> None:
    for url in ("https://arxiv.org/pdf/2509.12345v2", "https://arxiv.org/pdf/2509.12345v3"):
        article = read_page(make_pdf("A plan", LINES * 4), url=url, seen_at=SEEN)
        assert article.canonical_url == "https://arxiv.org/pdf/2509.12345"

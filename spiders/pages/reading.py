"""From the bytes of one response to an `Article`: which kind of page it is, and which page object reads it."""

import re
from dataclasses import replace
from datetime import datetime

from archive.errors import AddressError
from archive.model import Article, Outcome
from archive.urls import canonical_url, site_key
from spiders.pages.base import ArticlePage
from spiders.pages.charset import decode
from spiders.pages.document import PAGE_FAULTS, Document
from spiders.pages.extractor import extractor
from spiders.pages.generic import GenericPage
from spiders.pages.journal import JournalPage, is_landing
from spiders.pages.outcomes import outcome_of_status
from spiders.pages.surrogates import without_surrogates

_PDF = b"%PDF-"
_NOT_HTML = re.compile(r"^(?:image|audio|video|font)/|^application/(?!xhtml|xml|pdf|json|octet-stream|x-unknown)", re.I)
_MARKUP = re.compile(
    rb"^\s*<!--|<(?:!doctype|html|head|body|meta|title|div|p|h1|article|script|table|a|span|br)\b", re.I
)
_SIGNATURES = (
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"RIFF",
    b"\x1f\x8b",
    b"\x00\x00\x00",
    b"OggS",
    b"ID3",
)


def read_page(
    body: bytes, *, url: str, seen_at: datetime, content_type: str = "", status: int = 200, site: str | None = None
) -> Article:
    """Return what the page says; `outcome` tells whether it is an article. Never raises for what a page holds.

    *seen_at* is the capture time (aware): relative dates resolve against it. *site* names the site file to read it with
    when the address does not (a mirror, a test).
    """
    article: Article = without_surrogates(_read(body, url, seen_at, content_type, status, site))
    return replace(article, extractor=extractor())


def _read(body: bytes, url: str, seen_at: datetime, content_type: str, status: int, site: str | None) -> Article:
    if body.lstrip()[:5] == _PDF:
        from spiders.pages.pdf import read_pdf

        return read_pdf(body, url=url, site=site, status=status)
    if _NOT_HTML.match(content_type) or body.startswith(_SIGNATURES):
        return nothing(url, site, Outcome.NOT_HTML, f"page: {content_type or 'binary data'} is not read")
    decoded = decode(body, content_type)
    if decoded is None:
        return nothing(
            url, site, outcome_of_status(status) or Outcome.UNDECODABLE, "page: its characters cannot be decoded"
        )
    if not _MARKUP.search(body[:4096]) and not _MARKUP.search(decoded.text[:4096].encode()):
        from spiders.pages.plain import read_plain

        return read_plain(decoded.text, url=url, site=site, status=status, content_type=content_type)
    return read_html(Document(url=url, html=decoded.text, seen_at=seen_at, status=status), site=site)


def read_html(document: Document, *, site: str | None = None) -> Article:
    """Return what an HTML page says, read by the page object of its site or by the generic one."""
    try:
        return page_for(document, site=site).to_article()
    except PAGE_FAULTS as error:
        # One page of millions must not end a crawl; the outcome and the warning keep it findable.
        return nothing(document.url, site, Outcome.ERROR, f"page: could not be read ({type(error).__name__}: {error})")


def page_for(document: Document, *, site: str | None = None) -> ArticlePage:
    """Return the page object that reads *document*: its site's for that path and capture day, else the generic one."""
    from spiders.sites import page_classes

    key = site or key_of(document.url)
    for page_class in page_classes(key):
        is_current = page_class.until is None or document.seen_at.date() <= page_class.until
        if is_current and page_class.handles.search(document.url):
            return page_class(document, site=key)
    return (JournalPage if is_landing(document) else GenericPage)(document, site=key)


def nothing(url: str, site: str | None, outcome: Outcome, warning: str) -> Article:
    """Return the article of a page from which nothing could be read."""
    return Article(
        url=url, canonical_url=own_address(url), site=site or key_of(url), outcome=outcome, warnings=(warning,)
    )


def own_address(url: str) -> str:
    """Return the canonical form of *url*, or *url* itself when it is no web address (a file that is tried)."""
    try:
        return canonical_url(url)
    except AddressError:
        return url


def key_of(url: str) -> str:
    """Return the source key of *url*; empty when it is no web address (a file that is tried)."""
    try:
        return site_key(url)
    except AddressError:
        return ""

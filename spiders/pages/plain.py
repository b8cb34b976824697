"""Pages of plain text: a title line, paragraphs, addresses."""

import re

from archive.model import Article, Link, Outcome
from spiders.pages.languages import language_of
from spiders.pages.outcomes import ENOUGH, outcome_of_status, weight

_ADDRESS = re.compile(r"https?://[^\s<>\"'）」』】]+[^\s<>\"'）」』】.,;:!?)。、]")
_JSON = re.compile(r"^\s*[\[{].*[\]}]\s*$", re.S)


def read_plain(text: str, *, url: str, site: str | None, status: int = 200, content_type: str = "") -> Article:
    """Return a text file as an article: blank lines part paragraphs, the first short line is its title.

    JSON, scripts and style sheets are no text for readers: not-html.
    """
    from spiders.pages.reading import key_of, nothing, own_address

    if by_status := outcome_of_status(status):
        return nothing(url, site, by_status, f"page: HTTP status {status}")
    is_code = re.search(r"json|javascript|css|csv|xml", content_type, re.I) or _JSON.match(text)
    if is_code or not text.strip():
        reason = f"page: {content_type or 'data'} is no text for readers" if is_code else "page: it is empty"
        return nothing(url, site, Outcome.NOT_HTML if is_code else Outcome.STUB, reason)
    paragraphs = paragraphs_of(text)
    title = paragraphs[0] if len(paragraphs) > 1 and len(paragraphs[0]) <= 120 else None
    body = paragraphs[1:] if title else paragraphs
    links = [
        Link(url=found.group(), text=found.group(), paragraph=number)
        for number, paragraph in enumerate(body, start=1)
        for found in _ADDRESS.finditer(paragraph)
    ]
    whole = "\n\n".join(body)
    return Article(
        url=url,
        canonical_url=own_address(url),
        site=site or key_of(url),
        lang=language_of(text),
        title=title,
        text=whole,
        links=tuple(links),
        outcome=Outcome.OK if weight(whole) >= ENOUGH else Outcome.STUB,
    )


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of *text*: blank lines part them, hard-wrapped lines are joined."""
    parts = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [joined for part in parts if (joined := join_lines(part.split("\n")))]


def join_lines(lines: list[str]) -> str:
    """Return hard-wrapped *lines* as one: a space between Latin words, none inside Japanese or Chinese."""
    joined = ""
    for line in (line.strip() for line in lines):
        if not line:
            continue
        is_wide = (
            bool(joined) and bool(re.match(r"[　-ヿ㐀-鿿＀-￯]", line)) and bool(re.search(r"[　-ヿ㐀-鿿＀-￯]$", joined))
        )
        if joined.endswith("-") and line[:1].islower() and joined[-2:-1].isalpha():
            joined = joined[:-1] + line
        else:
            joined += line if not joined or is_wide else f" {line}"
    return joined

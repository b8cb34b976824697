"""What was found on a page field by field: the value, the carrier that gave it, and what is doubtful."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.model import Article
from spiders.pages.base import ArticlePage
from spiders.pages.document import collapse
from spiders.pages.record import article_json
from spiders.pages.structured import as_list, as_text
from spiders.pages.titles import fold

_SHORT = 120  # characters of a value that are shown
_EXPECTED = ("title", "authors", "published_at", "lang", "text")  # empty ones are doubtful on an article
_FROM_BODY = ("text", "headings", "figures", "tables", "references", "links", "mentions")


@dataclass(frozen=True, slots=True)
class Finding:
    """One field: its value in short, where it stood, and why it is doubtful; "" when nothing tells."""

    field: str
    value: str
    carrier: str = ""
    doubt: str = ""


def findings(article: Article, page: ArticlePage | None) -> list[Finding]:
    """Return what *article* holds, field by field; *page* is the page object that read it, None for PDF and text."""
    record = article_json(article)
    warned: dict[str, list[str]] = {}
    for warning in article.warnings:
        field, _, words = warning.partition(": ")
        warned.setdefault(field, []).append(words)
    shown = [name for name in record if name not in ("warnings", "published_precision", "published_from")]
    found = []
    for name in shown:
        doubts = warned.pop(name, [])
        if not record[name] and name in _EXPECTED:
            doubts.append("nothing found")
        found.append(Finding(name, _short(name, article, record), _carrier(name, article, page), "; ".join(doubts)))
    return found + [Finding(name, "", "", "; ".join(words)) for name, words in warned.items()]


def _short(name: str, article: Article, record: dict[str, Any]) -> str:
    value = record[name]
    if value in (None, "", [], ()):
        return ""
    if name == "text":
        return f"{len(value)} characters, {value.count(chr(10) * 2) + 1} paragraphs: {collapse(value)[:60]}…"
    if name == "published_at":
        return f"{value} (to the {article.published_precision})"
    if name in _FROM_BODY:
        return f"{len(value)}: {collapse(str(value[0]))[:80]}"
    plain = ", ".join(value) if name in ("authors", "tags") else value
    return collapse(plain["url"] if isinstance(plain, dict) else str(plain))[:_SHORT]


def _carrier(name: str, article: Article, page: ArticlePage | None) -> str:
    """Return the name of the place whose words are the field's; the page class for what is read from the body."""
    value = getattr(article, name)
    if not value or name in ("url", "site", "outcome"):
        return ""
    if name in ("published_at", "published_raw"):
        return article.published_from or ""
    if page is None:
        return "file"
    if name in _FROM_BODY:
        return type(page).__name__
    texts = [value.url] if name == "lead_image" else [value] if isinstance(value, str) else list(value)
    keys = {fold(text) for text in texts}
    return next((place for place, stated in _places(name, page) if keys & {fold(text) for text in stated}), "read")


def _places(name: str, page: ArticlePage) -> Iterator[tuple[str, list[str]]]:
    facts = page.document.structured
    keys = {"title": "headline", "authors": "author", "category": "articleSection", "tags": "keywords",
            "description": "description", "modified_at": "dateModified", "lead_image": "image"}  # fmt: skip
    values = as_list(facts.article().get(keys.get(name, "")))
    yield "json-ld", [text for value in values for text in (as_text(value), _url(value)) if text]
    yield "meta", [content for contents in facts.meta.values() for content in contents]
    yield "microdata", [content for contents in facts.items.values() for content in contents]
    yield "h1", page.h1s() if name == "title" else []
    yield "title element", page.stated_titles() if name == "title" else []
    yield "declared", [tag[:2] for tag in page.declared_languages() if tag] if name == "lang" else []


def _url(value: Any) -> str | None:
    return as_text(value.get("url")) if isinstance(value, dict) else None

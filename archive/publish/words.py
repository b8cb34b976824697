"""The words of the published pages: English in the templates, other languages in templates/words/.

Another language is another file there (English text = translation) and its name in NAMES.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

WORDS_FOLDER = Path(__file__).parent / "templates" / "words"
NAMES = {"en": "English", "ja": "日本語"}
LANGUAGE_NAMES = {"ja": "日本語", "zh": "中文", "en": "English", "ko": "한국어", "fr": "Français", "de": "Deutsch"}

# outcome -> (tone of the mark beside it, words)
OUTCOMES = {
    "ok": ("kept", "kept"),
    "paywalled": ("part", "kept in part: paywall"),
    "challenge": ("wall", "bot check"),
    "consent": ("wall", "consent wall"),
    "login": ("wall", "login wall"),
    "soft-404": ("lost", "gone, though it answers as if it were there"),
    "gone": ("lost", "gone"),
    "stub": ("part", "too little text"),
    "shell": ("part", "an empty shell without its script"),
    "listing": ("part", "a list of pages, no article"),
    "not-html": ("part", "no page of text"),
    "undecodable": ("lost", "text that cannot be decoded"),
    "too-large": ("wall", "too large"),
    "timeout": ("lost", "no answer in time"),
    "robots": ("none", "not asked: robots.txt forbids it"),
    "blocked-address": ("none", "refused: not a public address"),
    "cite-only": ("none", "cited only: its terms forbid copies"),
    "taken-down": ("none", "taken down on request"),
    "error": ("lost", "failed"),
}
FIELD_NAMES = {
    "title": "title",
    "authors": "authors",
    "published_at": "date",
    "category": "category",
    "lead_image_url": "lead image",
    "text": "text",
    "figures": "figures",
    "references": "references",
}
FACET_NAMES = {
    "lang": "Language",
    "source": "Publisher",
    "kind": "Kind",
    "section": "Section",
    "outcome": "Outcome",
    "cites": "Cites",
    "month": "Month",
}
HELD_NAMES = {
    "articles": "articles",
    "sources": "cited pages kept",
    "references": "references",
    "captures": "captures",
    "states": "states of texts",
    "problems": "notes on reading",
}
ADDRESS_KINDS = {
    "article": "Articles",
    "cited": "Cited sources",
    "list": "Lists",
    "listing": "Listings",
    "feed": "Feeds",
    "sitemap": "Sitemaps",
    "robots": "robots.txt",
}
RUN_COUNTS = {
    "requests": "requests",
    "fetched": "answers",
    "new": "new pages",
    "revised": "changed",
    "unchanged": "unchanged",
}
CARRIERS = {
    "json-ld": "structured data (JSON-LD)",
    "meta": "the page's metadata",
    "time": "a time element",
    "payload": "the page's script data",
    "visible": "the visible text",
    "feed": "the feed",
    "sitemap": "the sitemap",
}


class Words:
    """The interface in one language; call it with an English text to get that text in the language."""

    def __init__(self, language: str) -> None:
        """Speak *language*, a key of NAMES."""
        self.language = language
        self._table = translations(language)

    def __call__(self, english: str, /, **values: Any) -> str:
        """Return *english* in this language with {names} filled in; a text without a translation stays English."""
        text = self._table.get(english, english)
        if self.language == "en" and values.get("n") == 1:
            text = re.sub(r"(\{n\} [a-z]{2,})s\b", r"\1", text)  # {n} days -> {n} day
        return text.format(**values) if values else text


def choose_language(asked: str | None, accept_language: str) -> str:
    """Return the language to speak: the one *asked* for by ?ui=, else the first of Accept-Language that we have."""
    if asked in NAMES:
        return str(asked)
    for part in accept_language.split(","):
        name = part.split(";")[0].strip().lower().split("-")[0]
        if name in NAMES:
            return name
    return "en"


@cache
def translations(language: str) -> Mapping[str, str]:
    """Return English text -> text in *language*; empty for English itself."""
    file = WORDS_FOLDER / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

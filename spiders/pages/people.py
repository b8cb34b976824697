"""Authors as the page prints them: structured data first, then the byline."""

import re
from collections.abc import Iterable
from typing import Any

from spiders.pages.structured import Structured, as_list, as_text

_BY = re.compile(
    r"^\s*(?:by|von|par|por|di|da|af|av|door|written by|posted by|author|autor|auteur|text)\b[\s:：]+", re.I
)
_LABEL = re.compile(
    r"^\s*(?:著者|作者|記者|记者|筆者|執筆者?|文|撰文|编辑|編集|글|기자|作成者)\s*[:：/／|]\s*|^\s*(?:文[/／])"
)
_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.|@\w+\.\w+$")
_PARTS = re.compile(r"\s*[;；、|]\s*|,\s+(?:and\s+|und\s+|et\s+|y\s+)?|\s+(?:and|und|&)\s+(?=[A-ZÀ-Þ])")
_NO_ONE = frozenset(
    {"admin", "administrator", "root", "null", "none", "undefined", "author", "staff", "wordpress", "n/a"}
)
_LONGEST = 80


def authors_of(structured: Structured) -> tuple[str, ...]:
    """Return the authors that structured data names, verbatim and in order; () when it names none."""
    article = structured.article()
    if listed := structured.all("citation_author"):
        return listed  # "Family, Given": the comma parts no two people here
    for names in (
        _names(article.get("author")) or _names(article.get("creator")),
        structured.all("dc.creator", "dcterms.creator"),
        structured.all("author", "article:author_name", "article:author", "byl", "parsely-author", "sailthru.author"),
        structured.items.get("author", ()),
    ):
        if people := tuple_of_names(names):
            return people
    return ()


def tuple_of_names(raw: Iterable[str]) -> tuple[str, ...]:
    """Return names as printed, each once: labels ("By", 著者：) cut, addresses and placeholders left out."""
    people: list[str] = []
    for text in raw:
        whole = strip_label(" ".join(text.split()))
        for name in split_names(whole):
            if name and len(name) <= _LONGEST and not _ADDRESS.search(name) and name.lower() not in _NO_ONE:
                people.append(name)
    return tuple(dict.fromkeys(people))


def split_names(text: str) -> list[str]:
    """Return the names that one line joins: "A, B and C" is three."""
    return [part.strip(" ,;、") for part in _PARTS.split(text) if part.strip(" ,;、")]


def strip_label(text: str) -> str:
    """Return a byline without its label."""
    return _LABEL.sub("", _BY.sub("", text)).strip()


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for item in as_list(value) if (name := as_text(item)))

"""Authors as the page prints them: structured data first, then the byline."""

import re
from collections.abc import Iterable
from typing import Any

from spiders.pages.structured import Structured, as_list, as_text, type_names

_BY = re.compile(
    r"^\s*(?:view all posts by|(?:zeige )?alle beiträge von|by|von|par|por|di|da|af|av|door|"
    r"written by|posted by|author|autor|auteur|text)\b[\s:：]+",
    re.I,
)
_LABEL = re.compile(
    r"^\s*(?:著者|作者|記者|记者|筆者|執筆者?|文|撰文|编辑|編集|글|기자|作成者)\s*[:：/／|]\s*|^\s*(?:文[/／])"
)
_AFTER = re.compile(r"(?<=[가-힣])\s+(?:기자|특파원|논설위원)$|\s*[→»]$")
_WRITTEN_BY = re.compile(r"written by|verfasst von|écrit par|escrito por|scritto da|geschreven door|作成者|作者", re.I)
_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.|@[\w.-]+\.\w+$")
_PARTS = re.compile(r"\s*[;；、|]\s*|,\s+(?:and\s+|und\s+|et\s+|y\s+)?|\s+(?:and|und|&)\s+(?=[A-ZÀ-Þ])")
_NO_ONE = frozenset(
    {"admin", "administrator", "root", "null", "none", "undefined", "author", "staff", "wordpress", "n/a"}
)
_LONGEST = 80
_META = (
    *("dc.creator", "dc:creator", "dcterms.creator", "author", "article:author_name", "article:author", "byl"),
    *("parsely-author", "sailthru.author", "shareaholic:article_author_name", "cxenseparse:author"),
)


def authors_of(structured: Structured) -> tuple[str, ...]:
    """Return the authors that structured data names, verbatim and in order; () when it names none."""
    article = structured.article()
    if listed := structured.all("citation_author"):
        return listed  # "Family, Given": the comma parts no two people here
    cards = [
        structured.all(f"twitter:data{place}")
        for place in (1, 2)
        if _WRITTEN_BY.search(structured.first(f"twitter:label{place}") or "")
    ]
    people, houses = _stated(structured, article.get("author") or article.get("creator"))
    for names in (
        people,
        *(structured.all(name) for name in _META),
        *cards,
        structured.items.get("author", ()),
        houses,
    ):
        if found := tuple_of_names(names):
            return found
    return ()


def _stated(structured: Structured, value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the people and the organisations that a JSON-LD author names, references to other objects resolved.

    An organisation counts only when nothing names a person: many sites state themselves as the author.
    """
    by_id = {str(item["@id"]): item for item in structured.json_ld if "@id" in item and item.get("name")}
    authors = [by_id.get(str(item.get("@id")), item) if isinstance(item, dict) else item for item in as_list(value)]
    houses = [item for item in authors if isinstance(item, dict) and set(type_names(item)) == {"Organization"}]
    return _names([item for item in authors if item not in houses]), _names(houses)


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
    return _AFTER.sub("", _LABEL.sub("", _BY.sub("", text))).strip()


def _names(value: Any) -> tuple[str, ...]:
    """Return the names of JSON-LD items; some sites state a person's under `byline` and leave `name` out."""
    named = (
        as_text(item) or (as_text(item.get("byline")) if isinstance(item, dict) else None) for item in as_list(value)
    )
    return tuple(name for name in named if name)

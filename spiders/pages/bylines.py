"""The byline that a reader sees, for pages that do not state their authors: what markup calls an author."""

import re
from collections.abc import Iterable, Iterator, Sequence

from spiders.pages.document import Element, direct_text
from spiders.pages.people import tuple_of_names
from spiders.pages.titles import fold

_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|vcard|autor|autoren|auteur|writer|reporter|contributor)(?:$|[\s_-])", re.I
)
_NO_NAME = re.compile(r"\d|https?:|@|\b(?:comment|share|follow|read more|updated|min|am|publi\w+)\b", re.I)
_DATED = re.compile(r"\s+(?:am|on|le|el|·|\||–|-)\s+.*\d.*$|\s*[|·•]\s*.*$|\s*,?\s*\d{1,2}[./]\s?\w.*$", re.I)
_LONGEST = 60
_MOST_PEOPLE = 6


def visible_authors(root: Element, near: Sequence[Element]) -> tuple[str, ...]:
    """Return the authors that elements for authors name, *near* the headline; rel=author counts anywhere."""
    for nodes in (_rel_author(near), _item_author(near), _named_author(near), _rel_author(root.iter("a"))):
        names = tuple(dict.fromkeys(name for node in nodes for name in _names(node)))
        if 0 < len(names) <= _MOST_PEOPLE:
            return names
    return ()


def completed(stated: tuple[str, ...], near: Sequence[Element]) -> tuple[str, ...]:
    """Return the *stated* authors, and those whom elements for one author each name beside them, *near* the headline.

    Only when all that are stated stand there too; a stated name keeps its spelling, the order is the printed one.
    """
    known = {fold(name): name for name in stated}
    for nodes in (_rel_author(near), _item_author(near)):
        shown = dict.fromkeys(name for node in nodes for name in _names(node))
        if known and len(shown) <= _MOST_PEOPLE and set(known) < {fold(name) for name in shown}:
            return tuple(dict.fromkeys(known.get(fold(name), name) for name in shown))
    return stated


def _rel_author(nodes: Iterable[Element]) -> Iterator[Element]:
    return (node for node in nodes if node.tag == "a" and "author" in (node.get("rel") or "").lower().split())


def _item_author(nodes: Iterable[Element]) -> Iterator[Element]:
    for node in nodes:
        if "author" in (node.get("itemprop") or "").lower().split():
            named = [part for part in node.iter() if "name" in (part.get("itemprop") or "").split()]
            yield named[0] if named else node


def _named_author(nodes: Iterable[Element]) -> Iterator[Element]:
    """Yield the innermost elements whose class says author; only the first of several places."""
    named = [node for node in nodes if _AUTHOR_CLASS.search(node.get("class") or "") and direct_text(node)]
    inner = [
        node for node in named if not any(other is not node and other in node.iterdescendants() for other in named)
    ]
    return iter(inner[:_MOST_PEOPLE])


def _names(node: Element) -> tuple[str, ...]:
    text = _DATED.sub("", direct_text(node))
    if not 1 < len(text) <= _LONGEST or _NO_NAME.search(text):
        return ()
    return tuple_of_names([text])

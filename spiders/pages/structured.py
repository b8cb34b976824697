"""What a page says about itself: JSON-LD, OpenGraph and other <meta>, microdata, as one mapping."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html

ARTICLE_TYPES = re.compile(
    r"(Article|BlogPosting|Report|NewsItem|ScholarlyArticle|TechArticle|LiveBlogPosting|Posting)$"
)
PAGE_TYPES = re.compile(r"^(WebPage|ItemPage|AboutPage|MedicalWebPage|VideoObject|Dataset|Product|SoftwareSourceCode)$")
_MOST_NODES = 20_000  # a page's JSON-LD beyond this is a catalogue, not a description
# What is below these keys of JSON-LD is somebody else's: a list of articles, comments, what is cited.
_OTHERS = frozenset(
    {"itemListElement", "comment", "review", "mentions", "citation", "isBasedOn", "relatedLink", "significantLink"}
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_COMMENT_MARKS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$"
)


@dataclass(frozen=True, slots=True)
class Structured:
    """Facts as printed, in the page's order: `json_ld` objects, `meta` name -> contents, `items` of microdata."""

    json_ld: tuple[dict[str, Any], ...]
    meta: dict[str, tuple[str, ...]]
    items: dict[str, tuple[str, ...]]
    is_broken: bool = False

    def article(self) -> dict[str, Any]:
        """Return the JSON-LD object that describes the article: an article type, else a page type, else nothing."""
        for types in (ARTICLE_TYPES, PAGE_TYPES):
            found = [item for item in self.json_ld if any(types.search(name) for name in type_names(item))]
            if found:
                return max(found, key=_fullness)
        return {}

    def first(self, *names: str) -> str | None:
        """Return the first content of the first of the <meta> *names* that the page has."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), None)

    def all(self, *names: str) -> tuple[str, ...]:
        """Return every content of the first of the <meta> *names* that the page has."""
        return next((self.meta[name] for name in names if self.meta.get(name)), ())


def _fullness(item: dict[str, Any]) -> int:
    keys = ("headline", "datePublished", "author", "articleBody", "image", "mainEntityOfPage")
    return sum(1 for key in keys if item.get(key))


def read_structured(root: html.HtmlElement) -> Structured:
    """Return what *root* says about itself; broken JSON is repaired when that is plain, else left out."""
    json_ld, is_broken = _json_ld(root)
    return Structured(tuple(json_ld), _meta(root), _items(root), is_broken)


def type_names(item: dict[str, Any]) -> tuple[str, ...]:
    """Return the schema.org types of *item* without their prefix."""
    return tuple(str(name).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in as_list(item.get("@type")))


def as_list(value: Any) -> list[Any]:
    """Return *value* as a list: itself, or the one thing it is, or nothing for None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_text(value: Any) -> str | None:
    """Return the string that a JSON-LD value stands for: itself, its @value or its name; None when there is none."""
    for item in as_list(value):
        plain = (item.get("@value") or item.get("name") or item.get("text")) if isinstance(item, dict) else item
        if isinstance(plain, str | int | float) and not isinstance(plain, bool) and str(plain).strip():
            return html_unescape(str(plain).strip())
    return None


def html_unescape(text: str) -> str:
    """Return *text* without character references: many sites escape twice."""
    import html as library

    return library.unescape(text) if "&" in text else text


def loads_leniently(text: str) -> Any:
    """Return the JSON value of *text*, without raw line breaks, trailing commas, comment marks; None when hopeless."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    cleaned = _COMMENT_MARKS.sub("", _COMMENT_MARKS.sub("", text)).strip().rstrip(";")
    for attempt in (cleaned, _TRAILING_COMMA.sub(r"\1", cleaned)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            pass
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def walk(value: Any, *, without: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Yield every object in *value*, outermost first, in order; at most a page's worth.

    What stands under one of the keys *without* is left out.
    """
    stack, seen = [value], 0
    while stack and seen < _MOST_NODES:
        node = stack.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            stack.extend(reversed([part for key, part in node.items() if key not in without]))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def _json_ld(root: html.HtmlElement) -> tuple[list[dict[str, Any]], bool]:
    objects: list[dict[str, Any]] = []
    is_broken = False
    for script in root.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld+json" not in kind or not (script.text or "").strip():
            continue
        value = loads_leniently(script.text)
        is_broken |= value is None
        objects.extend(item for item in walk(value, without=_OTHERS) if "@type" in item)
    return objects, is_broken


def _meta(root: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    pairs = (
        (name.strip().lower(), html_unescape(content.strip()))
        for node in root.iter("meta")
        for name in (node.get("property"), node.get("name"), node.get("itemprop"), node.get("http-equiv"))
        if name and (content := node.get("content")) and content.strip()
    )
    return _grouped(pairs)


def _items(root: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    pairs = (
        (prop.lower(), " ".join(value.split()))
        for node in root.iter()
        if isinstance(node.tag, str) and node.tag != "meta" and (props := node.get("itemprop"))
        for prop in props.split()
        if prop.lower() != "articlebody"
        and (value := node.get("content") or node.get("datetime") or _item_text(node)).strip()
    )
    return _grouped(pairs)


def _item_text(node: html.HtmlElement) -> str:
    """Return the text of a microdata element: its name when it holds one (an author with a biography)."""
    named = next((part for part in node.iter() if part is not node and part.get("itemprop") == "name"), None)
    return "".join((node if named is None else named).itertext())


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        grouped.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in grouped.items()}

"""Where pages of any kind state dates: one function a carrier, each yielding what is printed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from archive.dates import parse_date
from spiders.pages.dating import Carrier
from spiders.pages.document import Document, collapse
from spiders.pages.structured import as_text
from spiders.pages.titles import fold

PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished",
    "publishdate", "publish_date", "publish-date", "pubdate", "published_time", "published_at", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "citation_online_date", "citation_date", "citation_cover_date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "date",
    "article:create_at", "weibo: article:create_at", "dateposted", "cxenseparse:recs:publishtime", "ptime",
    "article.published", "article_date_original", "originalpublicationdate", "cse-pubdate", "bt:pubdate", "releasedate",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "lastmod",
    "last-modified",
)
PUBLISHED_KEYS = ("publishedAt", "published_at", "datePublished", "publishDate", "publish_date", "publishTime",
                  "publish_time", "pubDate", "publishedDate", "firstPublished", "published")  # fmt: skip
CREATED_KEYS = ("createdAt", "created_at", "date", "time", "createTime", "create_time")
_SCRIPT_EPOCH = re.compile(r"\bvar\s+(?:ct|publish_time|pubTime)\s*=\s*[\"']?(\d{10}(?:\d{3})?)[\"']?")
_NAMED_DATE = re.compile(r"date|time|publi|posted|byline|meta|fecha|datum|zeit", re.I)
_META_NAME = re.compile(r"(?:^|[-_.:])pub(?:lish|lished|lication)?[-_.]?(?:date|time)$|^(?:date|datum)[-_.:]?pub", re.I)
_SOLE = re.compile(
    r"publi[sc]|posted|pubdate|entry-date|post-?date|article-?date|news-?date|story-?date|datestamp", re.I
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_DATED = re.compile(r"\d|日|昨|today|gestern|hier")
_PARTS_OF_TEXT = frozenset(
    (
        "a",
        "blockquote",
        "caption",
        "del",
        "dl",
        "figcaption",
        "figure",
        "ins",
        "ol",
        "pre",
        "q",
        "table",
        "ul",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    )
)
_PARTS = re.compile(r"\s+[|·•–—-]\s+|\s*[|·•]\s*")
_UPDATED = re.compile(r"updat|modif|edited|更新|修正|aktualisiert|mis à jour|actualizado|수정", re.I)
_LONGEST_LABEL = 60


def json_ld(document: Document) -> Iterator[Carrier]:
    """Yield the datePublished of the article that JSON-LD describes."""
    article = document.structured.article()
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if raw := as_text(article.get(key)):
            yield Carrier("json-ld", raw)
            return


def meta(document: Document) -> Iterator[Carrier]:
    """Yield the publication date of <meta> elements, and of microdata, which says the same in the body."""
    named = (name for name in document.structured.meta if _META_NAME.search(name) and not _UPDATED.search(name))
    if raw := document.structured.first(*PUBLISHED_META, *named):
        yield Carrier("meta", raw)
    for raw in document.structured.items.get("datepublished", ())[:1]:
        yield Carrier("meta", raw)


def time_elements(nodes: Iterable[html.HtmlElement]) -> Iterator[Carrier]:
    """Yield the first <time datetime> among *nodes* that is not marked as an update."""
    for node in nodes:
        raw = (node.get("datetime") or "").strip() if node.tag == "time" else _epoch_of(node)
        if not raw:
            continue
        words = " ".join((node.get("class") or "", node.get("itemprop") or "", collapse("".join(node.itertext()))))
        if not _UPDATED.search(words):
            yield Carrier("time", raw)
            return


def _epoch_of(node: html.HtmlElement) -> str:
    """Return the epoch that an element of a component library states (`<x-timestamp data-timestamp="1731…">`)."""
    is_named = isinstance(node.tag, str) and ("timestamp" in node.tag or _NAMED_DATE.search(node.get("class") or ""))
    raw = (node.get("data-timestamp") or node.get("timestamp") or "") if is_named else ""
    return raw if raw.isdecimal() and len(raw) in (10, 13) else ""


def payload(document: Document, titles: Sequence[str] = ()) -> Iterator[Carrier]:
    """Yield the publication date that the page's script state holds for this article (*titles* tell which object)."""
    own = own_object(document, titles)
    if own is not None:
        parts = (part for part in own.values() if isinstance(part, dict) and not _is_titled(part))
        found = {_first_date(own, PUBLISHED_KEYS + CREATED_KEYS) or next(_dates_of(parts), None)}
    else:
        # Without an object of this title only one that has no title can be this article's.
        found = set(_dates_of(value for value in document.payload.objects() if not _is_titled(value)))
        if not found and not document.payload.values and _names_any(fold(document.payload.stream), titles):
            found = set(document.payload.dates())
    found.discard(None)
    if len(found) == 1:
        yield Carrier("payload", str(found.pop()))
    else:
        yield from script_epochs(document)


def script_epochs(document: Document) -> Iterator[Carrier]:
    """Yield the epochs that a script assigns to the usual names of a publication time (`var ct = "1731400000"`)."""
    texts = (script.text or "" for script in document.root.iter("script"))
    epochs = (_SCRIPT_EPOCH.search(text) for text in texts if "var" in text)
    yield from (Carrier("payload", match.group(1)) for match in epochs if match)


def own_object(document: Document, titles: Sequence[str]) -> dict[str, Any] | None:
    """Return the object of the script state that is this page's article: its title, else its id in the address."""
    keys = {fold(title) for title in titles if title}
    last = document.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    by_id: dict[str, Any] | None = None
    for value in document.payload.objects():
        if any(
            isinstance(value.get(key), str) and _names(fold(value[key]), keys) for key in ("title", "headline", "name")
        ):
            return value
        if (
            by_id is None
            and last
            and any(str(value.get(key)) == last for key in ("id", "slug", "hash", "newsId", "uuid"))
        ):
            by_id = value
    return by_id


def _names(key: str, titles: set[str]) -> bool:
    """Return whether a folded title is one of *titles*, or what one of them begins with before the site's suffix."""
    return key in titles or (
        len(key) >= 12 and any(title.startswith(key) and len(title) <= len(key) + 60 for title in titles)
    )


def _dates_of(values: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (raw for value in values if (raw := _first_date(value, PUBLISHED_KEYS)))


def _is_titled(value: dict[str, Any]) -> bool:
    return any(isinstance(value.get(key), str) and value[key] for key in ("title", "headline", "name"))


def _names_any(folded: str, titles: Sequence[str]) -> bool:
    return any(key in folded for title in titles if (key := fold(title)))


def _first_date(value: dict[str, Any], keys: Sequence[str]) -> str | None:
    found = (value[key] for key in keys if isinstance(value.get(key), str | int) and not isinstance(value[key], bool))
    return next((str(raw) for raw in found if re.search(r"\d{4}", str(raw))), None)


def visible(document: Document, nodes: Iterable[html.HtmlElement]) -> Iterator[Carrier]:
    """Yield the first text among *nodes* that is a date and nothing else (a label aside), or has one as a part."""
    for node in nodes:
        text = collapse("".join(node.itertext())) if len(node) < 6 else ""
        if not 2 < len(text) <= _LONGEST_LABEL or _UPDATED.search(text) or not _DATED.search(text):
            continue
        own = (collapse(part or "") for part in (node.text, *(child.tail for child in node)))
        for part in (text, *_PARTS.split(text), *own):
            if _DATED.search(part) and parse_date(part, seen_at=document.seen_at) is not None:
                yield Carrier("visible", part, is_visible=True)
                return


def outside_the_text(nodes: Iterable[html.HtmlElement]) -> Iterator[html.HtmlElement]:
    """Yield those of *nodes* that are no part of a text: a quotation, a list, a caption or a link may be a date too."""
    for node in nodes:
        if not any(box.tag in _PARTS_OF_TEXT for box in (node, *node.iterancestors())):
            yield node


def sole_dates(document: Document) -> Iterator[Carrier]:
    """Yield the date that elements named for a publication date show, wherever they stand, when all show the same."""
    named = (node for node in named_for_dates(document.root) if _SOLE.search(f"{node.get('class')} {node.get('id')}"))
    found: dict[str, str] = {}
    for node in named:
        for carrier in visible(document, [node]):
            date = parse_date(carrier.raw, seen_at=document.seen_at)
            found.setdefault(date.value[:10] if date else "", carrier.raw)
    if len(found) == 1:
        yield Carrier("visible", next(iter(found.values())), is_visible=True)


def of_address(document: Document) -> Iterator[Carrier]:
    """Yield the day that the address names as a part of its path: /2025/11/12/chips."""
    if found := _URL_DATE.search(urlsplit(document.url).path):
        yield Carrier("url", "-".join(found.group(1, 3, 4)))


def named_for_dates(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield the elements of *root* whose tag, class, id or itemprop says that they hold a date."""
    for node in root.iter("time", "span", "div", "p", "li", "small", "em", "a", "dd", "td"):
        names = " ".join((node.get("class") or "", node.get("id") or "", node.get("itemprop") or ""))
        if node.tag == "time" or _NAMED_DATE.search(names):
            yield node

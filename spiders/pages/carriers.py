"""Where pages of any kind state dates for machines: one function a carrier, each yielding what is printed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from spiders.pages.dating import ADDRESS, Carrier, is_year
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
NAMED_DATE = re.compile(r"date|time|publi|posted|submitted|byline|meta|fecha|datum|zeit", re.I)
_META_NAME = re.compile(
    r"(?:^|[-_.:])pub(?:lish|lished|lication)?[-_.:]?(?:date|time)$|^(?:date|datum)[-_.:]?pub", re.I
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_URL_DAY_FIRST = re.compile(r"/(0[1-9]|[12]\d|3[01])-(0[1-9]|1[0-2])-((?:19|20)\d\d)/?$")
_MONTHS = 12  # a smaller first number may be a month
UPDATED = re.compile(r"updat|modif|edited|更新|修正|aktualisiert|mis à jour|actualizado|수정", re.I)


def json_ld(document: Document) -> Iterator[Carrier]:
    """Yield the datePublished of the article that JSON-LD describes."""
    article = document.structured.article()
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if raw := as_text(article.get(key)):
            yield Carrier("json-ld", raw)
            return


def meta(document: Document) -> Iterator[Carrier]:
    """Yield the publication date of <meta> elements, and of microdata, which says the same in the body."""
    named = (name for name in document.structured.meta if _META_NAME.search(name) and not UPDATED.search(name))
    stated = [raw for name in (*PUBLISHED_META, *named) if (raw := document.structured.first(name))]
    if raw := next((raw for raw in stated if not is_year(raw)), next(iter(stated), None)):
        yield Carrier("meta", raw)  # a journal gives its year beside the day on which a paper went online
    for raw in document.structured.items.get("datepublished", ())[:1]:
        yield Carrier("meta", raw)


def time_elements(nodes: Iterable[html.HtmlElement]) -> Iterator[Carrier]:
    """Yield the first <time datetime> among *nodes* that is not marked as an update."""
    for node in nodes:
        raw = (node.get("datetime") or "").strip() if node.tag == "time" else _epoch_of(node)
        if not raw:
            continue
        words = " ".join((node.get("class") or "", node.get("itemprop") or "", collapse("".join(node.itertext()))))
        if not UPDATED.search(words):
            yield Carrier("time", raw)
            return


def _epoch_of(node: html.HtmlElement) -> str:
    """Return the epoch that an element of a component library states (`<x-timestamp data-timestamp="1731…">`)."""
    is_named = isinstance(node.tag, str) and ("timestamp" in node.tag or NAMED_DATE.search(node.get("class") or ""))
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


def own_object(
    document: Document, titles: Sequence[str], objects: Iterable[dict[str, Any]] | None = None
) -> dict[str, Any] | None:
    """Return the object that is this page's article: its title, else its id in the address.

    It is looked for in *objects*, when not in the script state of *document*.
    """
    keys = {fold(title) for title in titles if title}
    last = document.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    by_id: dict[str, Any] | None = None
    for value in document.payload.objects() if objects is None else objects:
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


def of_address(document: Document) -> Iterator[Carrier]:
    """Yield the day that the address names as a part of its path: /2025/11/12/chips."""
    path = urlsplit(document.url).path
    if found := _URL_DATE.search(path):
        yield Carrier(ADDRESS, "-".join(found.group(1, 3, 4)))
    elif (found := _URL_DAY_FIRST.search(path)) and int(found[1]) > _MONTHS:
        yield Carrier(ADDRESS, "-".join(found.group(3, 2, 1)))

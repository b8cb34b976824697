"""Where pages of any kind state dates: one function a carrier, each yielding what is printed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
    if raw := document.structured.first(*PUBLISHED_META):
        yield Carrier("meta", raw)
    for raw in document.structured.items.get("datepublished", ())[:1]:
        yield Carrier("meta", raw)


def time_elements(nodes: Iterable[html.HtmlElement]) -> Iterator[Carrier]:
    """Yield the first <time datetime> among *nodes* that is not marked as an update."""
    for node in nodes:
        if node.tag != "time" or not (raw := (node.get("datetime") or "").strip()):
            continue
        words = " ".join((node.get("class") or "", node.get("itemprop") or "", collapse("".join(node.itertext()))))
        if not _UPDATED.search(words):
            yield Carrier("time", raw)
            return


def payload(document: Document, titles: Sequence[str] = ()) -> Iterator[Carrier]:
    """Yield the publication date that the page's script state holds for this article (*titles* tell which object)."""
    dated = [(value, raw) for value in document.payload.objects() if (raw := _first_date(value, PUBLISHED_KEYS))]
    own = own_object(document, titles)
    if own is not None and (raw := _first_date(own, PUBLISHED_KEYS + CREATED_KEYS)):
        yield Carrier("payload", raw)
    elif dated and (own is None or len({raw for _, raw in dated}) == 1):
        yield Carrier("payload", dated[0][1])
    elif not dated and (found := document.payload.dates()):
        yield Carrier("payload", found[0][1])
    else:
        epochs = (_SCRIPT_EPOCH.search(script.text or "") for script in document.root.iter("script"))
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


def _first_date(value: dict[str, Any], keys: Sequence[str]) -> str | None:
    found = (value[key] for key in keys if isinstance(value.get(key), str | int) and not isinstance(value[key], bool))
    return next((str(raw) for raw in found if re.search(r"\d{4}", str(raw))), None)


def visible(document: Document, nodes: Iterable[html.HtmlElement]) -> Iterator[Carrier]:
    """Yield the first text among *nodes* that is a date and nothing else (a label aside)."""
    for node in nodes:
        text = collapse("".join(node.itertext())) if len(node) < 6 else ""
        if (
            not 2 < len(text) <= _LONGEST_LABEL
            or _UPDATED.search(text)
            or not re.search(r"\d|日|昨|today|gestern|hier", text)
        ):
            continue
        if parse_date(text, seen_at=document.seen_at) is not None:
            yield Carrier("visible", text, is_visible=True)
            return


def named_for_dates(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield the elements of *root* whose tag, class, id or itemprop says that they hold a date."""
    for node in root.iter("time", "span", "div", "p", "li", "small", "em", "a", "dd", "td"):
        names = " ".join((node.get("class") or "", node.get("id") or "", node.get("itemprop") or ""))
        if node.tag == "time" or _NAMED_DATE.search(names):
            yield node

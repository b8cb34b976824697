"""HTML listing pages: links to articles in the page and in its script payload, dates beside them, further pages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from archive.dates import parse_date
from archive.urls import MIRROR_HOSTS
from spiders.pages.document import Document, Element, collapse, direct_text
from spiders.pages.listings import NOT_A_LISTING, Listing, ListingEntry, unique
from spiders.pages.next_page import guessed_page, next_page

_SEEN = datetime(2000, 1, 1, tzinfo=UTC)  # any instant: here a date is only recognised, not resolved
_ARTICLE_PATH = re.compile(
    r"/\d{4}/\d{1,2}/|/\d{5,}(?:[/.?]|$)|[-/][0-9a-f]{32}(?:[/?]|$)|/[^/]+-[^/]+-[^/]+-[^/]+|\.(?:s?html?|php)$|/(?:article|post|story|news|abs)s?/[^/]+"
)
_ITEM = re.compile(r"^(?:/[a-z]{2})?/(?:news|stories|headlines|papers)/[^/?#]+/?$", re.I)
_ITEM_HREF = re.compile(
    r"(?:https?:\\?/\\?/[\w.:-]+)?(?:\\?/[a-z]{2})?\\?/(?:news\\?/\d+|(?:stories|headlines)\\?/[0-9a-f]{32}|papers\\?/[\w.%-]+)",
    re.I,
)
_LIST_PATH = re.compile(r"^(?P<base>(?:/[a-z]{2})?/(?:news|stories|headlines|papers))/?$", re.I)
_BOX_LEVELS = 4
_LONGEST_CARD = 1500


def read_listing_page(source: str, *, url: str, site: str | None = None) -> Listing:
    """Return what an HTML page lists; not-a-listing when it names no article.

    On HyperAI (*site* "hyper.ai", or its address) an article is known by its path; elsewhere by the look of its path.
    """
    document = Document(url=url, html=source, seen_at=_SEEN)
    is_item = _is_hyperai(url, site)
    own = [entry for entry in _linked(document, items_only=is_item) if entry.url.split("#")[0] != url]
    if is_item:
        own += list(_in_payload(document))
    following = next_page(document)
    further = (following,) if following else ()
    feeds = list(_autodiscovered(document))
    if not own and not (further and _LIST_PATH.match(urlsplit(url).path)) and not feeds:
        return NOT_A_LISTING
    return Listing(
        kind="listing" if own or further else "not-a-listing",
        entries=unique([*own, *feeds]),
        next_urls=further,
        next_guess=guessed_page(document) if is_item and own and _LIST_PATH.match(urlsplit(url).path) else None,
    )


def _is_hyperai(url: str, site: str | None) -> bool:
    host = urlsplit(url).hostname or ""
    return site == "hyper.ai" or host == "hyper.ai" or host.endswith(".hyper.ai")


def _linked(document: Document, *, items_only: bool) -> Iterator[ListingEntry]:
    """Yield the articles that the page links to on its own host, with title and date of their card."""
    host = urlsplit(document.url).hostname
    hosts = {host, *(mirror for mirror, own in MIRROR_HOSTS.items() if own == host)}
    for node in document.root.iter("a"):
        href = document.absolute(node.get("href"))
        parts = urlsplit(href)
        if not href or parts.hostname not in hosts:
            continue
        if not (_ITEM if items_only else _ARTICLE_PATH).search(parts.path):
            continue
        yield ListingEntry(url=href.split("#")[0], title=_card_title(node), published_raw=_card_date(node))


def _card_title(anchor: Element) -> str:
    """Return the title of a card: the heading in its link, else the link's own text, else its title or image."""
    for node in anchor.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if text := direct_text(node):
            return text
    parts = [text for text in map(collapse, anchor.itertext()) if text and not _is_date(text)]
    longest = max(parts, key=len, default="")
    image = next(anchor.iter("img"), None)
    return longest or anchor.get("title") or ("" if image is None else image.get("alt") or "")


def _card_date(anchor: Element) -> str:
    """Return the date printed in the card around a link: the closest box that holds no other article."""
    for box in [anchor, *list(anchor.iterancestors())[:_BOX_LEVELS]]:
        addresses = {node.get("href") for node in box.iter("a") if _ITEM.search(urlsplit(node.get("href") or "").path)}
        if len(addresses) > 1 or box.tag in ("body", "main"):
            return ""
        for node in box.iter("time"):
            if raw := node.get("datetime") or direct_text(node):
                return raw.strip()
        if found := next((text for text in map(collapse, box.itertext()) if _is_date(text)), ""):
            return found
    return ""


def _is_date(text: str) -> bool:
    return (
        2 <= len(text) <= 40
        and bool(re.search(r"\d|昨|今|yester|today|hier|gestern|heute|어제|오늘", text, re.I))
        and parse_date(text, seen_at=_SEEN) is not None
    )


def _in_payload(document: Document) -> Iterator[ListingEntry]:
    """Yield the articles that only the script payload names: objects with an address or an id, then bare addresses."""
    found = _LIST_PATH.match(urlsplit(document.url).path)
    base = found["base"] if found else ""
    for value in document.payload.objects():
        if (path := _object_path(value, base)) and (address := document.absolute(path)):
            title = next(
                (str(value[key]) for key in ("title", "headline", "name") if isinstance(value.get(key), str)), ""
            )
            dated = (
                value.get(key) for key in ("publishedAt", "published_at", "datePublished", "date", "createdAt", "time")
            )
            raw = str(next((raw for raw in dated if raw), ""))
            yield ListingEntry(url=address, title=title, published_raw=raw, ways=("payload",))
    for match in _ITEM_HREF.finditer(document.payload.stream):
        if address := document.absolute(match.group().replace("\\", "")):
            yield ListingEntry(url=address, ways=("payload",))


def _object_path(value: dict[str, Any], base: str) -> str:
    """Return the path of the article an object stands for: its address, or its id below the listing's own path."""
    for key in ("href", "url", "link", "path", "slug"):
        raw = value.get(key)
        if isinstance(raw, str) and _ITEM.search(urlsplit(raw).path if "[" not in raw else ""):
            return raw
    if not base or not any(isinstance(value.get(key), str) for key in ("title", "headline")):
        return ""
    for key in ("id", "hash", "slug", "newsId", "arxivId"):
        raw = value.get(key)
        if isinstance(raw, int | str) and not isinstance(raw, bool) and re.fullmatch(r"[\w.-]+", str(raw)):
            return f"{base}/{raw}"
    return ""


def _autodiscovered(document: Document) -> Iterator[ListingEntry]:
    """Yield the feeds that the page announces."""
    for node in document.root.iter("link"):
        kind = (node.get("type") or "").lower()
        is_feed = kind in ("application/rss+xml", "application/atom+xml", "application/feed+json")
        if is_feed and "alternate" in (node.get("rel") or "").lower() and (href := document.absolute(node.get("href"))):
            yield ListingEntry(url=href, kind="feed", title=node.get("title") or "")

"""Feeds: RSS 0.9 to 2.0 and Atom as feedparser reads them, well-formed or not; JSON Feed (jsonfeed.org)."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from io import BytesIO
from typing import Any

import feedparser

from spiders.pages.document import absolute
from spiders.pages.listings import Listing, ListingEntry, unique
from spiders.pages.structured import loads_leniently

LONGEST = 1_000_000  # characters read; what is cut are the oldest items, and a feed of tags alone costs 6 s a million
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def read_feed(text: str, url: str) -> Listing:
    """Return what the feed *text*, asked for at *url*, names; it may be cut off or ill-formed. Nothing is fetched."""
    found = feedparser.parse(
        BytesIO(
            text[:LONGEST].encode("utf-8", "replace")
        ),  # of a str feedparser would ask whether it is an address or a file
        response_headers=_HEADERS | {"content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    further = (link.get("href") for link in found.feed.get("links", ()) if link.get("rel") == "next")
    pages = tuple(address for href in further if (address := absolute(href, url)))
    return Listing(kind="feed", entries=unique(_entries(found.entries, url)), next_urls=pages)


def _entries(items: list[Any], url: str) -> Iterator[ListingEntry]:
    for item in items:
        if address := absolute(_link(item), url):
            # `in` first: feedparser warns where "updated" would be answered with the date of publication
            changed = item["updated"] if "updated" in item else ""  # noqa: SIM401
            title = " ".join(_plain(item.get("title_detail") or {}).split())
            published = item.get("published") or changed
            yield ListingEntry(url=address, title=title, published_raw=published, modified_raw=changed)


def _plain(detail: Mapping[str, str]) -> str:
    """Return a title without markup; *detail* says whether it is HTML."""
    text = re.sub(r"<[^>]+>", "", detail.get("value") or "")
    return unescape(text) if "html" in (detail.get("type") or "") else text


def _link(item: Any) -> str:
    """Return an entry's address: its link, or an id that is an address."""
    links = [link.get("href") for link in item.get("links", ()) if link.get("rel") == "alternate" and link.get("href")]
    identity = item.get("id") or ""
    return str(next(iter(links), "") or (identity if identity.startswith(("http://", "https://")) else ""))


def read_json_feed(text: str, url: str) -> Listing | None:
    """Return a JSON Feed; None when the JSON is something else."""
    value = loads_leniently(text)
    if not isinstance(value, dict) or "jsonfeed.org" not in str(value.get("version", "")):
        return None
    items = [item for item in value.get("items") or [] if isinstance(item, dict)]
    entries = (
        ListingEntry(
            url=address,
            title=str(item.get("title") or ""),
            published_raw=str(item.get("date_published") or ""),
            modified_raw=str(item.get("date_modified") or ""),
        )
        for item in items
        if (address := absolute(str(item.get("url") or item.get("external_url") or item.get("id") or ""), url))
    )
    further = absolute(str(value.get("next_url") or ""), url)
    return Listing(kind="feed", entries=unique(entries), next_urls=(further,) if further else ())

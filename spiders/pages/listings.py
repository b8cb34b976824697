"""Listings (pages, feeds, sitemaps, robots.txt): what names addresses of articles, told apart by content."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.entities import html5
from typing import Annotated

from lxml import etree

from spiders.pages.charset import decode
from spiders.pages.document import absolute, shortened
from spiders.pages.surrogates import without_surrogates

_MOST_MARKS = 1_000_000  # of "<"; 50,000 addresses with six languages each have fewer
_MOST_BYTES = 10 * 1024 * 1024  # of a sitemap after decompression, as of any body; the protocol allows 50
_GZIP = b"\x1f\x8b"
_ROBOTS_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_ROBOTS = re.compile(r"^\s*(?:user-agent|disallow|allow|sitemap|crawl-delay)\s*:", re.I | re.M)
_AMPERSAND = re.compile(r"&(#?\w{1,32};)?")
_PLAIN_ADDRESS = re.compile(r"https?://\S+\s*(?:$|[\r\n])", re.I)
_FEED_TAGS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEntry:
    """An address that a listing names."""

    url: Annotated[str, "Absolute address."]
    kind: Annotated[str, "article, listing, feed or sitemap: how to read what it leads to."] = "article"
    title: Annotated[str, "Title or anchor text as printed; empty when there is none."] = ""
    published_raw: Annotated[str, "Date as printed beside it (relative text, pubDate); empty when there is none."] = ""
    modified_raw: Annotated[str, "Date of the last change as a sitemap or feed gives it; empty when there is none."] = (
        ""
    )
    ways: Annotated[tuple[str, ...], "Where a page names it: link, payload (its script state)."] = ("link",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a listing names, in its order."""

    kind: Annotated[str, "listing, feed, sitemap, sitemap-index, robots or not-a-listing; decided by content."]
    entries: Annotated[tuple[ListingEntry, ...], "Addresses in the order printed, each once."] = ()
    next_urls: Annotated[tuple[str, ...], "The next page of the same listing, as it says itself."] = ()
    next_guess: Annotated[str | None, "Where a next page would be, when the page does not say."] = None
    warnings: Annotated[tuple[str, ...], "What could not be read."] = ()


NOT_A_LISTING = Listing(kind="not-a-listing")


def read_listing(body: bytes, *, url: str, content_type: str = "", site: str | None = None) -> Listing:
    """Return the addresses that a response names; its content decides what it is, not its address or header.

    *site* names the site file whose listing pages it is read as. Never raises for what a response holds.
    """
    unpacked = inflate(body)
    if unpacked is None:
        return Listing(kind="not-a-listing", warnings=("page: the compressed data is damaged",))
    decoded = decode(unpacked, content_type if body is unpacked else "")
    if decoded is None or not decoded.text.strip():
        return NOT_A_LISTING
    from spiders.pages.listing_page import read_listing_page

    found = _from_data(decoded.text, url) or read_listing_page(decoded.text, url=url, site=site)
    listing: Listing = without_surrogates(found)
    return listing


def _from_data(text: str, url: str) -> Listing | None:
    """Return a feed, a sitemap or a robots.txt; None when the text is none of them."""
    from spiders.pages.feeds import read_feed, read_json_feed

    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return read_json_feed(start, url)
    kind = _xml_kind(text)
    if kind in _FEED_TAGS:
        return read_feed(text, url)
    if kind and (root := _xml_root(text)) is not None:
        return _from_sitemap(root, url)
    if not start.startswith("<") and _ROBOTS.search(start):
        return Listing(kind="robots", entries=unique(_robots(start, url)))
    pages = unique(_plain_addresses(start, url)) if _PLAIN_ADDRESS.match(start) else ()
    return Listing(kind="sitemap", entries=pages) if pages else None


def inflate(body: bytes) -> bytes | None:
    """Return *body* without gzip, at most 50 MiB of it; None when it is damaged from the start."""
    if not body.startswith(_GZIP):
        return body
    engine = zlib.decompressobj(wbits=31)
    try:
        return engine.decompress(body, _MOST_BYTES)
    except zlib.error:
        return None


def unique(entries: Iterable[ListingEntry]) -> tuple[ListingEntry, ...]:
    """Return *entries*, each address once: the first place counts, the first title and date that is not empty too."""
    seen: dict[str, ListingEntry] = {}
    for entry in entries:
        known = seen.get(entry.url)
        if known is None:
            seen[entry.url] = entry
        elif known != entry:
            seen[entry.url] = replace(
                known,
                title=known.title or entry.title,
                published_raw=known.published_raw or entry.published_raw,
                modified_raw=known.modified_raw or entry.modified_raw,
                ways=tuple(dict.fromkeys((*known.ways, *entry.ways))),
            )
    return tuple(seen.values())


def _xml_kind(text: str) -> str:
    """Return the name of the root of a feed or sitemap, however ill-formed; '' when the response is neither."""
    opening = re.search(r"<(?!\?|!)(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b", text[:5000], re.I)
    if not opening or re.search(r"<(?:!doctype\s+)?html\b", text[: opening.start()], re.I):
        return ""
    return opening[1].lower()


def _xml_root(text: str) -> etree._Element | None:
    """Return the root of a sitemap; None when it cannot be read at all."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, load_dtd=False, huge_tree=False)
    text = shortened(text, most=_MOST_MARKS)
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", "", text[:3000], flags=re.S) + text[3000:]
    try:
        root = etree.fromstring(_well_formed(cleaned.lstrip()).encode("utf-8", "replace"), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and _name(root) in ("urlset", "sitemapindex") else None


def _well_formed(text: str) -> str:
    """Return *text* with bare ampersands and HTML's own entities made plain outside CDATA: feeds are full of them."""
    parts = re.split(r"(<!\[CDATA\[.*?\]\]>)", text, flags=re.S)
    return "".join(part if part.startswith("<![CDATA[") else _AMPERSAND.sub(_plain_entity, part) for part in parts)


def _plain_entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if name and (name[:-1] in ("amp", "lt", "gt", "quot", "apos") or name.startswith("#")):
        return found.group()
    return html5.get(name or "", "&amp;" + (name or ""))


def _from_sitemap(root: etree._Element, url: str) -> Listing:
    is_index = _name(root) == "sitemapindex"
    entries = unique(_sitemap_entries(root, url, "sitemap" if is_index else "article"))
    return Listing(kind="sitemap-index" if is_index else "sitemap", entries=entries)


def _sitemap_entries(root: etree._Element, url: str, kind: str) -> Iterator[ListingEntry]:
    for node in root:
        facts = {_name(child): (child.text or "").strip() for child in node if isinstance(child.tag, str)}
        news = {
            _name(child): (child.text or "").strip() for child in node.iterdescendants() if isinstance(child.tag, str)
        }
        if address := absolute(facts.get("loc"), url):
            yield ListingEntry(
                url=address,
                kind=kind,
                title=news.get("title", ""),
                published_raw=news.get("publication_date", ""),
                modified_raw=facts.get("lastmod", ""),
            )
        for child in node:
            # hreflang alternates name the language editions; many sitemaps list only one of them as <loc>.
            if isinstance(child.tag, str) and _name(child) == "link" and (other := absolute(child.get("href"), url)):
                yield ListingEntry(url=other, kind=kind, modified_raw=facts.get("lastmod", ""))


def _plain_addresses(text: str, url: str) -> Iterator[ListingEntry]:
    """Yield the addresses of a sitemap that is plain text, one a line (sitemaps.org)."""
    for line in text.splitlines():
        if _PLAIN_ADDRESS.match(line.strip()) and (address := absolute(line.strip(), url)):
            yield ListingEntry(url=address)


def _robots(text: str, url: str) -> Iterator[ListingEntry]:
    for found in _ROBOTS_LINE.finditer(text[: 512 * 1024]):
        if address := absolute(found.group(1), url):
            yield ListingEntry(url=address, kind="sitemap")


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname).lower()

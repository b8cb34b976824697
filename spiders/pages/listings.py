"""Listings (pages, feeds, sitemaps, robots.txt): what names addresses of articles, told apart by content."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.entities import html5
from typing import Annotated

from lxml import etree

from spiders.pages.charset import decode
from spiders.pages.document import absolute

_MOST_BYTES = 10 * 1024 * 1024  # of a sitemap after decompression, as of any body; the protocol allows 50
_GZIP = b"\x1f\x8b"
_ROBOTS_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_ROBOTS = re.compile(r"^\s*(?:user-agent|disallow|allow|sitemap|crawl-delay)\s*:", re.I | re.M)
_AMPERSAND = re.compile(r"&(#?\w{1,32};)?")
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
    start = decoded.text.lstrip("\ufeff \t\r\n")
    if start.startswith("{") and (feed := _json_feed(start, url)):
        return feed
    if (found := _xml_root(decoded.text)) is not None:
        return _from_xml(found, url)
    if not re.match(r"\s*<", start) and _ROBOTS.search(start):
        return Listing(kind="robots", entries=unique(_robots(start, url)))
    from spiders.pages.listing_page import read_listing_page

    return read_listing_page(decoded.text, url=url, site=site)


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


def _xml_root(text: str) -> etree._Element | None:
    """Return the root of a feed or sitemap, however ill-formed; None when the response is neither."""
    opening = re.search(r"<(?!\?|!)(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b", text[:5000], re.I)
    if not opening or re.search(r"<(?:!doctype\s+)?html\b", text[: opening.start()], re.I):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, load_dtd=False, huge_tree=False)
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", "", text[:3000], flags=re.S) + text[3000:]
    try:
        root = etree.fromstring(_well_formed(cleaned.lstrip()).encode("utf-8", "replace"), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and _name(root) in _FEED_TAGS | {"urlset", "sitemapindex"} else None


def _well_formed(text: str) -> str:
    """Return *text* with bare ampersands and HTML's own entities made plain outside CDATA: feeds are full of them."""
    parts = re.split(r"(<!\[CDATA\[.*?\]\]>)", text, flags=re.S)
    return "".join(part if part.startswith("<![CDATA[") else _AMPERSAND.sub(_plain_entity, part) for part in parts)


def _plain_entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if name and (name[:-1] in ("amp", "lt", "gt", "quot", "apos") or name.startswith("#")):
        return found.group()
    return html5.get(name or "", "&amp;" + (name or ""))


def _from_xml(root: etree._Element, url: str) -> Listing:
    name = _name(root)
    if name in ("urlset", "sitemapindex"):
        kind = "sitemap" if name == "sitemapindex" else "article"
        entries = unique(_sitemap_entries(root, url, kind))
        return Listing(kind="sitemap" if name == "urlset" else "sitemap-index", entries=entries)
    return Listing(kind="feed", entries=unique(_feed_entries(root, url)), next_urls=_next_pages(root, url))


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


def _feed_entries(root: etree._Element, url: str) -> Iterator[ListingEntry]:
    for node in root.iter():
        if not isinstance(node.tag, str) or _name(node) not in ("item", "entry"):
            continue
        facts: dict[str, str] = {}
        for child in node:
            if isinstance(child.tag, str):
                facts.setdefault(_name(child), "".join(child.itertext()).strip())
        if address := absolute(_feed_link(node, facts), url):
            published = facts.get("pubdate") or facts.get("published") or facts.get("date") or facts.get("issued") or ""
            title = " ".join(re.sub(r"<[^>]+>", "", facts.get("title", "")).split())
            yield ListingEntry(url=address, title=title, published_raw=published, modified_raw=facts.get("updated", ""))


def _feed_link(node: etree._Element, facts: dict[str, str]) -> str:
    """Return an entry's address: the alternate link, the text of <link>, or a guid that is an address."""
    links = [child for child in node if isinstance(child.tag, str) and _name(child) == "link"]
    for child in links:
        if child.get("href") and (child.get("rel") or "alternate") == "alternate":
            return str(child.get("href"))
    text = next((child.text.strip() for child in links if (child.text or "").strip()), "")
    guid = facts.get("guid") or facts.get("id") or ""
    return text or (guid if guid.startswith(("http://", "https://")) else "")


def _next_pages(root: etree._Element, url: str) -> tuple[str, ...]:
    links = (
        node
        for node in root.iter()
        if isinstance(node.tag, str) and _name(node) == "link" and node.get("rel") == "next"
    )
    return tuple(address for node in links if (address := absolute(node.get("href"), url)))


def _json_feed(text: str, url: str) -> Listing | None:
    """Return a JSON Feed (jsonfeed.org); None when the JSON is something else."""
    from spiders.pages.structured import loads_leniently

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


def _robots(text: str, url: str) -> Iterator[ListingEntry]:
    for found in _ROBOTS_LINE.finditer(text[: 512 * 1024]):
        if address := absolute(found.group(1), url):
            yield ListingEntry(url=address, kind="sitemap")


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname).lower()

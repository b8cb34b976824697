"""A list as what programs ask again and again: Atom (RFC 4287), JSON Feed 1.1, CSV."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from archive.publish.listing import Entry, Listing
from archive.spreadsheets import neutral

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NEVER = "1970-01-01T00:00:00Z"


def atom(listing: Listing) -> str:
    """Return *listing* as an Atom feed."""
    updated = max((entry.changed_at for entry in listing.entries), default="") or _NEVER
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(listing.title)}</title>",
        f"<id>{_text(listing.address)}</id>",
        f'<link rel="self" type="application/atom+xml" href={_quoted(listing.address)}/>',
        f'<link rel="alternate" type="text/html" href={_quoted(listing.page)}/>',
        f"<updated>{_instant(updated)}</updated>",
    ]
    return "\n".join([*head, *map(_atom_entry, listing.entries), "</feed>", ""])


def json_feed(listing: Listing) -> str:
    """Return *listing* as a JSON Feed (jsonfeed.org, version 1.1)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": listing.title,
        "home_page_url": listing.page,
        "feed_url": listing.address,
        "items": [_json_item(entry) for entry in listing.entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def as_csv(listing: Listing) -> str:
    """Return *listing* as CSV with a header; no cell is run by a spreadsheet. Authors are parted by semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([field.name for field in fields(Entry)])
    for entry in listing.entries:
        cells = [getattr(entry, field.name) for field in fields(Entry)]
        writer.writerow([neutral("; ".join(cell) if isinstance(cell, tuple) else cell) for cell in cells])
    return out.getvalue()


FORMATS: Mapping[str, tuple[str, str, Callable[[Listing], str]]] = {
    "atom": ("Atom", "application/atom+xml; charset=utf-8", atom),
    "feed.json": ("JSON Feed", "application/feed+json; charset=utf-8", json_feed),
    "csv": ("CSV", "text/csv; charset=utf-8", as_csv),
}
"""Ending of an address -> what readers call it, its media type, what makes it."""


def _atom_entry(entry: Entry) -> str:
    names = entry.authors or (entry.source,)
    parts = [
        f"<title>{_text(entry.title)}</title>",
        f"<id>{_text(entry.address)}</id>",
        f'<link rel="alternate" type="text/html" href={_quoted(entry.address)}/>',
        f'<link rel="via" href={_quoted(entry.url)}/>',
        f"<published>{_instant(entry.published_at)}</published>" if entry.published_at else "",
        f"<updated>{_instant(entry.changed_at)}</updated>",
        *(f"<author><name>{_text(name)}</name></author>" for name in names),
        f"<category term={_quoted(entry.source)}/>",
        f"<summary>{_text(entry.summary)}</summary>" if entry.summary else "",
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _json_item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.address,
        "url": entry.address,
        "external_url": entry.url,
        "title": entry.title,
        "content_text": entry.summary,
        "date_published": _instant(entry.published_at) if entry.published_at else None,
        "date_modified": _instant(entry.changed_at),
        "authors": [{"name": name} for name in entry.authors or (entry.source,)],
        "language": entry.lang or None,
        "tags": [entry.source],
    }
    return {name: value for name, value in item.items() if value is not None}


def _instant(date: str) -> str:
    """Return a date of any sharpness as an instant, its first; feeds know no other."""
    if "T" in date:
        return date if len(date) > 17 else f"{date[:16]}:00Z"
    return f"{date}-01-01"[:10] + "T00:00:00Z"


def _text(words: str) -> str:
    return escape(_clean(words))


def _quoted(words: str) -> str:
    return quoteattr(_clean(words))


def _clean(words: str) -> str:
    """Return *words* without the characters that XML has no way to write."""
    return _UNWRITABLE.sub(" ", words)

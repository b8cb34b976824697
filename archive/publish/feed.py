"""A search as an Atom feed (RFC 4287): what a reader's program asks again and again."""

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from archive.search import Found

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_UNWRITABLE = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


def feed(found: Found, *, title: str, address: str, article_address: Any) -> str:
    """Return *found* as a feed called *title* that stands at *address*; *article_address* makes one of an article."""
    dates = [_instant(hit.published_at) for hit in found.hits if hit.published_at]
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(address)}</id>",
        f'<link rel="self" href={quoteattr(_clean(address))}/>',
        f"<updated>{max(dates, default='1970-01-01T00:00:00Z')}</updated>",
    ]
    return "\n".join([*head, *(_entry(hit, article_address(hit.article_id)) for hit in found.hits), "</feed>", ""])


def _entry(hit: Any, address: str) -> str:
    passage = next((snippet.text for snippet in hit.snippets if snippet.where != "title"), "")
    parts = [
        f"<title>{_text(hit.title or hit.url)}</title>",
        f"<id>{_text(address)}</id>",
        f'<link rel="alternate" href={quoteattr(_clean(address))}/>',
        f'<link rel="via" href={quoteattr(_clean(hit.url))}/>',
        f"<updated>{_instant(hit.published_at)}</updated>",
        f"<author><name>{_text(hit.source)}</name></author>",
        f"<summary>{_text(passage)}</summary>",
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _instant(published_at: str | None) -> str:
    """Return a date of any sharpness as an instant, its first; Atom knows no other."""
    if not published_at:
        return "1970-01-01T00:00:00Z"
    if "T" in published_at:
        return published_at if len(published_at) > 17 else f"{published_at[:16]}:00Z"
    return f"{published_at}-01-01"[:10] + "T00:00:00Z"


def _text(words: str) -> str:
    return escape(_clean(words))


def _clean(words: str) -> str:
    """Return *words* without the characters that XML has no way to write."""
    return _UNWRITABLE.sub(" ", words)

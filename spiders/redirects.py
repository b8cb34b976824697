"""Redirects: where an answer points, without following it; every hop passes the guard and robots.txt again."""

import re
from html import unescape
from urllib.parse import urljoin

from w3lib.url import safe_url_string

from archive.dates import utc_iso
from archive.errors import AddressError
from archive.records import FrontierEntry
from archive.store import frontier
from archive.urls import surt
from archive.warc import Exchange
from spiders.planning import STORED
from spiders.scope import LISTS
from spiders.session import Session

REFRESH = re.compile(
    rb"<meta\b(?=[^>]*\bhttp-equiv\s*=\s*[\"']?\s*refresh\b)[^>]*\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))",
    re.IGNORECASE,
)
REFRESH_CONTENT = re.compile(r"(\d*)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*([^\"']+)", re.IGNORECASE)
# A browser with scripts on sees nothing of these.
UNSEEN = re.compile(rb"<!--.*?(?:-->|\Z)|<(noscript|script|style|template)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
REFRESH_WITHIN_BYTES = 16_384
MAX_REFRESH_S = 5  # a page that is read for longer first is a page
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MAX_HOPS = 10


def next_hop(exchange: Exchange) -> str | None:
    """Return the absolute address that a redirect points to, whatever its scheme; None when it is no redirect."""
    if exchange.status not in REDIRECTS:
        return None
    location = exchange.header("location")
    if not location:
        return None
    try:
        text = location.encode("latin-1").decode("utf-8")  # servers send UTF-8, header bytes reach us as Latin-1
    except UnicodeDecodeError:
        text = location
    return _joined(exchange.url, text)


def refresh_target(body: bytes, url: str) -> str | None:
    """Return where the page *body* at *url* sends its readers at once (meta refresh); None when it lets them read.

    Source: HTML, shared declarative refresh steps. Within noscript it is for other readers.
    """
    head = body[:REFRESH_WITHIN_BYTES]
    if b"refresh" not in head.lower():
        return None
    found = REFRESH.search(UNSEEN.sub(b" ", head))
    content = next(filter(None, found.groups()), b"") if found else b""
    parts = REFRESH_CONTENT.match(unescape(content.decode("utf-8", "replace")).lstrip())
    if parts is None or int(parts[1][:9] or 0) > MAX_REFRESH_S:
        return None
    target = _joined(url, parts[2].strip())
    return None if target == url.partition("#")[0] else target


def _joined(base: str, text: str) -> str:
    try:
        return str(safe_url_string(urljoin(base, text))).partition("#")[0]
    except ValueError:
        return text


def known_target(session: Session, entry: FrontierEntry, target: str) -> FrontierEntry | None:
    """Return the entry of the page that *entry* redirects to, when that is held already or about to be asked by itself.

    None means that the redirect is to be followed: an unknown page, one that failed, a list, a ring.
    """
    try:
        key = surt(target)
    except AddressError:
        return None
    known = None if key == entry.surt or entry.kind in LISTS else frontier.entry_of(session.store, key)
    if known is None or known.leads_to or key in session.leading or known.kind in LISTS:
        return None
    if known.state == "done":
        return known if known.outcome in STORED else None
    is_coming = known.state == "leased" or (known.state == "due" and (known.due_at or "") <= utc_iso(session.now()))
    return known if is_coming and not known.attempts else None

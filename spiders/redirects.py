"""Redirects: where an answer points, without following it; every hop passes the guard and robots.txt again."""

from urllib.parse import urljoin

from w3lib.url import safe_url_string

from archive.warc import Exchange

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
    try:
        return str(safe_url_string(urljoin(exchange.url, text))).partition("#")[0]
    except ValueError:
        return text

"""Addresses of other sites as pages show them: whose they are, whether a reader may follow them."""

from urllib.parse import urlsplit

from archive.errors import AddressError
from archive.urls import site_key


def publisher_of(url: str | None) -> str | None:
    """Return the source key of *url*; None when it is no web address."""
    try:
        return site_key(url) if url else None
    except AddressError:
        return None


def web_address(url: str | None) -> str | None:
    """Return *url* when a reader may follow it (http or https, with a host), else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def wayback_address(url: str, when: str | None) -> str:
    """Return where the Internet Archive's Wayback Machine shows *url* as it was closest to *when*, a stored date."""
    digits = "".join(filter(str.isdigit, when or ""))[:14]
    return f"https://web.archive.org/web/{digits or '*'}/{url}"

"""Conditional requests: what we hold already is asked for only if it changed (RFC 9110 section 13)."""

from archive.model import Outcome
from archive.records import FrontierEntry

WORTH_KEEPING = (Outcome.OK, Outcome.PAYWALLED, Outcome.LISTING)


def conditional_headers(entry: FrontierEntry) -> dict[str, str]:
    """Return If-None-Match and If-Modified-Since for *entry*; empty unless its last answer was of use to us."""
    if entry.outcome not in WORTH_KEEPING:
        return {}
    found = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
    return {name: value for name, value in found.items() if value}

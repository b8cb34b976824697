"""Conditional requests: what we hold is asked for only if it changed (RFC 9110 section 13), and not read twice."""

from collections.abc import Sequence

from archive.model import Outcome
from archive.opt_out import opt_out
from archive.records import FrontierEntry
from archive.store import Store
from archive.store.captures import last_payload
from archive.warc import Exchange, payload_digest

WORTH_KEEPING = (Outcome.OK, Outcome.PAYWALLED, Outcome.LISTING)


def conditional_headers(entry: FrontierEntry) -> dict[str, str]:
    """Return If-None-Match and If-Modified-Since for *entry*; empty unless its last answer was of use to us."""
    if entry.outcome not in WORTH_KEEPING:
        return {}
    found = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
    return {name: value for name, value in found.items() if value}


def is_unchanged(store: Store, entry: FrontierEntry, hops: Sequence[Exchange]) -> bool:
    """Return whether the last of *hops* says what we read before: 304 to a conditional request, or the same body."""
    last = hops[-1]
    if last.status == 304:
        return len(hops) == 1 and bool(conditional_headers(entry))
    if last.status != 200 or entry.checked_at is None or entry.outcome not in WORTH_KEEPING:
        return False
    held = last_payload(store, entry.surt)
    if held is None or held.payload_digest != payload_digest(last.payload):
        return False
    # The same page under a header that asks for more than before is to be read again.
    return set((opt_out(last.headers) or "").split()) <= set((held.opt_out or "").split())

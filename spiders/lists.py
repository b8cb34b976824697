"""The lists of one crawl: which are asked in every run, what they name, and what their lastmod dates announce."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from archive.errors import AddressError
from archive.model import Outcome
from archive.records import FrontierEntry, ListReading, Sighting
from archive.revisits import HintSample
from archive.store import frontier, lists
from archive.urls import as_written, canonical_url, host_of, site_key, surt
from archive.warc import Exchange
from spiders.pages import Listing, ListingEntry
from spiders.politeness import RETRY_AFTER, Plan
from spiders.scope import DEEP_PRIORITY, LINKED_PRIORITY, LISTS, ROOT_PRIORITY, SOURCE_KEY, priority_of
from spiders.session import Session
from spiders.visit import Naming, Visit
from spiders.walk import Walk

UNREAD = "-"  # the scope of a reading that is not to be relied on yet


@dataclass(slots=True)
class Waiting:
    """Announced changes of which some are checked first."""

    reading: Annotated[ListReading, "The sitemap that announced them."]
    scope: Annotated[str, "Scope it was read for; noted when the sample is through."]
    sample: Annotated[HintSample, "What the checks showed so far."]
    asked: Annotated[set[str], "SURTs of the sample that are on their way."]
    others: Annotated[dict[str, str], "SURT -> lastmod of what waits."]


@dataclass(slots=True)
class Lists:
    """What a crawl knows of its lists beside the frontier."""

    session: Session
    walk: Walk = field(init=False)
    _waiting: list[Waiting] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin no listing yet."""
        self.walk = Walk(self.session.options.depth)

    def open(self) -> None:
        """Make due what every run asks.

        Those are the sitemaps that nothing else leads to, and lists that brought news which no sitemap had when last
        asked. Where no sitemap works it is every list. What failed is asked again, unless its server named a time.
        """
        session = self.session
        roots = frontier.lists_of(session.store, source=SOURCE_KEY, least_priority=ROOT_PRIORITY)
        site = site_key(session.config.origin)  # an archive may hold the lists of a mirror too
        held = [entry for entry in roots if site_key(entry.url) == site]
        has_sitemap = any(entry.kind == "sitemap" and _is_list(entry) for entry in held)
        wanted = [entry.surt for entry in held if self._is_asked_always(entry, has_sitemap=has_sitemap)]
        with session.write(n_pages=0):
            frontier.reopen(session.store, wanted, now=session.now())

    def holds(self, entry: FrontierEntry) -> bool:
        """Return whether what was read there last was read for all that this crawl takes in."""
        if entry.kind == "listing" and self.walk.depth is not None:
            return False  # what is wanted are the pages behind it
        reading = lists.reading_of(self.session.store, entry.surt)
        return reading is not None and self.session.scope.is_covered_by(reading.scope)

    def read(self, entry: FrontierEntry, hops: tuple[Exchange, ...], listing: Listing) -> Visit:
        """Return the visit of a list that names something."""
        last, store = hops[-1], self.session.store
        reading = ListReading(
            surt=entry.surt,
            url=entry.url,
            kind=listing.kind,
            read_at=last.fetched_at,
            n_entries=len(listing.entries),
            digest=_digest(listing),
            scope=self.session.scope.words,
        )
        before = lists.reading_of(store, entry.surt)
        if before and before.digest == reading.digest and self.session.scope.is_covered_by(before.scope):
            follow = self._further(entry, last, listing, reading.digest, n_new=0, n_inside=1)
            is_root = entry.priority >= ROOT_PRIORITY and self.walk.depth is None
            found = () if is_root else follow
            return Visit(entry=entry, hops=hops, outcome=Outcome.LISTING, detail=entry.detail, found=found)
        named = self._named(entry, last, listing)
        rows = lists.known(store, (one.surt for one, _ in named))
        pages = [one for one, _ in named if one.kind not in LISTS]
        n_new = len({one.surt for one in pages} - rows.keys())
        naming = self._naming(entry, replace(reading, n_new=n_new), named, rows)
        follow = self._further(entry, last, listing, reading.digest, n_new=n_new, n_inside=len(pages))
        to_add = tuple(one for one, _ in named if not (rows.get(one.surt) or {"checked_at": None})["checked_at"])
        return Visit(
            entry=entry,
            hops=hops,
            outcome=Outcome.LISTING,
            detail=f"{listing.kind}: {len({one.surt for one in pages})} entries, {n_new} new",
            found=to_add + follow,
            n_new=n_new,
            listing_kind=listing.kind,
            naming=naming,
        )

    def announced_lists(self, entry: FrontierEntry, listing: Listing) -> tuple[FrontierEntry, ...]:
        """Return the feeds and sitemaps that a page names which is no list itself."""
        found = (self.list_entry(item.url, item.kind, found_on=entry.url) for item in listing.entries)
        return tuple(one for one in found if one and one.kind != "listing")

    def list_entry(
        self, url: str, kind: str, *, found_on: str | None, priority: int = ROOT_PRIORITY, lastmod: str = ""
    ) -> FrontierEntry | None:
        """Return the frontier entry of a list of HyperAI (sitemaps and feeds: a sister host too); None for another."""
        try:
            plain = canonical_url(url)
            is_here = host_of(plain) == self.session.origin_host
            is_sister = kind in ("sitemap", "feed") and site_key(plain) == site_key(self.session.config.origin)
            if kind not in LISTS or not (is_here or is_sister):
                return None
        except AddressError:
            return None
        return FrontierEntry(
            surt=surt(plain),
            url=plain,
            kind=kind,
            source=SOURCE_KEY,
            priority=priority,
            found_on=found_on,
            modified_hint=lastmod or None,
        )

    def settled(self, visit: Visit, plan: Plan) -> None:
        """Note what came of a visit that is stored."""
        entry, session = visit.entry, self.session
        if entry.kind == "sitemap" and visit.outcome is Outcome.LISTING:
            # Whether a part without a lastmod changed, only asking tells.
            silent = frontier.parts_without_lastmod(session.store, entry.url, run_id=session.run_id)
            if silent:
                with session.write(n_pages=0):
                    frontier.reopen(session.store, silent, now=session.now())
        for waiting in [one for one in self._waiting if entry.surt in one.asked]:
            if not plan.in_this_run:
                waiting.asked.discard(entry.surt)
                waiting.sample.count(is_changed=plan.is_changed)
            if not waiting.asked:
                self._waiting.remove(waiting)
                self._end_sample(waiting)

    def _is_asked_always(self, entry: FrontierEntry, *, has_sitemap: bool) -> bool:
        if entry.run_id == self.session.run_id:
            return False
        if entry.state != "done":
            return entry.outcome is not None and RETRY_AFTER not in (entry.detail or "")
        if not _is_list(entry):
            return False
        if entry.kind == "sitemap":
            return entry.found_on is None
        return not has_sitemap or (entry.changed_at is not None and entry.changed_at == entry.checked_at)

    def _named(
        self, entry: FrontierEntry, last: Exchange, listing: Listing
    ) -> list[tuple[FrontierEntry, ListingEntry]]:
        """Return what the list names inside the scope, first what is newest; mirrors of one address are all there."""
        seen_at = datetime.fromisoformat(last.fetched_at)
        items = listing.entries
        if entry.kind == "sitemap":  # in the order of a database; its dates are ISO 8601 and sort as text
            items = tuple(sorted(items, key=lambda item: item.published_raw or item.modified_raw, reverse=True))
        found: list[tuple[FrontierEntry, ListingEntry]] = []
        for place, item in enumerate(items):
            if item.kind in LISTS:
                one = self.list_entry(item.url, item.kind, found_on=entry.url, lastmod=item.modified_raw)
            elif self.session.scope.is_old(item.published_raw or item.modified_raw, seen_at=seen_at):
                one = None
            else:
                one = self.session.scope.entry(
                    item.url,
                    found_on=last.url,
                    priority=priority_of(entry.kind, place),
                    hint=item.published_raw or None,
                    lastmod=item.modified_raw if entry.kind == "sitemap" else None,
                )
            if one and one.surt != entry.surt:
                found.append((one, item))
        return found

    def _naming(
        self,
        entry: FrontierEntry,
        reading: ListReading,
        named: list[tuple[FrontierEntry, ListingEntry]],
        rows: dict[str, dict[str, str | None]],
    ) -> Naming:
        hints = {one.surt: one.modified_hint for one, _ in named if one.modified_hint}
        announced = set(lists.announced(rows, hints))
        is_part = {one.surt: one.kind in LISTS for one, _ in named}
        pages = {key: hints[key] for key in hints if key in announced and not is_part[key]}
        chosen = self._sampled(entry, reading, pages, sum(1 for key in rows if not is_part[key]))
        if len(chosen) < len(pages):
            reading = replace(reading, scope=UNREAD)
        return Naming(
            reading=reading,
            sightings=tuple(self._sightings(reading, named)),
            announced=chosen,
            parts={key: hints[key] for key in hints if key in announced and is_part[key]},
            noted={
                key: hints[key]
                for key in hints
                if key not in announced and key in rows and rows[key]["modified_hint"] is None
            },
        )

    def _sampled(
        self, entry: FrontierEntry, reading: ListReading, pages: dict[str, str], n_known: int
    ) -> dict[str, str]:
        """Return which announced changes are checked now: all, or of a doubtful crowd a few first."""
        record = lists.lastmods_of(self.session.store, entry.host)
        sample = HintSample.of(record, n_announced=len(pages), n_known=n_known)
        if sample is None:
            return pages
        order = sorted(pages, key=lambda key: zlib.crc32(key.encode()))
        chosen = {key: pages[key] for key in order[: sample.size]}
        others = {key: pages[key] for key in order[sample.size :]}
        self._waiting.append(Waiting(reading, reading.scope, sample, set(chosen), others))
        return chosen

    def _end_sample(self, waiting: Waiting) -> None:
        session = self.session
        with session.write(n_pages=0):
            if waiting.sample.is_believed:
                lists.announce(session.store, waiting.others, now=session.now(), priority=LINKED_PRIORITY)
            lists.put_reading(session.store, replace(waiting.reading, scope=waiting.scope))

    def _sightings(
        self, reading: ListReading, named: Iterable[tuple[FrontierEntry, ListingEntry]]
    ) -> Iterator[Sighting]:
        way = "sitemap" if reading.kind.startswith("sitemap") else reading.kind
        for one, item in named:
            if one.kind in LISTS:
                continue
            for found_by in item.ways:
                yield Sighting(
                    surt=one.surt,
                    way=way if found_by == "link" else found_by,
                    url=as_written(item.url),
                    first_seen_at=reading.read_at,
                    run_id=self.session.run_id,
                )

    def _further(
        self, entry: FrontierEntry, last: Exchange, listing: Listing, digest: str, *, n_new: int, n_inside: int
    ) -> tuple[FrontierEntry, ...]:
        """Return the listing's next page, reopened when it is known, while the walk goes on."""
        if not self.walk.goes_on(entry.surt, digest=digest, n_new=n_new, n_inside=n_inside):
            return ()
        guessed = listing.next_guess if n_new and not listing.next_urls else None
        for url in listing.next_urls or ((guessed,) if guessed else ()):
            following = self.list_entry(url, entry.kind, found_on=last.url, priority=DEEP_PRIORITY)
            if following is None or following.surt == entry.surt:
                continue
            held = frontier.entry_of(self.session.store, following.surt)
            if held and (held.run_id == self.session.run_id or (guessed and not _is_list(held))):
                continue
            self.walk.lead(entry.surt, following.surt)
            if held:
                with self.session.write(n_pages=0):
                    frontier.reopen(self.session.store, [held.surt], now=self.session.now())
            return (following,)
        return ()


def _is_list(entry: FrontierEntry) -> bool:
    return entry.state == "done" and entry.outcome is Outcome.LISTING


def _digest(listing: Listing) -> str:
    """Return what stands for the addresses of a list, in its order, and of a sitemap for their dates."""
    is_sitemap = listing.kind.startswith("sitemap")
    words = (f"{item.url} {item.modified_raw}" if is_sitemap else item.url for item in listing.entries)
    return hashlib.sha1("\n".join(words).encode(), usedforsecurity=False).hexdigest()

"""HyperAISpider: seeds, robots.txt's sitemaps, feeds and listing pages -> article pages; told apart by content."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from itertools import chain

from scrapy import Request

from archive.errors import AddressError, ArchiveError
from archive.model import Outcome
from archive.records import FrontierEntry, Seed
from archive.store import frontier
from archive.store.sources import put_seeds, put_sources
from archive.urls import canonical_url, host_of, surt
from archive.warc import Exchange
from spiders.archive_spider import ArchiveSpider
from spiders.pages import Listing, read_listing
from spiders.politeness import RETRY_AFTER
from spiders.refusal import RefusedError
from spiders.scope import FIRST_PRIORITY, LAST_PRIORITY, LISTS, SITEMAP_PRIORITY, SOURCE_KEY
from spiders.sites import seeds, sources
from spiders.visit import Visit

SEED_PRIORITY = 10_000
NEXT_PRIORITY = 4000  # a listing's further page, after the articles of the page before
QUIET_PRIORITY = 3999  # the same when the page before brought nothing new: a second such page ends the listing
FEED_PATHS = ("/feed", "/rss")  # claimed by aggregators, never verified (SITES 1.6)
LOCALE_FEED = "/{locale}/feed.xml"


class HyperAISpider(ArchiveSpider):
    """Finds and fetches HyperAI's own pages."""

    name = "hyperai"
    kinds = ("sitemap", "feed", "listing", "article")

    def prepare(self) -> None:
        """Enter the seeds; those that listed something before are asked in every crawl."""
        session = self.session
        found = tuple(self._seeds())
        with session.write(n_pages=0):
            put_sources(session.store, sources())
            put_seeds(session.store, found)
            entries = [_seed_entry(seed) for seed in found]
            frontier.add(session.store, entries, now=session.now())
            for entry in entries:
                self._ask_again(entry.surt)

    async def start(self) -> AsyncIterator[Request | Visit]:
        """Ask robots.txt first, for its Sitemap lines, then go through the frontier."""
        try:
            await self._enter_sitemaps()
        except RefusedError as error:  # every page is refused for the same reason, and says so
            self.session.progress.event(f"robots.txt: {error}", self.session.config.origin)
        except ArchiveError as error:
            self.session.fail(error)
        async for found in super().start():
            yield found

    async def _enter_sitemaps(self) -> None:
        origin = self.session.config.origin
        rules = await self.session.robots.rules_for(f"{origin}/", self.crawler.engine.download_async)
        lines = read_listing(rules.verdict.body.encode(), url=f"{origin}/robots.txt", content_type="text/plain")
        listed = [self._listed(entry.url, "sitemap", SEED_PRIORITY, None) for entry in lines.entries]
        maps = [entry for entry in listed if entry]
        with self.session.write(n_pages=0):
            frontier.add(self.session.store, maps, now=self.session.now())
            for entry in maps:
                self._ask_again(entry.surt)

    async def read(self, entry: FrontierEntry, hops: tuple[Exchange, ...], body: bytes) -> Visit:
        """Read a listing by its content, or an article."""
        if entry.kind not in LISTS:
            return await super().read(entry, hops, body)
        last = hops[-1]
        listing = await self.session.workers.run(
            read_listing, body, url=last.url, content_type=last.header("content-type") or "", site=SOURCE_KEY
        )
        if last.status != 200 or listing.kind == "not-a-listing":
            outcome = Outcome.GONE if last.status >= 400 else Outcome.SOFT_404
            words = "holds no entries" if last.status == 200 else f"HTTP {last.status}"
            feeds = tuple(self._found(entry, last, listing)) if last.status == 200 else ()  # a shell may name one
            return Visit(
                entry=entry, hops=hops, outcome=outcome, detail=words, found=feeds, listing_kind="not-a-listing"
            )
        found = tuple(self._found(entry, last, listing))
        n_new = self._n_new(found)
        follow = tuple(self._further(entry, last, listing, n_new)) if found or listing.entries else ()
        return Visit(
            entry=entry,
            hops=hops,
            outcome=Outcome.LISTING,
            detail=f"{listing.kind}: {len(found)} entries, {n_new} new",
            found=found + follow,
            n_new=n_new,
            listing_kind=listing.kind,
        )

    def _seeds(self) -> Iterator[Seed]:
        options, origin = self.session.options, self.session.config.origin.rstrip("/")
        known = seeds(origin, locales=options.locales, sections=options.sections)
        yield from known
        held = {seed.url for seed in known}
        locales = options.locales or tuple(sorted({seed.locale for seed in known if seed.locale}))
        paths = chain(FEED_PATHS, (LOCALE_FEED.format(locale=locale) for locale in locales if locale))
        for path in paths:
            if origin + path not in held:
                yield Seed(url=origin + path, kind="feed", source=SOURCE_KEY)

    def _ask_again(self, surt_: str) -> None:
        """Make a list due that is planned for later: every crawl asks it once, also after a failure.

        Not one that turned out to be no list, nor one whose server named a time itself.
        """
        held = frontier.entry_of(self.session.store, surt_)
        if held is None or held.run_id == self.session.run_id:
            return
        is_list = held.state == "done" and held.outcome is Outcome.LISTING
        has_failed = held.state != "done" and held.outcome is not None and RETRY_AFTER not in (held.detail or "")
        if is_list or has_failed:
            self._reopen(held)

    def _found(self, entry: FrontierEntry, last: Exchange, listing: Listing) -> Iterator[FrontierEntry]:
        scope = self.session.scope
        seen_at = datetime.fromisoformat(last.fetched_at)
        for place, item in enumerate(listing.entries):
            if item.kind in LISTS and item.kind != "listing":
                listed = self._listed(item.url, item.kind, SEED_PRIORITY, last.url)
                if listed:
                    if listed.kind == "feed":
                        self._ask_again(listed.surt)
                    yield listed
            elif not scope.is_old(item.published_raw, seen_at=seen_at):
                first = SITEMAP_PRIORITY if entry.kind == "sitemap" else FIRST_PRIORITY
                priority = max(first - place, min(first, LAST_PRIORITY))
                inside = scope.entry(item.url, found_on=last.url, priority=priority, hint=item.published_raw or None)
                if inside:
                    yield inside

    def _n_new(self, found: tuple[FrontierEntry, ...]) -> int:
        return sum(1 for entry in found if frontier.entry_of(self.session.store, entry.surt) is None)

    def _further(self, entry: FrontierEntry, last: Exchange, listing: Listing, n_new: int) -> Iterator[FrontierEntry]:
        """Yield the listing's next page, unless this page and the one before brought nothing new."""
        if n_new == 0 and (entry.priority == QUIET_PRIORITY or entry.kind != "listing"):
            return
        priority = NEXT_PRIORITY if n_new else QUIET_PRIORITY
        for url in listing.next_urls:
            following = self._listed(url, entry.kind, priority, last.url)
            if following and following.surt != entry.surt:
                held = frontier.entry_of(self.session.store, following.surt)
                if held and held.run_id == self.session.run_id:
                    continue
                if held:
                    self._reopen(held, priority=priority)
                yield following

    def _reopen(self, held: FrontierEntry, *, priority: int | None = None) -> None:
        with self.session.write(n_pages=0):
            frontier.reopen(self.session.store, [held.surt], now=self.session.now(), priority=priority)

    def _listed(self, url: str, kind: str, priority: int, found_on: str | None) -> FrontierEntry | None:
        try:
            plain = canonical_url(url)
            if host_of(plain) != self.session.origin_host:
                return None
            return FrontierEntry(
                surt=surt(plain), url=plain, kind=kind, source=SOURCE_KEY, priority=priority, found_on=found_on
            )
        except AddressError:
            return None


def _seed_entry(seed: Seed) -> FrontierEntry:
    url = canonical_url(seed.url)
    return FrontierEntry(surt=surt(url), url=url, kind=seed.kind, source=seed.source, priority=SEED_PRIORITY)

"""HyperAISpider: seeds, robots.txt's sitemaps, feeds and listing pages -> article pages; told apart by content."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import chain

from scrapy import Request

from archive.errors import ArchiveError
from archive.model import Outcome
from archive.records import FrontierEntry, Seed
from archive.store import frontier
from archive.store.sources import put_seeds, put_sources
from archive.urls import canonical_url, surt
from archive.warc import Exchange
from spiders.archive_spider import ArchiveSpider
from spiders.lists import Lists
from spiders.pages import read_listing
from spiders.pages.extractor import extractor
from spiders.politeness import Plan
from spiders.refusal import RefusedError
from spiders.scope import LISTS, ROOT_PRIORITY, SOURCE_KEY
from spiders.sites import seeds, sources
from spiders.visit import Visit

FEED_PATHS = ("/feed", "/rss")  # claimed by aggregators, never verified (SITES 1.6)
LOCALE_FEED = "/{locale}/feed.xml"


class HyperAISpider(ArchiveSpider):
    """Finds and fetches HyperAI's own pages."""

    name = "hyperai"
    kinds = ("sitemap", "feed", "listing", "article")
    _lists: Lists

    def prepare(self) -> None:
        """Enter the seeds, and make due the lists that every crawl asks."""
        session = self.session
        found = tuple(self._seeds())
        with session.write(n_pages=0):
            put_sources(session.store, sources())
            put_seeds(session.store, found)
            frontier.add(session.store, map(_seed_entry, found), now=session.now())
        self._lists.open()

    async def start(self) -> AsyncIterator[Request | Visit]:
        """Ask robots.txt first, for its Sitemap lines, then go through the frontier."""
        self._lists = Lists(self.session)
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
        maps = [self._lists.list_entry(entry.url, "sitemap", found_on=None) for entry in lines.entries]
        with self.session.write(n_pages=0):
            frontier.add(self.session.store, [entry for entry in maps if entry], now=self.session.now())

    async def read(self, entry: FrontierEntry, hops: tuple[Exchange, ...], body: bytes) -> Visit:
        """Read a listing by its content, or an article."""
        if entry.kind not in LISTS:
            return await super().read(entry, hops, body)
        last = hops[-1]
        listing = await self.session.workers.run(
            read_listing, body, url=last.url, content_type=last.header("content-type") or "", site=SOURCE_KEY
        )
        if last.status == 200 and listing.kind != "not-a-listing":
            return replace(self._lists.read(entry, hops, listing), extractor=extractor())
        return Visit(
            entry=entry,
            hops=hops,
            outcome=Outcome.GONE if last.status >= 400 else Outcome.SOFT_404,
            detail="holds no entries" if last.status == 200 else f"HTTP {last.status}",
            found=self._lists.announced_lists(entry, listing) if last.status == 200 else (),  # a shell may name one
            listing_kind="not-a-listing",
            extractor=extractor(),
        )

    def holds(self, entry: FrontierEntry) -> bool:
        """Return whether a list was read before for all that this crawl takes in; of a page what was read is all."""
        return self._lists.holds(entry) if entry.kind in LISTS else super().holds(entry)

    def settled(self, visit: Visit, plan: Plan) -> None:
        """Note what came of a visit that is stored, also for the lists that it was about."""
        self._lists.settled(visit, plan)
        super().settled(visit, plan)

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


def _seed_entry(seed: Seed) -> FrontierEntry:
    url = canonical_url(seed.url)
    return FrontierEntry(surt=surt(url), url=url, kind=seed.kind, source=seed.source, priority=ROOT_PRIORITY)

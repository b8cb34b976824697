"""AddedSpider: captures pages that a person names, whether due or not."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from archive.records import FrontierEntry
from archive.store import frontier
from archive.store.sources import put_sources
from archive.urls import canonical_url, host_of, surt
from spiders.archive_spider import ArchiveSpider
from spiders.scope import SOURCE_KEY
from spiders.sites import sources
from spiders.visit import Visit

ADDED_PRIORITY = 20_000


class AddedSpider(ArchiveSpider):
    """Visits exactly the addresses it is given."""

    name = "added"
    follows_known = True
    urls: tuple[str, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_: Any, urls: Sequence[str] = (), **options: Any) -> Self:
        """Return the spider for *urls*."""
        spider = super().from_crawler(crawler, **options)
        spider.urls = tuple(urls)
        return spider

    async def start(self) -> AsyncIterator[Request | Visit]:
        """Yield a request for every address that may be asked, and a visit for every one that may not."""
        for entry in self._entries():
            self.session.attempts[entry.surt] += 1
            self.claims.held[entry.surt] = entry
            yield self._refused(entry) or self._request(entry)

    def _entries(self) -> list[FrontierEntry]:
        """Enter the addresses; a page of HyperAI is an article, any other is kept as a cited one is."""
        session = self.session
        wanted = []
        for url in map(canonical_url, self.urls):
            is_own = host_of(url) == session.origin_host
            wanted.append(
                FrontierEntry(
                    surt=surt(url),
                    url=url,
                    kind="article" if is_own else "cited",
                    source=SOURCE_KEY if is_own else "",
                    priority=ADDED_PRIORITY,
                )
            )
        with session.write(n_pages=0):
            put_sources(session.store, sources())
            frontier.add(session.store, wanted, now=session.now())
        return [held for entry in wanted if (held := frontier.entry_of(session.store, entry.surt))]

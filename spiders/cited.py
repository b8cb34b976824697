"""CitedSpider: asks for what articles cite, and for nothing that those pages link to."""

from archive.store.sources import put_sources
from spiders.archive_spider import ArchiveSpider
from spiders.sites import sources


class CitedSpider(ArchiveSpider):
    """Fetches cited pages, at depth 1."""

    name = "cited"
    kinds = ("cited",)

    def prepare(self) -> None:
        """Enter the policies of sources: they decide who is asked at all."""
        with self.session.write(n_pages=0):
            put_sources(self.session.store, sources())

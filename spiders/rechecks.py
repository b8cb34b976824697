"""RecheckSpider: asks again for what was asked before and is due, HyperAI's articles and cited pages alike."""

from spiders.archive_spider import ArchiveSpider


class RecheckSpider(ArchiveSpider):
    """Fetches pages again, after everything that is new."""

    name = "rechecks"
    kinds = ("article", "cited")

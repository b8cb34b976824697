"""Why a page was not fetched: raised anywhere below the spider, answered in one place."""

import re

from scrapy.exceptions import IgnoreRequest

from archive.model import Outcome

_OBJECT = re.compile(r" (?:ssl:)?<[^>]*(?: at 0x[0-9a-f]+)?>| ssl:default")


def words_of(error: BaseException) -> str:
    """Return kind and words of a failure in one short line, without the addresses of objects in memory."""
    return f"{type(error).__name__}: {_OBJECT.sub('', str(error))}"[:300]


class HeldBackError(IgnoreRequest):
    """A request that is not made now because its host rests; nothing came of it, and the address stays due."""


class RefusedError(IgnoreRequest):
    """A request that is not made, or whose answer is not taken; Scrapy hands it to the spider's errback."""

    def __init__(self, outcome: Outcome, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.retry_after_s = outcome, detail, retry_after_s

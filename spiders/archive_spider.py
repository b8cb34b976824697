"""What both spiders share: entries of the frontier in, visits out; redirects, failures and refusals in between."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, ResponseDataLossError
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.coding import TooLargeError, TruncatedError
from archive.errors import AddressError, ArchiveError, CaptureError
from archive.model import Outcome, Policy
from archive.opt_out import opt_out
from archive.records import FrontierEntry
from archive.store.frontier import REVISIT_PRIORITY
from archive.store.sources import needs_browser, policy_of
from archive.store.takedowns import is_taken_down
from archive.warc import Exchange
from spiders.browser import RenderError, as_shown
from spiders.capture import HOPS
from spiders.claims import Claims
from spiders.hosts import netloc_of
from spiders.pages import read_page
from spiders.planning import STORED
from spiders.politeness import RETRY_AFTER, Plan, retry_after_s
from spiders.redirects import MAX_HOPS, known_target, next_hop, refresh_target
from spiders.refusal import HeldBackError, RefusedError, words_of
from spiders.revisit import conditional_headers, is_unchanged
from spiders.robots import UnreachableError
from spiders.session import Session
from spiders.visit import Visit

ENTRY = "archive_entry"  # request.meta key: the frontier entry that is being visited
PASSING_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 525, 526, 527, 530))


class ArchiveSpider(Spider):
    """Asks for what is due of its kinds, and yields a Visit for each."""

    kinds: tuple[str, ...] = ()
    follows_known: bool = False  # whether a redirect to a page that is asked by itself is followed all the same
    session: Session
    claims: Claims

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *_: Any,
        session: Session,
        kinds: tuple[str, ...] = (),
        is_fresh_only: bool = False,
    ) -> Self:
        """Return the spider on *session*, without which nothing holds the lock.

        *kinds* narrows what it asks for; *is_fresh_only* leaves what was asked before to the RecheckSpider.
        """
        spider = super().from_crawler(crawler)
        spider.session = session
        if session.renderer is not None:
            crawler.signals.connect(session.renderer.close, signals.spider_closed, weak=False)
        spider.claims = Claims(session, kinds or cls.kinds, least_priority=REVISIT_PRIORITY + 1 if is_fresh_only else 0)
        return spider

    def holds(self, entry: FrontierEntry) -> bool:
        """Return whether what we read at *entry* last is all that the same answer would give again.

        Where scripts make the text, the same page may say something else.
        """
        return not needs_browser(self.session.store, entry.source)

    def prepare(self) -> None:
        """Enter into the frontier what this crawl starts from."""

    async def start(self) -> AsyncIterator[Request | Visit]:
        """Yield a request for every entry that may be asked, and a visit for every one that may not."""
        try:
            self.prepare()
            async for entry in self.claims.entries():
                refused = self._refused(entry)
                yield refused or self._request(entry)
        except ArchiveError as error:
            self.session.fail(error)

    def settled(self, visit: Visit, plan: Plan) -> None:
        """Note what came of a visit that is stored: the address is free again, or wakes later in this run."""
        if plan.in_this_run and plan.at is not None:
            self.claims.waking[visit.entry.surt] = plan.at
        self.claims.settle(visit.entry)

    async def answered(self, response: Response) -> AsyncIterator[Request | Visit]:
        """Follow a redirect, or read the page."""
        entry: FrontierEntry = response.meta[ENTRY]
        hops: list[Exchange] = response.meta[HOPS]
        try:
            target = next_hop(hops[-1])
            if target is not None:
                yield self._hop(entry, hops, target)
            elif hops[-1].status in PASSING_STATUSES:
                yield self._unwell(entry, hops)
            elif self.holds(entry) and is_unchanged(self.session.store, entry, hops):
                words = "not modified" if hops[-1].status == 304 else "the same body"
                yield Visit(
                    entry=entry, hops=tuple(hops), outcome=entry.outcome or Outcome.OK, detail=words, is_same=True
                )
            else:
                yield await self._read_safely(entry, tuple(hops))
        except ArchiveError as error:
            yield Visit(entry=entry, hops=tuple(hops), outcome=Outcome.ERROR, detail=str(error))
        except Exception as error:  # Scrapy would only log it, and the entry would be waited for without end
            yield _unread(entry, hops, error)

    def failed(self, failure: Failure) -> Visit | None:
        """Return the visit of a request that got no answer; None when it was only held back."""
        request: Request = failure.request  # type: ignore[attr-defined]
        entry, hops = request.meta[ENTRY], request.meta[HOPS]
        if isinstance(failure.value, HeldBackError):
            self.claims.hold_back(entry, netloc_of(request.url), is_begun=bool(hops))
            return None
        outcome, detail, passing = classify(failure.value or RuntimeError("no answer"))
        if isinstance(failure.value, ArchiveError) and not isinstance(failure.value, AddressError):
            self.session.fail(failure.value)
        return Visit(
            entry=entry, hops=tuple(hops), outcome=outcome, detail=detail, refused_url=request.url, passing=passing
        )

    async def read(self, entry: FrontierEntry, hops: tuple[Exchange, ...], body: bytes) -> Visit:
        """Return the visit of an answer whose body is decoded: as an article or a cited page; others override it."""
        last = hops[-1]
        article = await self.session.workers.run(
            read_page,
            body,
            url=last.url,
            seen_at=datetime.fromisoformat(last.fetched_at),
            content_type=last.header("content-type") or "",
            status=last.status,
            site=self.session.source_of(last.url),
        )
        kept = article if article.outcome in STORED else None
        return Visit(
            entry=entry,
            hops=hops,
            outcome=article.outcome,
            article=kept,
            detail=_status_words(last, article.outcome),
            extractor=article.extractor,
        )

    async def _read_safely(self, entry: FrontierEntry, hops: tuple[Exchange, ...]) -> Request | Visit:
        try:
            body = hops[-1].body(limit=self.session.config.max_body_bytes)
            target = refresh_target(body, hops[-1].url) if "html" in (hops[-1].header("content-type") or "") else None
            if target is not None and target not in {hop.url for hop in hops}:
                return self._hop(entry, list(hops), target)
            read = self._read_as_shown if self._needs_browser(entry, hops[-1]) else self.read
            visit = await read(entry, hops, body)
            return replace(visit, opt_out=opt_out(hops[-1].headers, visit.shown or body))
        except TruncatedError as error:
            return Visit(entry=entry, hops=hops, outcome=Outcome.ERROR, detail=str(error), passing=True)
        except TooLargeError as error:
            return Visit(entry=entry, hops=hops, outcome=Outcome.TOO_LARGE, detail=str(error))
        except CaptureError as error:
            return Visit(entry=entry, hops=hops, outcome=Outcome.UNDECODABLE, detail=str(error))
        except Exception as error:
            return _unread(entry, hops, error)

    async def _read_as_shown(self, entry: FrontierEntry, hops: tuple[Exchange, ...], body: bytes) -> Visit:
        """Return the visit of a page as a browser shows it; as it was sent, and the problem, when none can."""
        renderer = self.session.renderer
        try:
            if renderer is None:
                raise RenderError("the setting browser names no Chromium")
            html = await renderer.render(hops[-1], self.crawler.engine.download_async)
        except RenderError as error:
            return replace(await self.read(entry, hops, body), problem=f"needs a browser: {error}")
        visit = await self.read(entry, (*hops[:-1], as_shown(hops[-1], html)), html)
        return replace(visit, hops=hops, shown=html)

    def _needs_browser(self, entry: FrontierEntry, last: Exchange) -> bool:
        is_page = last.status == 200 and "html" in (last.header("content-type") or "")
        return is_page and self.session.replay is None and needs_browser(self.session.store, entry.source)

    def _refused(self, entry: FrontierEntry) -> Visit | None:
        """Return the visit of an entry that gets no request at all, by its address or by our policy for its source."""
        try:
            self.session.guard.check_url(entry.url)
        except AddressError as error:
            return Visit(entry=entry, outcome=Outcome.BLOCKED_ADDRESS, detail=str(error))
        if is_taken_down(self.session.store, [entry.surt]):
            return Visit(entry=entry, outcome=Outcome.TAKEN_DOWN, detail="taken down: no request is made")
        if policy_of(self.session.store, entry.source) is Policy.CITE_ONLY:
            return Visit(entry=entry, outcome=Outcome.CITE_ONLY, detail="policy of the source: no request is made")
        return None

    def _request(self, entry: FrontierEntry, *, url: str | None = None, hops: list[Exchange] | None = None) -> Request:
        return Request(
            url or entry.url,
            callback=self.answered,
            errback=self.failed,
            headers=conditional_headers(entry) if url is None and self.holds(entry) else None,
            meta={ENTRY: entry, HOPS: [] if hops is None else hops},
            priority=len(hops or ()),  # a chain that has begun is finished first
            dont_filter=True,
        )

    def _hop(self, entry: FrontierEntry, hops: list[Exchange], target: str) -> Request | Visit:
        if len(hops) > MAX_HOPS or target in {hop.url for hop in hops}:
            detail = "redirect loop" if len(hops) <= MAX_HOPS else f"more than {MAX_HOPS} redirects"
            return Visit(entry=entry, hops=tuple(hops), outcome=Outcome.ERROR, detail=detail)
        try:
            self.session.guard.check_url(target)
        except AddressError as error:
            return Visit(
                entry=entry,
                hops=tuple(hops),
                outcome=Outcome.BLOCKED_ADDRESS,
                detail=f"redirect: {error}",
                refused_url=target,
            )
        known = None if self.follows_known else known_target(self.session, entry, target)
        if known is None:
            return self._request(entry, url=target, hops=hops)
        self.session.leading.add(entry.surt)
        return Visit(
            entry=entry,
            hops=tuple(hops),
            outcome=known.outcome or Outcome.OK,
            detail=f"leads to {known.url}",
            leads_to=known,
        )

    def _unwell(self, entry: FrontierEntry, hops: list[Exchange]) -> Visit:
        last = hops[-1]
        wait_s = retry_after_s(last.header("retry-after"), now=self.session.now())
        words = f"{last.status} {last.reason}".strip()
        if wait_s is not None:
            words += f", {RETRY_AFTER} {wait_s:.0f} s"
        return Visit(
            entry=entry, hops=tuple(hops), outcome=Outcome.ERROR, detail=words, passing=True, retry_after_s=wait_s
        )


def _unread(entry: FrontierEntry, hops: Sequence[Exchange], error: Exception) -> Visit:
    words = f"{type(error).__name__}: {error}"[:500]
    return Visit(entry=entry, hops=tuple(hops), outcome=Outcome.ERROR, detail="could not be read", problem=words)


def classify(error: BaseException) -> tuple[Outcome, str, bool]:
    """Return outcome, words and whether it may pass, for a request that got no answer."""
    if isinstance(error, UnreachableError):
        return error.outcome, error.detail, True
    if isinstance(error, RefusedError):
        return error.outcome, error.detail, False
    if isinstance(error, DownloadTimeoutError):
        return Outcome.TIMEOUT, str(error), True
    if isinstance(error, DownloadCancelledError):
        return Outcome.TOO_LARGE, str(error).partition(" in request")[0], False
    if isinstance(error, ResponseDataLossError):
        return Outcome.ERROR, "truncated: the answer broke off", True
    return Outcome.ERROR, words_of(error), True


def _status_words(exchange: Exchange, outcome: Outcome) -> str | None:
    return None if outcome in STORED else f"HTTP {exchange.status}" if exchange.status != 200 else None

"""robots.txt as RFC 9309 has it: 4xx allows, 5xx and silence forbid, one question an origin, the answer kept a day."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.dates import utc_iso
from archive.errors import CaptureError
from archive.model import Outcome
from archive.records import Decision, FrontierEntry, RobotsVerdict
from archive.store import robots as stored
from archive.urls import surt
from archive.warc import Exchange
from spiders.capture import HOPS
from spiders.hosts import netloc_of
from spiders.redirects import next_hop
from spiders.refusal import RefusedError, words_of
from spiders.robots_rules import RobotsRules, parse_robots, robots_text
from spiders.session import Session, session_of
from spiders.visit import Visit

IS_ROBOTS = "archive_robots"  # request.meta key: this request is for a robots.txt
AGENT = "hyperai-archive"  # the product token that robots.txt files name us by
KEPT_FOR = timedelta(hours=24)  # RFC 9309 2.4
MAX_BYTES = 512 * 1024  # RFC 9309 2.5 asks for at least 500 KiB
MAX_REDIRECTS = 5  # RFC 9309 2.3.1.2
UNREACHABLE = "disallow-all"

Fetch = Callable[[Request], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin allows us."""

    verdict: Annotated[RobotsVerdict, "As stored."]
    lines: Annotated[RobotsRules | None, "What the file says to us; None when the verdict alone decides."] = None
    refusal: Annotated[RefusedError | None, "Why the origin may not be asked at all, when it may not."] = None
    failure: Annotated[str | None, "Why its robots.txt was not read, when it was not."] = None

    def check(self, url: str) -> None:
        """Raise RefusedError when *url* may not be asked."""
        if self.refusal is not None:
            raise self.refusal
        if self.verdict.verdict == UNREACHABLE:
            why = self.failure or f"HTTP {self.verdict.status}"
            raise UnreachableError(
                f"robots.txt of {self.verdict.origin} gave no answer ({why}): nothing is asked there until it does"
            )
        if self.lines is not None and not self.lines.allows(url):
            raise RefusedError(Outcome.ROBOTS, f"robots.txt of {self.verdict.origin} disallows it")


class UnreachableError(RefusedError):
    """robots.txt could not be read: forbidden for now."""

    def __init__(self, detail: str) -> None:
        super().__init__(Outcome.ROBOTS, detail)


@dataclass(slots=True)
class RobotsFiles:
    """The robots.txt of every origin of this crawl; each is asked once, however many requests wait for it."""

    session: Session
    _asked: dict[str, "asyncio.Task[Rules]"] = field(default_factory=dict)

    async def rules_for(self, url: str, fetch: Fetch) -> Rules:
        """Return the rules of the origin of *url*, from the store while they hold, else asked with *fetch*."""
        origin = f"{urlsplit(url).scheme}://{netloc_of(url)}"
        task = self._asked.get(origin)
        if task is None:
            task = self._asked[origin] = asyncio.ensure_future(self._rules(origin, fetch))
        return await asyncio.shield(task)

    async def _rules(self, origin: str, fetch: Fetch) -> Rules:
        held = stored.get(self.session.store, origin)
        if held and held.expires_at > utc_iso(self.session.now()) and held.verdict != UNREACHABLE:
            return _parsed(held)
        hops: list[Exchange] = []
        refusal: RefusedError | None = None
        failure: str | None = None
        try:
            await _follow(f"{origin}/robots.txt", hops, fetch)
        except RefusedError as error:
            refusal, failure = error, error.detail
        except Exception as error:
            failure = words_of(error)
        verdict = _verdict(origin, hops[-1] if hops and not failure else None, self.session)
        self._keep(origin, hops, verdict, failure)
        is_blocked = refusal is not None and refusal.outcome is Outcome.BLOCKED_ADDRESS and not hops
        return Rules(verdict, refusal=refusal) if is_blocked else replace(_parsed(verdict), failure=failure)

    def _keep(self, origin: str, hops: list[Exchange], verdict: RobotsVerdict, failure: str | None) -> None:
        from spiders.pipelines import keep_captures

        url = f"{origin}/robots.txt"
        entry = FrontierEntry(surt=surt(url), url=url, kind="robots", source=self.session.source_of(url))
        outcome = Outcome.OK if verdict.verdict == "rules" else Outcome.GONE if verdict.status else Outcome.ERROR
        detail = failure or verdict.verdict
        with self.session.write():
            keep_captures(
                self.session,
                Visit(
                    entry=entry,
                    hops=tuple(hops),
                    outcome=outcome,
                    detail=detail,
                    refused_url=url if failure else None,
                ),
            )
            stored.put(self.session.store, verdict)
            self._say(verdict, failure)

    def _say(self, verdict: RobotsVerdict, failure: str | None) -> None:
        why = failure or f"HTTP {verdict.status}"
        say = partial(Decision, host=verdict.origin)
        self.session.hosts.robots(say(decision="robots", detail=f"{verdict.verdict}: {why}"))
        if verdict.crawl_delay_s:
            self.session.hosts.robots(say(decision="crawl-delay", seconds=verdict.crawl_delay_s))


class RobotsMiddleware:
    """Lets a request pass only when its origin's robots.txt does."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._session = session_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RefusedError when the page may not be asked; set the host's pause as its Crawl-delay says."""
        if request.meta.get(IS_ROBOTS):
            return
        hosts, host = self._session.hosts, netloc_of(request.url)
        hosts.check(host)
        files: RobotsFiles = self._session.robots
        rules = await files.rules_for(request.url, self._crawler.engine.download_async)
        rules.check(request.url)
        hosts.admit(host)
        delay_s = rules.verdict.crawl_delay_s
        if not delay_s or self._session.replay is not None:
            return
        if delay_s > self._session.config.crawl_delay_cap_s:
            hosts.keep_crawl_delay(host, delay_s)
        else:
            self._slow_down(urlsplit(request.url).hostname or "", delay_s)

    def _slow_down(self, host: str, delay_s: float) -> None:
        config = self._session.config
        downloader = self._crawler.engine.downloader
        pause = {"delay": max(delay_s, config.delay_s), "concurrency": 1, "jitter": 0.0}
        downloader.per_slot_settings[host] = pause
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.concurrency = pause["delay"], 1


async def _follow(url: str, hops: list[Exchange], fetch: Fetch) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        await fetch(Request(url, dont_filter=True, meta={IS_ROBOTS: True, HOPS: hops}))
        target = next_hop(hops[-1])
        if target is None:
            return
        url = target
    raise RefusedError(Outcome.ERROR, f"more than {MAX_REDIRECTS} redirects")


def _verdict(origin: str, last: Exchange | None, session: Session) -> RobotsVerdict:
    now: datetime = session.now()
    status = last.status if last else None
    verdict, body, delay_s = UNREACHABLE, "", None
    if last and 200 <= last.status < 300:
        try:
            body = robots_text(last.body(limit=session.config.max_body_bytes), limit=MAX_BYTES)
            verdict, delay_s = "rules", parse_robots(body, AGENT).crawl_delay_s
        except CaptureError:
            body = ""
    elif last and 400 <= last.status < 500 and last.status != 429:
        verdict = "allow-all"
    return RobotsVerdict(
        origin=origin,
        fetched_at=last.fetched_at if last else utc_iso(now),
        expires_at=utc_iso(now if verdict == UNREACHABLE else now + KEPT_FOR),
        status=status,
        verdict=verdict,
        body=body,
        crawl_delay_s=delay_s or None,
    )


def _parsed(verdict: RobotsVerdict) -> Rules:
    return Rules(verdict, parse_robots(verdict.body, AGENT) if verdict.verdict == "rules" else None)

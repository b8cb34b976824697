"""How each host fares in this run: what it was asked, when it may be asked again. Every decision becomes a row.

One place for Crawl-delay, Retry-After, back-off and the caps: all of them are promises to a host, not to a page.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Request, Response

from archive.dates import utc_iso
from archive.errors import ArchiveError
from archive.records import Decision
from archive.settings import Config
from spiders.guard import DEFAULT_PORTS
from spiders.politeness import retry_after_s
from spiders.refusal import HeldBackError

MAX_FAILURES = 5  # in a row; then the host rests until another run


@dataclass(slots=True)
class Hosts:
    """The hosts of one run; the clock and the way to the store are given."""

    config: Config
    now: Callable[[], datetime]
    keep: Annotated[Callable[[Decision], None], "Stores a decision."]
    put_off: Annotated[dict[str, datetime], "Hosts that named a time in an earlier run, and that time."] = field(
        default_factory=dict
    )
    free: Annotated[frozenset[str], "Hosts without a cap of their own: HyperAI's."] = frozenset()
    requests: Annotated[Counter[str], "Requests made, by host."] = field(default_factory=Counter)
    n_lists: Annotated[int, "Listings, feeds and sitemaps asked."] = 0
    _failures: Counter[str] = field(default_factory=Counter)
    _pauses: dict[str, datetime] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Return whether this run has made all the requests it may."""
        return 0 < self.config.requests_per_run <= self.requests.total()

    @property
    def may_list(self) -> bool:
        """Return whether this run may ask for another listing: a calendar has no last page."""
        return self.n_lists < self.config.lists_per_run

    def resting(self) -> set[str]:
        """Return the hosts that are not asked now."""
        now = self.now()
        return self._spent | {host for host, until in (*self._pauses.items(), *self.put_off.items()) if until > now}

    def pause_ends(self, host: str) -> datetime | None:
        """Return when *host* may be asked again in this run; None when it may be now, or not in this run."""
        until = self._pauses.get(host)
        return until if until and until > self.now() and host not in self._spent else None

    def pauses(self) -> dict[str, datetime]:
        """Return the hosts that are asked again in this run, and when."""
        return {host: ends for host in self._pauses if (ends := self.pause_ends(host))}

    def check(self, host: str) -> None:
        """Raise HeldBackError when *host* is not asked now, also not for its robots.txt."""
        if host in self.resting():
            raise HeldBackError(f"{host} rests")

    def admit(self, host: str) -> None:
        """Count a request to *host*; raises HeldBackError when it may not be asked now."""
        self.check(host)
        if self.is_full:
            raise HeldBackError(f"{self.config.requests_per_run} requests were made in this run")
        if host not in self.free and self.requests[host] >= self.config.cited_per_host:
            detail = f"{self.config.cited_per_host} requests in this run"
            self._rest(host, Decision(host=host, decision="host-cap", detail=detail))
            raise HeldBackError(f"{host}: {detail}")
        self.requests[host] += 1
        if self.is_full:
            self._say(Decision(host=host, decision="run-cap", detail=f"{self.config.requests_per_run} requests"))

    def count_list(self, host: str) -> None:
        """Count a request for a listing, feed or sitemap of *host*."""
        self.n_lists += 1
        if not self.may_list:
            self._say(Decision(host=host, decision="list-cap", detail=f"{self.n_lists} listings, feeds and sitemaps"))

    def keep_crawl_delay(self, host: str, delay_s: float) -> None:
        """Let *host*, whose Crawl-delay is above our cap, have this one request in this run."""
        detail = f"Crawl-delay above {self.config.crawl_delay_cap_s:g} s"
        self._put_off(host, Decision(host=host, decision="put-off", seconds=delay_s, detail=detail))

    def answered(self, host: str) -> None:
        """Note that *host* is well."""
        self._failures.pop(host, None)

    def failed(self, host: str, why: str, *, wait_s: float | None = None) -> None:
        """Note a failure of *host* that may pass: it is asked after *wait_s* (Retry-After), or after growing pauses."""
        self._failures[host] += 1
        n_failures, cap_s = self._failures[host], self.config.crawl_delay_cap_s
        if wait_s is not None and wait_s > cap_s:
            self._put_off(host, Decision(host=host, decision="put-off", seconds=wait_s, detail=f"Retry-After, {why}"))
        elif n_failures >= MAX_FAILURES:
            detail = f"{n_failures} failures in a row, the last: {why}"
            self._rest(host, Decision(host=host, decision="put-off", detail=detail))
        else:
            pause_s = min(self.config.delay_s * 2**n_failures, cap_s) if wait_s is None else wait_s
            word = "back-off" if wait_s is None else "wait"
            self._pause(host, Decision(host=host, decision=word, seconds=pause_s, detail=why))

    def robots(self, decision: Decision) -> None:
        """Keep what a robots.txt that was just asked for says."""
        self._say(decision)

    def _pause(self, host: str, decision: Decision) -> None:
        until = self.now() + timedelta(seconds=decision.seconds or 0)
        if until > self._pauses.get(host, self.now()):
            self._pauses[host] = until
            self._say(decision, until=until)

    def _put_off(self, host: str, decision: Decision) -> None:
        self._rest(host, decision, until=self.now() + timedelta(seconds=decision.seconds or 0))

    def _rest(self, host: str, decision: Decision, *, until: datetime | None = None) -> None:
        if host not in self._spent:
            self._spent.add(host)
            self._say(decision, until=until)

    def _say(self, decision: Decision, *, until: datetime | None = None) -> None:
        now = utc_iso(self.now())
        self.keep(replace(decision, made_at=now, until=utc_iso(until) if until else None))


class HostsMiddleware:
    """Tells Hosts what every request came to."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HostsMiddleware":
        """Return the middleware of the crawl's hosts."""
        from spiders.session import session_of  # a session has hosts

        return cls(session_of(crawler).hosts)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note that the host is well, or unwell by its own words."""
        host = netloc_of(request.url)
        if response.status == 429 or response.status >= 500:
            value = (response.headers.get("Retry-After") or b"").decode("latin-1")
            self._hosts.failed(host, f"HTTP {response.status}", wait_s=retry_after_s(value, now=self._hosts.now()))
        else:
            self._hosts.answered(host)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note that the host gave no answer; what was refused or too large is no fault of its."""
        if not isinstance(exception, IgnoreRequest | ArchiveError | DownloadCancelledError):
            self._hosts.failed(netloc_of(request.url), type(exception).__name__)


def netloc_of(url: str) -> str:
    """Return the host of an address, with a port that is not the usual one, as the frontier writes it."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    return host if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"

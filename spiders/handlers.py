"""Download handlers: the guarded network client, and the one that answers from WARC files instead.

The client is Scrapy's aiohttp handler, because it hands us the socket, the header order and the reason phrase. It is
private and experimental there: Scrapy is pinned to one minor, and tests/spiders/test_guard.py holds the hook.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError
from scrapy.http import Headers, Request, Response

from archive.errors import AddressError
from archive.model import Outcome
from archive.settings import Config
from archive.warc import Exchange
from spiders.guard import BlockedAddressError, Guard
from spiders.memory import LARGE_BYTES
from spiders.refusal import RefusedError
from spiders.session import session_of

WIRE = "archive_wire"  # request.meta key: what the answer looked like on the wire


@dataclass(frozen=True, slots=True)
class Wire:
    """What Scrapy's Response does not keep of an answer."""

    headers: Annotated[tuple[tuple[bytes, bytes], ...], "Headers in their order and case."]
    reason: Annotated[str, "Reason phrase."]
    fetched_at: Annotated[str | None, "In a replay: when it was fetched, UTC."] = None


class GuardedResolver(AbstractResolver):
    """Answers names from the setting `resolve`, else asks the system; every answer passes the guard."""

    def __init__(self, config: Config, guard: Guard) -> None:
        self._guard, self._fixed = guard, config.resolve
        self._system = aiohttp.ThreadedResolver()
        self._proxies = {(part.hostname, part.port) for part in map(urlsplit, _proxies(config).values())}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host*; raises BlockedAddressError when one of them is refused (a mix is a trick)."""
        fixed = self._fixed.get(host) or self._fixed.get(f"{host}:{port}")
        if fixed:
            address, _, fixed_port = fixed.rpartition(":")
            answers = await self._system.resolve(address.strip("[]"), int(fixed_port), socket.AF_UNSPEC)
        else:
            answers = await self._system.resolve(host, port, family)
        for answer in answers:
            self._check(host, port, answer)
        return answers

    async def close(self) -> None:
        """Release the system resolver."""
        await self._system.close()

    def _check(self, host: str, port: int, answer: ResolveResult) -> None:
        if (host, port) in self._proxies:
            self._guard.proxies.add((answer["host"], answer["port"]))
            return
        try:
            self._guard.check_resolved(host, port, answer["host"])
        except AddressError as error:
            raise BlockedAddressError(f"{host}: {error}") from error


class _Client:
    """An aiohttp session as Scrapy's handler uses it, on a guarded connector."""

    def __init__(self, connector: aiohttp.TCPConnector) -> None:
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def request(self, method: str, url: Any, *, data: bytes, **options: Any) -> Any:
        """Send a request; an empty body is none, or aiohttp announces Content-Length: 0 on a GET."""
        return self._session.request(method, url, data=data or None, **options)

    async def close(self) -> None:
        """Close the session and its connections."""
        await self._session.close()


class GuardedHandler(AiohttpDownloadHandler):
    """Scrapy's aiohttp client with our guard in its socket factory; HTTP and HTTPS share one."""

    experimental = False  # we know, and test what we rely on
    _DEFAULT_CONNECT_TIMEOUT = 30

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        session = session_of(crawler)
        self._config, self._guard, self._few_large = session.config, session.guard, session.few_large
        self._unguarded = self._session
        self._session = _Client(  # type: ignore[assignment]
            aiohttp.TCPConnector(
                limit=self._pool_size_total,
                limit_per_host=self._pool_size_per_host,
                resolver=GuardedResolver(self._config, self._guard),
                socket_factory=self._guard.open_socket,
            )
        )
        self._proxies = _proxies(self._config)
        for proxy in map(urlsplit, self._proxies.values()):
            if proxy.hostname and proxy.port:
                self._guard.proxies.add((proxy.hostname, proxy.port))

    def _extract_proxy_url_with_creds(self, request: Request) -> str | None:
        if not self._proxies:
            return None
        parts = urlsplit(request.url)
        if not self._config.proxy and proxy_bypass(parts.hostname or ""):
            return None
        return self._proxies.get(parts.scheme)

    @staticmethod
    def _extract_headers(response: _ClientResponse) -> Headers:
        # Scrapy encodes aiohttp's decoded headers again, which raises on bytes that are not UTF-8 (2.19.0).
        return Headers(list(response.raw_headers))

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[_ClientResponse]:
        try:
            async with super()._make_request(request, timeout) as response:
                reason = (response.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")
                request.meta[WIRE] = Wire(tuple(response.raw_headers), reason)
                yield response
        except (CannotResolveHostError, DownloadConnectionRefusedError) as error:
            cause = getattr(error.__cause__, "os_error", None)
            if isinstance(cause, BlockedAddressError):
                raise RefusedError(Outcome.BLOCKED_ADDRESS, cause.strerror or str(cause)) from error
            if isinstance(error.__cause__, aiohttp.ClientSSLError):
                raise RefusedError(Outcome.ERROR, f"certificate: {_tls_words(error.__cause__)}") from error
            raise

    async def _iter_body_chunks(self, response: _ClientResponse) -> AsyncIterator[bytes]:  # type: ignore[override]
        n_bytes = 0
        async with AsyncExitStack() as held:
            async for chunk in response.content.iter_any():
                if n_bytes <= LARGE_BYTES < n_bytes + len(chunk):
                    await held.enter_async_context(self._few_large)
                n_bytes += len(chunk)
                yield chunk

    async def close(self) -> None:
        """Close our client, and the one that Scrapy made and we never used."""
        await self._unguarded.close()
        await super().close()


class ReplayHandler(BaseDownloadHandler):
    """Answers from the WARC files of `--replay`; what they do not hold is an error, except robots.txt: 404."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        replay = session_of(crawler).replay
        assert replay is not None  # or the settings would not name this handler
        self._replay = replay

    async def download_request(self, request: Request) -> Response:
        """Return the newest recorded answer; raises RefusedError when there is none."""
        from scrapy.utils._download_handlers import make_response

        exchange = self._replay.answer(request.url)
        if exchange is None and urlsplit(request.url).path == "/robots.txt":
            exchange = Exchange(url=request.url, fetched_at=self._replay.newest_at, status=404)
        if exchange is None:
            raise RefusedError(Outcome.ERROR, "not in the replayed files")
        request.meta[WIRE] = Wire(exchange.headers, exchange.reason, exchange.fetched_at)
        headers = Headers([(name, value) for name, value in exchange.headers])
        return make_response(request.url, exchange.status, headers, exchange.payload, protocol=exchange.protocol)

    async def close(self) -> None:
        """Nothing is held open."""


def _tls_words(error: aiohttp.ClientSSLError) -> str:
    """Return why a server's certificate, or its TLS, is not accepted; it is never skipped."""
    cause = getattr(error, "certificate_error", None) or error.os_error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or cause)[:200]


def _proxies(config: Config) -> dict[str, str]:
    if config.proxy:
        return {"http": config.proxy, "https": config.proxy}
    return {key: url for key, url in getproxies().items() if key in ("http", "https")} if config.trust_env else {}

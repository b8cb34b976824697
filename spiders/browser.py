"""Pages that only scripts make: Chromium runs the page, and we fetch every byte that it asks for.

Chromium has no network of its own: names resolve to nothing, its proxy does not exist, and what a page asks for comes
through the crawl's own downloader, so guard, robots.txt, pauses and limits hold for it as for any request. This is why
playwright is driven directly: scrapy-playwright lets Chromium connect by itself, past the guard.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from scrapy import Request

from archive.settings import Config
from archive.warc import Exchange
from spiders.capture import HOPS
from spiders.redirects import next_hop

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright, Route
    from playwright.async_api import Request as Asked

Fetch = Callable[[Request], Awaitable[object]]

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No way out: not by name, not past the proxy, not by WebRTC.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)
NEEDED = frozenset(("script", "xhr", "fetch"))  # pictures, styles, frames and sockets make no text
MAX_PARTS = 60
MAX_REDIRECTS = 5
QUIET_MS = 5000.0
NOT_PASSED_ON = frozenset((b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"connection"))


class RenderError(Exception):
    """A page that could not be shown; its text says why."""


@dataclass(slots=True)
class Renderer:
    """One Chromium for a crawl, started when the first page needs it; pages are shown one at a time."""

    config: Config
    user_agent: str
    _one: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _playwright: "Playwright | None" = None
    _browser: "Browser | None" = None

    async def render(self, first: Exchange, fetch: Fetch) -> bytes:
        """Return the page that answered with *first* as scripts leave it, HTML in UTF-8; *fetch* brings its parts.

        Raises RenderError when Chromium or playwright is missing or fails, or the page is too large or takes too long.
        """
        async with self._one:
            try:
                async with asyncio.timeout(self.config.render_timeout_s):
                    html = await self._shown(first, fetch)
            except TimeoutError as error:
                await self.close()  # a page in an endless loop answers nothing, not even the wish to close it
                raise RenderError(f"took longer than {self.config.render_timeout_s:g} seconds") from error
            except ImportError as error:
                raise RenderError("playwright is missing: pip install 'hyperai-archive[browser]'") from error
            except Exception as error:
                await self.close()
                raise RenderError(f"{type(error).__name__}: {str(error).splitlines()[0][:200]}") from error
        if len(html) > self.config.max_body_bytes:
            raise RenderError(f"more than {self.config.max_body_bytes} bytes as shown")
        return html

    async def close(self) -> None:
        """End Chromium; a later page starts it again."""
        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        with contextlib.suppress(Exception):  # it may be gone already
            if browser:
                await asyncio.wait_for(browser.close(), 5)
        if playwright:
            await playwright.stop()

    async def _shown(self, first: Exchange, fetch: Fetch) -> bytes:
        from playwright.async_api import Error

        browser = await self._started()
        context = await browser.new_context(
            user_agent=self.user_agent, service_workers="block", accept_downloads=False, bypass_csp=False
        )
        try:
            parts = Parts(first, fetch, limit=self.config.max_body_bytes)
            await context.route("**/*", parts.answer)
            await context.route_web_socket("**/*", lambda web_socket: web_socket.close())
            page = await context.new_page()
            await page.goto(first.url, wait_until="commit", timeout=0)
            states: tuple[Literal["domcontentloaded", "networkidle"], ...] = ("domcontentloaded", "networkidle")
            for state in states:
                with contextlib.suppress(Error):  # a page that goes elsewhere, or on asking, is taken as it stands
                    await page.wait_for_load_state(state, timeout=QUIET_MS)
            return (await page.content()).encode("utf-8", "replace")
        finally:
            await context.close()

    async def _started(self) -> "Browser":
        from playwright.async_api import async_playwright

        if self._browser is None or not self._browser.is_connected():
            self._playwright = self._playwright or await async_playwright().start()
            is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to work for root
            self._browser = await self._playwright.chromium.launch(
                executable_path=self.config.browser, args=list(FLAGS), chromium_sandbox=not is_root
            )
        return self._browser


@dataclass  # without slots: playwright notes things on the object whose method it is given
class Parts:
    """What one page asks for while it is shown."""

    first: Annotated[Exchange, "The page itself, as it was answered."]
    fetch: Fetch
    limit: Annotated[int, "Most bytes of all parts together, decoded."]
    is_shown: bool = False
    n_parts: int = 0
    n_bytes: int = 0

    async def answer(self, route: "Route") -> None:
        """Answer one request of the page: with the page, with what we fetch, or not at all."""
        with contextlib.suppress(Exception):  # the page is closed meanwhile
            found = await self._found(route.request)
            if found is None and route.request.is_navigation_request():
                await route.fulfill(status=204)  # "no content": the page stays as it is
            elif found is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=found.status, headers=_headers(found), body=found.body(limit=self.limit))

    async def _found(self, asked: "Asked") -> Exchange | None:
        if asked.is_navigation_request():
            is_page = not self.is_shown and asked.url.partition("#")[0] == self.first.url.partition("#")[0]
            self.is_shown = True  # where the page goes from here, in which window or frame ever, is not followed
            return self.first if is_page else None
        if asked.method != "GET" or asked.resource_type not in NEEDED or self.n_parts >= MAX_PARTS:
            return None
        self.n_parts += 1
        try:
            found = await self._fetched(asked.url)
        except Exception:
            return None  # refused by guard or robots.txt, or no answer: the page sees an error, as offline
        self.n_bytes += len(found.body(limit=self.limit)) if found else 0
        return found if self.n_bytes <= self.limit else None

    async def _fetched(self, url: str) -> Exchange | None:
        for _ in range(MAX_REDIRECTS):
            hops: list[Exchange] = []
            await self.fetch(Request(url, dont_filter=True, meta={HOPS: hops}))
            target = next_hop(hops[-1])
            if target is None:
                return hops[-1]
            url = target
        return None


def as_shown(first: Exchange, html: bytes) -> Exchange:
    """Return the answer *first* with the page as shown in place of its body."""
    return replace(first, headers=((b"Content-Type", b"text/html; charset=utf-8"),), payload=html)


def _headers(exchange: Exchange) -> dict[str, Any]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in exchange.headers
        if name.lower() not in NOT_PASSED_ON
    }

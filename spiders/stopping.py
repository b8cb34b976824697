"""SIGINT and SIGTERM: a crawl ends within half a minute, whatever it waits for, and everything it has is stored."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from scrapy.crawler import AsyncCrawlerRunner

from spiders.session import Session
from spiders.settings import crawler_settings

LAST_RESORT_S = 8.0  # after the grace; what hangs still (a reading, a disk) is left as a kill would leave it

Crawl = Callable[[AsyncCrawlerRunner], Awaitable[None]]


class Stopper:
    """Runs one crawl, and ends it when a signal asks: first what is in flight may finish, then it is given up."""

    def __init__(self, grace_s: float) -> None:
        """Let requests in flight go on for *grace_s* seconds after the first signal, none after the second."""
        self._grace_s = grace_s
        self._session: Session | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._runner: AsyncCrawlerRunner | None = None
        self._stopping: list[asyncio.Task[None]] = []
        self._is_asked = False
        self._is_over = False
        self._threads = _Threads()
        self._last_resort: threading.Timer | None = None
        self._status = 1

    def run(self, session: Session, crawl: Crawl) -> None:
        """Await *crawl* in an event loop of its own and commit; on a signal, session.is_stopping says so.

        One that came while the archive was opened is heard now: nothing is asked.
        """
        self._session = session
        session.is_stopping = session.is_stopping or self._is_asked
        asyncio.run(self._until_asked(session, crawl))

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Stop the crawl. Nothing is interrupted where it stands, so that the run's row never stays without an end."""
        self._is_asked = True
        if self._last_resort is None:
            self._last_resort = threading.Timer(self._grace_s + LAST_RESORT_S, self._leave)
            self._last_resort.daemon = True
            self._last_resort.start()
        if self._session is None or self._is_over:
            return  # it is being opened or closed
        self._session.is_stopping = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop)

    def closed(self) -> None:
        """Note that the session is closed; only a thread that cannot be ended may still keep the process."""
        self._status = 0
        if self._last_resort and not self._threads.is_busy():
            self._last_resort.cancel()

    async def _until_asked(self, session: Session, crawl: Crawl) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(self._threads)
        self._runner = AsyncCrawlerRunner(crawler_settings(session.config, is_replay=session.replay is not None))
        self._task, self._loop = asyncio.current_task(), loop
        try:
            if not session.is_stopping:
                await crawl(self._runner)
        except asyncio.CancelledError:
            if not session.is_stopping:
                raise
        finally:
            self._is_over = True
        session.commit()

    def _stop(self) -> None:
        if self._is_over or self._runner is None or self._loop is None:
            return
        if self._stopping:
            self._give_up()
            return
        self._stopping.append(self._loop.create_task(self._runner.stop()))
        self._loop.call_later(self._grace_s, self._give_up)

    def _give_up(self) -> None:
        if self._task and not self._is_over:
            self._task.cancel()

    def _leave(self) -> None:
        os._exit(self._status)


@contextlib.contextmanager
def stopping(grace_s: float) -> Iterator[Stopper]:
    """Yield a Stopper that SIGINT and SIGTERM reach while the block runs, from the main thread.

    It comes before the archive is opened and leaves after it is closed.
    """
    stopper, before = Stopper(grace_s), {}
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(ValueError):  # not the main thread: whoever runs us there stops us
            before[number] = signal.signal(number, stopper.on_signal)
    try:
        yield stopper
    finally:
        stopper.closed()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Threads(ThreadPoolExecutor):
    """The event loop's threads; the loop does not wait for those that are at work when it closes."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT
        """Begin nothing more."""
        super().shutdown(wait=False, cancel_futures=True)

    def is_busy(self) -> bool:
        """Say whether one of them is at work."""
        return any(thread.is_alive() for thread in self._threads)

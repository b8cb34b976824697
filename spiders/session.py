"""One crawl from lock to summary: what its spiders, middlewares and pipeline share. The event loop's thread only."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from archive.alarm_hooks import is_hooked, tell_new
from archive.alarms import Alarm, alarms, as_json
from archive.dates import utc_iso
from archive.errors import ArchiveError
from archive.records import Decision
from archive.settings import Config
from archive.store import Store, decisions, frontier, open_store, runs
from archive.store.clock import mend_plans
from archive.store.lock import crawl_lock
from archive.store.run_sources import save_run_sources
from archive.store.search_index import count_terms_when_grown, index_waiting
from archive.store.warc_places import warc_ends
from archive.totals import count_totals_when_changed
from archive.urls import host_of
from archive.warc import WarcWriter
from archive.warc_recovery import cut_torn_tail, first_free_number
from spiders.guard import Guard, guard_for
from spiders.hosts import Hosts
from spiders.progress import Progress
from spiders.replay import Replay
from spiders.scope import SECTIONS, Scope
from spiders.tally import Tally
from spiders.workers import Workers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spiders.browser import Renderer
    from spiders.robots import RobotsFiles

COMMIT_AFTER_S = 1.0
INDEX_AFTER = 128  # new articles; those of a few commits would cost twice as much each
HYPERAI = "hyper.ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What one crawl is asked to do; the settings say how."""

    locales: Annotated[tuple[str, ...], "Locales of HyperAI; empty means all."] = ()
    sections: Annotated[tuple[str, ...], "Sections of HyperAI; empty means news, stories and papers."] = ()
    since: Annotated[datetime | None, "Articles dated before this by a listing are left out."] = None
    limit: Annotated[int | None, "Most article pages of HyperAI in this run."] = None
    with_cited: Annotated[bool, "Whether cited pages are fetched as well."] = True
    budget: Annotated[int | None, "Most requests to cited pages in this run."] = None
    replay: Annotated[tuple[Path, ...], "WARC files that answer instead of the network."] = ()
    depth: Annotated[int | None, "Pages of each listing to read; None: while they bring something new."] = None
    spider: Annotated[str | None, "Only this spider (scrapy crawl)."] = None


@dataclass(slots=True)
class Session:
    """The open archive, the run, the WARC writer, and what is under way; made by open_session()."""

    config: Config
    options: CrawlOptions
    store: Store
    writer: WarcWriter
    run_id: int
    guard: Guard
    progress: Progress
    now: Callable[[], datetime]
    replay: Replay | None = None
    counts: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)
    hosts: Hosts = field(init=False)
    workers: Workers = field(init=False)
    remaining: Annotated[dict[str, int], "Kind -> how many more of it may be asked in this run."] = field(init=False)
    asked: Annotated[Counter[str], "Requests to each host that is only cited."] = field(default_factory=Counter)
    robots: "RobotsFiles" = field(init=False)
    renderer: "Renderer | None" = None
    tally: Tally = field(default_factory=Tally)
    alarms: list[Alarm] = field(default_factory=list)
    leading: Annotated[set[str], "SURTs that were found to redirect to an entry of its own."] = field(
        default_factory=set
    )
    error: ArchiveError | None = None
    is_stopping: bool = False
    n_uncommitted: int = 0
    few_large: Annotated[asyncio.Semaphore, "Held by a download beyond LARGE_BYTES."] = field(
        default_factory=lambda: asyncio.Semaphore(2)
    )
    _batch: contextlib.ExitStack | None = None
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        """Note how many of each kind are wanted."""
        wanted = {"article": self.options.limit, "cited": self.options.budget}
        self.remaining = {kind: most for kind, most in wanted.items() if most is not None}

    @property
    def scope(self) -> Scope:
        """Return what of HyperAI this crawl takes in."""
        return Scope(
            origin=self.config.origin,
            locales=self.options.locales,
            sections=self.options.sections or SECTIONS,
            since=self.options.since,
        )

    @property
    def origin_host(self) -> str:
        """Return the host that HyperAI is asked at."""
        return host_of(self.config.origin)

    def source_of(self, url: str) -> str:
        """Return the source key by which pages of *url* are read: a mirror given as origin is HyperAI too."""
        return self.scope.source_of(url)

    @property
    def end_reason(self) -> str:
        """Return why the crawl ends, when nothing went wrong."""
        return "shutdown" if self.is_stopping else "limit" if self.hosts.is_full else "finished"

    @property
    def seen_at(self) -> str:
        """Return the date of what is noted now, UTC: a replay's is that of its newest record."""
        return self.replay.newest_at if self.replay else utc_iso(self.now())

    @contextlib.contextmanager
    def write(self, *, n_pages: int = 1) -> Iterator[None]:
        """Everything written inside commits together: with the batch, after half the requests in flight or one second.

        A batch is no larger than that, so that a kill costs no more pages than may be in flight.
        """
        if self._batch is None:
            self._batch = contextlib.ExitStack()
            self._batch.enter_context(self.store.transaction())
            with contextlib.suppress(RuntimeError):  # no loop: before the crawl and after it
                self._timer = asyncio.get_running_loop().call_later(COMMIT_AFTER_S, self._commit_late)
        with self.store.part():
            yield
        self.n_uncommitted += n_pages
        if self.n_uncommitted >= max(1, self.config.concurrency // 2):
            self.commit()

    def commit(self) -> bool:
        """Commit what is written and say whether there were pages among it.

        The WARC records go to the system before the rows that point to them.
        """
        if self._timer:
            self._timer.cancel()
            self._timer = None
        had_pages = self.n_uncommitted > 0
        batch, self._batch, self.n_uncommitted = self._batch, None, 0
        if batch:
            with batch:  # an error of the writer undoes the rows that point to what it could not write
                self.writer.flush()
        return had_pages

    def fail(self, error: ArchiveError) -> None:
        """Stop the crawl for a reason that no page can help (disk full, file locked); run_crawl() raises it."""
        self.error = self.error or error
        self.is_stopping = True

    def _commit_late(self) -> None:
        try:
            self.commit()
        except ArchiveError as error:
            self.fail(error)


@contextlib.contextmanager
def open_session(
    config: Config,
    options: CrawlOptions,
    *,
    command: str,
    progress: Progress,
    now: Callable[[], datetime] | None = None,
) -> Iterator[Session]:
    """Hold the crawl's lock, mend what a kill left behind, and yield the session; the run is ended whatever happens.

    Raises LockedError when another crawl is at work, StoreError and CaptureError as the store and the WARC files do.
    """
    from spiders.robots import RobotsFiles  # it works on a session

    folder = Path(config.captures or f"{config.db}.captures")
    replay = Replay.of(options.replay, limit=config.max_body_bytes) if options.replay else None
    with open_store(config.db) as store, crawl_lock(config.db, command=command):
        now = now or _system_clock
        ends = warc_ends(store)
        _mend(store, folder, ends, now())
        session = Session(
            config=replace(config, delay_s=0.0) if replay else config,
            options=options,
            store=store,
            writer=WarcWriter(
                folder, max_bytes=config.warc_max_bytes, first_number=first_free_number(folder, ends=ends)
            ),
            run_id=runs.start_run(store, command=command, now=now()),
            guard=guard_for(config),
            progress=progress,
            replay=replay,
            now=now,
        )
        session.robots = RobotsFiles(session)
        session.workers = Workers(config.readers, config.read_cpu_s)
        session.hosts = _hosts(session)
        if config.browser and replay is None:
            session.renderer = _renderer(config)
        try:
            yield session
        except BaseException as error:
            with contextlib.suppress(ArchiveError):  # it would fail for the reason that is on its way up
                _close(session, str(session.error or error) or type(error).__name__)
            raise
        _close(session, str(session.error or session.end_reason))


def _mend(store: Store, folder: Path, ends: dict[str, int], now: datetime) -> None:
    """Put right what a kill, a power cut or a wrong clock left behind, before anything is written."""
    if runs.was_killed(store):
        store.check()
    cut_torn_tail(folder, ends=ends)
    frontier.release(store)
    mend_plans(store, now=now)
    index_waiting(store, at_least=1)
    store.index_after = INDEX_AFTER


def session_of(crawler: "Crawler") -> Session:
    """Return the session of the spider that *crawler* runs; Scrapy makes the spider before everything else."""
    session: Session = crawler.spider.session  # type: ignore[union-attr]
    return session


def _renderer(config: Config) -> "Renderer":
    from spiders.browser import Renderer
    from spiders.settings import user_agent

    return Renderer(config, user_agent(config))


def _hosts(session: Session) -> Hosts:
    def keep(decision: Decision) -> None:
        with session.write(n_pages=0):
            decisions.add(session.store, replace(decision, run_id=session.run_id))

    named = decisions.put_off_hosts(session.store, now=session.now()) if session.replay is None else {}
    return Hosts(
        config=session.config,
        now=session.now,
        keep=keep,
        put_off={host: datetime.fromisoformat(until) for host, until in named.items()},
        free=frozenset((urlsplit(session.config.origin).netloc,)),
    )


def _system_clock() -> datetime:
    return datetime.now(UTC)


def _close(session: Session, reason: str) -> None:
    session.progress.close()
    with contextlib.ExitStack() as steps:  # last first; each is taken, whatever the one before came to
        steps.callback(session.writer.close)
        if not session.is_stopping:  # they read whole tables: nothing for the seconds that a signal leaves
            steps.callback(count_terms_when_grown, session.store)
            steps.callback(count_totals_when_changed, session.store)
        steps.callback(index_waiting, session.store, at_least=1)
        steps.callback(_end_run, session, reason)
        steps.callback(session.commit)
        steps.callback(session.workers.close)
    _tell(session)


def _end_run(session: Session, reason: str) -> None:
    store, now = session.store, session.now()
    with store.transaction():
        frontier.release(store)
        save_run_sources(store, session.tally.rows(session.run_id))
        shown = _without_folders(reason, session.config)
        runs.end_run(store, session.run_id, reason=shown, counts=session.counts, now=now)
        session.alarms = alarms(store, now=now, silent_days=session.config.silent_days)
        runs.note_alarms(store, session.run_id, as_json(session.alarms))


def _without_folders(words: str, config: Config) -> str:
    """Return *words* with our files named alone: the runs are published, and readers have no need of our paths."""
    for file in (Path(config.db), Path(config.captures or config.db)):
        for folder in (file.parent.resolve(), file.parent):
            words = words if folder == Path() else words.replace(f"{folder}{os.sep}", "")
    return words


def _tell(session: Session) -> None:
    """Tell the operator what is new among the alarms; who cannot be told now is told at the end of the next run."""
    if is_hooked(session.config):
        for failure in tell_new(session.config, session.store):
            session.progress.warn(failure)

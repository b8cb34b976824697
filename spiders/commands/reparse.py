"""`archive reparse`: reads captures again with the page objects of today; no network."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import click

from archive.errors import CaptureError, WorkError
from archive.model import Article, Outcome
from archive.opt_out import honoured
from archive.options import common, echo_json, reporting
from archive.progress import counted
from archive.records import Capture
from archive.settings import Config
from archive.store import Store, frontier, open_store
from archive.store.aliases import add_alias
from archive.store.articles import Saved, save_article
from archive.store.captures import AS_SHOWN, captures_of, correct_outcome, n_bodies
from archive.store.lock import crawl_lock
from archive.store.sources import policy_of
from archive.store.takedowns import is_taken_down
from archive.totals import count_totals
from archive.urls import surt
from archive.warc import read_record
from spiders.pages import read_page
from spiders.scope import SOURCE_KEY, Scope
from spiders.sites import work_id
from spiders.visit import allowed_part
from spiders.workers import Workers

STORED = (Outcome.OK, Outcome.PAYWALLED)
PAGES = ("article", "cited")
CHUNK = 16  # captures read at a time, for each process
COMMIT_EVERY = 200


@dataclass(slots=True)
class ReparseReport:
    """What reading again changed."""

    n_read: Annotated[int, "Captures read."] = 0
    n_new: Annotated[int, "Articles that were none before."] = 0
    n_revised: Annotated[int, "Articles whose text is read differently."] = 0
    n_changed: Annotated[int, "Articles with another field read differently."] = 0
    n_unchanged: Annotated[int, "Articles read as before."] = 0
    n_unreadable: Annotated[int, "Captures whose record is missing or broken."] = 0
    fields: Annotated[Counter[str], "Field -> articles in which it changed."] = field(default_factory=Counter)
    outcomes: Annotated[Counter[str], "Change of outcome -> captures."] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Reading:
    capture: Capture
    article: Article | None
    error: str | None = None


@click.command()
@click.option("--source", metavar="KEY", help="Only captures of this publisher (hyper.ai).")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes that read pages.")
@click.option("--report", "only_report", is_flag=True, help="Say what would change and change nothing.")
@reporting
@common
def reparse(config: Config, *, source: str | None, jobs: int, only_report: bool, as_json: bool) -> int:
    """Read all captures again, store what is read differently."""
    report = run_reparse(config, source=source, jobs=jobs, only_report=only_report)
    if as_json:
        echo_json(
            {name: getattr(report, name) for name in report.__slots__ if name.startswith("n_")}
            | {"fields": dict(report.fields), "outcomes": dict(report.outcomes)}
        )
        return 0
    done = "would be" if only_report else "were"
    click.echo(f"{report.n_read} captures were read again; {report.n_unchanged} articles say what they said")
    click.echo(f"{report.n_new} new, {report.n_revised} revised and {report.n_changed} changed articles {done} stored")
    for name, number in sorted(report.fields.items()):
        click.echo(f"  {name}: {number}")
    for change, number in sorted(report.outcomes.items()):
        click.echo(f"  outcome {change}: {number}")
    if report.n_unreadable:
        click.echo(f"{report.n_unreadable} captures could not be read: check them with archive verify")
    return 0


def run_reparse(
    config: Config, *, source: str | None = None, jobs: int = 1, only_report: bool = False
) -> ReparseReport:
    """Read every captured page body again, oldest first, and store the reading; return what changed.

    Raises LockedError while a crawl is at work, and what open_store() raises.
    """
    report = ReparseReport()
    folder = Path(config.captures or f"{config.db}.captures")
    with open_store(config.db, create=False) as store, crawl_lock(config.db, command="archive reparse"):
        scope = Scope(origin=config.origin)
        read = partial(_read, folder, scope, config.max_body_bytes)
        readings = _readings(_pages(store, source), read, jobs, config.read_cpu_s)
        with _undone(store) if only_report else ExitStack():
            for batch in iter(lambda: list(islice(readings, COMMIT_EVERY)), []):
                with store.transaction():
                    for reading in batch:
                        _store(store, scope, reading, report, ignored=config.ignore_opt_outs)
        if not only_report:
            count_totals(store)
    return report


class _undone:
    """A transaction that is always undone."""

    def __init__(self, store: Store) -> None:
        self._transaction = store.transaction()

    def __enter__(self) -> None:
        self._transaction.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        undo = error or _NotStored()
        try:
            self._transaction.__exit__(type(undo), undo, None)
        except _NotStored:
            return


class _NotStored(Exception):
    """Leaves a transaction undone."""


def _readings(
    wanted: Iterator[Capture], read: Callable[[Capture], _Reading], jobs: int, cpu_limit_s: float
) -> Iterator[_Reading]:
    if jobs == 1:
        yield from map(read, wanted)
        return
    with asyncio.Runner() as loop, closing(Workers(jobs, cpu_limit_s)) as workers:
        for chunk in iter(lambda: list(islice(wanted, CHUNK * jobs)), []):
            yield from loop.run(_read_all(workers, read, chunk))


async def _read_all(workers: Workers, read: Callable[[Capture], _Reading], chunk: list[Capture]) -> list[_Reading]:
    async def one(capture: Capture) -> _Reading:
        try:
            return await workers.run(read, capture)
        except WorkError as error:
            return _Reading(capture, None, str(error))

    return await asyncio.gather(*map(one, chunk))


def _pages(store: Store, source: str | None) -> Iterator[Capture]:
    captures = captures_of(store, source=source, with_body=True)
    for capture in counted(captures, "captures read", total=n_bodies(store, source=source)):
        if (
            capture.kind in PAGES
            and capture.detail != AS_SHOWN
            and not capture.redirect_to
            and (capture.status or 0) < 500
        ):
            yield capture


def _read(folder: Path, scope: Scope, limit: int, capture: Capture) -> _Reading:
    try:
        stored = read_record(folder, capture.warc_file or "", capture.warc_offset or 0, limit=limit)
        article = read_page(
            stored.body,
            url=stored.url,
            seen_at=datetime.fromisoformat(capture.fetched_at),
            content_type=stored.content_type,
            status=stored.status,
            site=scope.source_of(stored.url),
        )
    except CaptureError as error:
        return _Reading(capture, None, str(error))
    except Exception as error:  # one page never ends the command; the report counts it
        return _Reading(capture, None, f"{type(error).__name__}: {error}")
    return _Reading(capture, article)


def _store(store: Store, scope: Scope, reading: _Reading, report: ReparseReport, *, ignored: tuple[str, ...]) -> None:
    capture, article = reading.capture, reading.article
    report.n_read += 1
    if article is None or capture.id is None:
        report.n_unreadable += 1
        return
    if article.outcome is not capture.outcome:
        report.outcomes[f"{capture.outcome} -> {article.outcome}"] += 1
        correct_outcome(store, capture.id, outcome=article.outcome, detail=capture.detail, extractor=article.extractor)
    if article.outcome not in STORED or is_taken_down(store, _identities(capture, article)):
        return
    kind = "article" if capture.kind == "article" or scope.is_own_article(capture.url) else "source"
    opt_out = honoured(capture.opt_out, ignored)
    saved = save_article(
        store,
        allowed_part(article, policy_of(store, capture.source), opt_out),
        kind=kind,
        source=SOURCE_KEY if kind == "article" else scope.source_of(capture.url),
        work_id=work_id(article.canonical_url) if kind == "article" else None,
        capture_id=capture.id,
        seen_at=capture.fetched_at,
        opt_out=opt_out,
    )
    if capture.surt not in (surt(article.url), surt(article.canonical_url)):
        asked = frontier.entry_of(store, capture.surt)
        add_alias(store, capture.surt, asked.url if asked else capture.url, saved.article_id)
    if kind == "article":
        frontier.add(store, scope.cited_entries(article), now=datetime.now(UTC))
    _note(report, saved)


def _identities(capture: Capture, article: Article) -> set[str]:
    return {capture.surt, surt(article.url), surt(article.canonical_url)}


def _note(report: ReparseReport, saved: Saved) -> None:
    report.fields.update(saved.changed)
    if saved.status is Saved.NEW:
        report.n_new += 1
    elif saved.status is Saved.REVISED:
        report.n_revised += 1
    elif saved.changed:
        report.n_changed += 1
    else:
        report.n_unchanged += 1

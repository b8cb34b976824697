"""`archive schedule`: run crawls again and again without overlap, or print what systemd and cron need."""

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from archive.options import common
from archive.schedule import cron_line, parse_cron, parse_every, systemd_units
from archive.settings import Config

MISFIRE_S = 3600


@click.group()
def schedule() -> None:
    """Refresh the archive on a schedule."""


@schedule.command("run", context_settings={"ignore_unknown_options": True})
@click.option("--every", default="1h", show_default=True, metavar="TIME", help="Interval: 30m, 1h, 2d.")
@click.option("--cron", metavar="FIELDS", help="Five cron fields instead of an interval, in local time.")
@click.option("--times", type=click.IntRange(min=1), help="End after this many crawls.")
@click.argument("crawl_options", nargs=-1, type=click.UNPROCESSED)
@common
def run(config: Config, every: str, cron: str | None, times: int | None, crawl_options: tuple[str, ...]) -> int:
    """Crawl now, then again and again.

    Options after -- go to `archive crawl`.

    A crawl that takes longer than the interval delays the next one: there are never two at once. Only one
    scheduler serves an archive; a second says so and ends with 1. A crawl that fails is logged and the next one runs.
    """
    from archive.store.lock import schedule_lock

    trigger = _trigger(every, cron)
    with schedule_lock(config.db):
        return _run_forever(trigger, _Crawls(_crawl_command(config, crawl_options)), times)


@schedule.command("print")
@click.argument("kind", type=click.Choice(["systemd", "cron"]))
@click.option("--every", default="1h", show_default=True, metavar="TIME", help="Interval: 30m, 1h, 2d.")
@click.option("--cron", metavar="FIELDS", help="Five cron fields instead of an interval (cron only).")
@common
def print_units(config: Config, kind: str, every: str, cron: str | None) -> None:
    """Print what systemd or cron needs for this archive."""
    program = shutil.which("archive")
    command = [*([program] if program else [sys.executable, "-m", "archive"]), *_crawl_arguments(config, ())]
    interval, folder = parse_every(every), str(Path.cwd())
    if kind == "systemd":
        if cron:
            raise click.UsageError("systemd takes --every; --cron goes with: archive schedule print cron")
        click.echo(systemd_units(command, every=interval, folder=folder), nl=False)
    else:
        click.echo(cron_line(command, every=interval, cron=parse_cron(cron) if cron else None, folder=folder))


def _trigger(every: str, cron: str | None) -> Any:
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    if cron:
        return CronTrigger.from_crontab(parse_cron(cron))
    return IntervalTrigger(seconds=int(parse_every(every).total_seconds()), timezone=UTC)


def _crawl_arguments(config: Config, options: Sequence[str]) -> list[str]:
    file: Path | None = click.get_current_context().find_root().params.get("config_file")
    return [
        *(["--config", str(file.absolute())] if file else []),
        *["crawl", "--db", str(Path(config.db).absolute()), *options],
    ]


def _crawl_command(config: Config, options: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "archive", *_crawl_arguments(config, options)]


class _Crawls:
    """Crawls one after the other, each a process of its own: what one leaves behind in memory ends with it."""

    def __init__(self, command: list[str]) -> None:
        self.statuses: list[int] = []
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = False
        self._lock = threading.Lock()

    def run_one(self) -> None:
        """Run one crawl to its end and say when it began, how it ended and how long it took."""
        started = _now()
        with self._lock:
            if self._is_stopping:
                return
            click.echo(f"{started:%Y-%m-%dT%H:%M:%SZ} crawl starts", err=True)
            self._process = subprocess.Popen(self._command)  # noqa: S603 - our own command line
        status = self._process.wait()
        self.statuses.append(status if status >= 0 else 1)
        took = _now() - started
        word = (
            "done" if status == 0 else f"failed with status {status}" if status > 0 else f"killed by signal {-status}"
        )
        click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} crawl {word} after {_seconds(took)} s", err=True)

    def stop(self) -> None:
        """Begin no other crawl, and let the one under way end cleanly."""
        with self._lock:
            self._is_stopping = True
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()


def _run_forever(trigger: Any, crawls: _Crawls, times: int | None) -> int:
    """Crawl by APScheduler's clock until *times* crawls are done or a signal comes; return the last status."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    scheduler = BlockingScheduler(timezone=UTC)

    def crawl_once() -> None:
        crawls.run_one()
        if times is not None and len(crawls.statuses) >= times:
            scheduler.shutdown(wait=False)

    scheduler.add_job(
        crawl_once, trigger, max_instances=1, coalesce=True, misfire_grace_time=MISFIRE_S, next_run_time=_now()
    )
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # systemd stops with it; as good as Ctrl-C
    try:
        scheduler.start()
    except KeyboardInterrupt:
        crawls.stop()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
    return crawls.statuses[-1] if crawls.statuses else 0


def _seconds(took: timedelta) -> int:
    return round(took.total_seconds())


def _now() -> datetime:
    return datetime.now(UTC)

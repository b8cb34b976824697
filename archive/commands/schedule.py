"""`archive schedule`: run crawls again and again without overlap, or print what systemd and cron need."""

import os
import shutil
import subprocess
import sys
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
    from archive.store.lock import crawl_lock

    trigger = _trigger(every, cron)
    with crawl_lock(_schedule_name(config.db)):
        return _run_forever(trigger, _crawl_command(config, crawl_options), times)


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


def _schedule_name(db: str) -> str:
    # The crawl itself takes the lock of the archive; the scheduler holds one of its own beside it.
    return f"{db}.schedule"


def _crawl_arguments(config: Config, options: Sequence[str]) -> list[str]:
    file: Path | None = click.get_current_context().find_root().params.get("config_file")
    return [
        *(["--config", str(file.absolute())] if file else []),
        *["crawl", "--db", str(Path(config.db).absolute()), *options],
    ]


def _crawl_command(config: Config, options: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "archive", *_crawl_arguments(config, options)]


def _run_forever(trigger: Any, command: list[str], times: int | None) -> int:
    """Run *command* by APScheduler's clock until *times* runs are done or a signal comes; return the last status.

    A crawl is a process of its own: Twisted's reactor cannot be started twice in one.
    """
    from apscheduler.schedulers.blocking import BlockingScheduler

    scheduler = BlockingScheduler(timezone=UTC)
    statuses: list[int] = []

    def crawl_once() -> None:
        statuses.append(_crawl_once(command))
        if times is not None and len(statuses) >= times:
            scheduler.shutdown(wait=False)

    scheduler.add_job(
        crawl_once, trigger, max_instances=1, coalesce=True, misfire_grace_time=MISFIRE_S, next_run_time=_now()
    )
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        return 0
    return statuses[-1] if statuses else 0


def _crawl_once(command: list[str]) -> int:
    started = _now()
    click.echo(f"{started:%Y-%m-%dT%H:%M:%SZ} crawl starts", err=True)
    status = subprocess.run(command, check=False, env=os.environ).returncode  # noqa: S603 - our own command line
    took = _now() - started
    word = "done" if status == 0 else f"failed with status {status}"
    click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} crawl {word} after {_seconds(took)} s", err=True)
    return status


def _seconds(took: timedelta) -> int:
    return round(took.total_seconds())


def _now() -> datetime:
    return datetime.now(UTC)

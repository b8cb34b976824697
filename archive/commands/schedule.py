"""`archive schedule`: run crawls again and again without overlap, or print what systemd and cron need."""

import getpass
import shutil
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from archive.options import common
from archive.schedule import cron_line, parse_every, systemd_units
from archive.settings import Config

every_option = click.option("--every", default="1h", show_default=True, metavar="TIME", help="Interval: 30m, 1h, 2d.")
jitter_option = click.option(
    "--jitter",
    default="2m",
    show_default=True,
    metavar="TIME",
    help="Begin up to so much later, at random; 0 for none.",
)


@click.group()
def schedule() -> None:
    """Refresh the archive on a schedule."""


@schedule.command("run", context_settings={"ignore_unknown_options": True})
@every_option
@click.option("--cron", metavar="FIELDS", help="Five cron fields instead of an interval, in local time.")
@jitter_option
@click.option("--times", type=click.IntRange(min=1), help="End after this many crawls.")
@click.option(
    "--log", "log_as", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Log lines."
)
@click.argument("crawl_options", nargs=-1, type=click.UNPROCESSED)
@common
def run(config: Config, crawl_options: tuple[str, ...], *, times: int | None, log_as: str, **when: Any) -> int:
    """Crawl now, then again and again.

    Options after -- go to `archive crawl`.

    A crawl that takes longer than the interval delays the next one: there are never two at once. Only one
    scheduler serves an archive; a second says so and ends with 1. A crawl that fails is logged and the next one runs.
    The log goes to standard error; --log json writes one JSON object an event, the crawl's summary among them.
    """
    from archive.crawl_loop import Crawls, as_json_line, as_words, run_forever
    from archive.store.lock import schedule_lock

    def log(event: dict[str, Any]) -> None:
        click.echo(as_json_line(event) if log_as == "json" else as_words(event), err=True)

    trigger, is_json = _trigger(**when), log_as == "json"
    command = [sys.executable, "-m", "archive", *_crawl_arguments(config, ["--json"] * is_json + list(crawl_options))]
    with schedule_lock(config.db):
        crawls = Crawls(command, log=log, reads_summary=is_json)
        return run_forever(trigger, crawls, times=times, log=log, on_kill=partial(_tell_of_kill, config))


@schedule.command("print")
@click.argument("kind", type=click.Choice(["systemd", "cron"]))
@every_option
@click.option("--cron", metavar="FIELDS", help="Five cron fields instead of an interval (cron only).")
@jitter_option
@common
def print_units(config: Config, kind: str, every: str, cron: str | None, jitter: str) -> None:
    """Print what systemd or cron needs for this archive.

    Cron knows no jitter: choose minutes that are not everybody's.
    """
    program = shutil.which("archive")
    command = [*([program] if program else [sys.executable, "-m", "archive"]), *_crawl_arguments(config, ())]
    interval, folder = parse_every(every), str(Path.cwd())
    if kind == "systemd":
        if cron:
            raise click.UsageError("systemd takes --every; --cron goes with: archive schedule print cron")
        user = getpass.getuser()
        units = systemd_units(
            command,
            every=interval,
            jitter=_jitter(jitter),
            folder=folder,
            user=None if user == "root" else user,
            writes=_written_folders(config),
        )
        click.echo(units, nl=False)
    else:
        if cron:
            _trigger(every, cron, jitter)  # raises when the fields name no time
        click.echo(cron_line(command, every=interval, cron=cron and " ".join(cron.split()), folder=folder))


def _trigger(every: str, cron: str | None, jitter: str) -> Any:
    from archive.crawl_loop import cron_trigger, interval_trigger

    if cron:
        return cron_trigger(cron, jitter=_jitter(jitter))
    return interval_trigger(parse_every(every), jitter=_jitter(jitter))


def _jitter(words: str) -> timedelta:
    return timedelta() if words.strip() == "0" else parse_every(words, option="--jitter")


def _written_folders(config: Config) -> list[str]:
    """Return the folders that a crawl writes to: the database's, and that of its captures when it lies elsewhere."""
    db = Path(config.db).absolute().parent
    captures = Path(config.captures).absolute() if config.captures else db
    return [str(db)] if captures.is_relative_to(db) else [str(db), str(captures)]


def _crawl_arguments(config: Config, options: Sequence[str]) -> list[str]:
    file: Path | None = click.get_current_context().find_root().params.get("config_file")
    return [
        *(["--config", str(file.absolute())] if file else []),
        *["crawl", "--db", str(Path(config.db).absolute()), *options],
    ]


def _tell_of_kill(config: Config, number: int) -> None:
    """Tell the operator of a crawl that could not tell by itself."""
    from archive.alarm_hooks import is_hooked, message, tell

    words = f"a crawl was killed by signal {number} (is memory short?); the next one goes on from there"
    for failure in tell(config, message(config, [words], run_id=None)) if is_hooked(config) else []:
        click.echo(f"archive: {failure}", err=True)

"""`archive demo`: crawls the bundled world without a network, says what it found, and serves it."""

import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path

import click

from archive.errors import ArchiveError
from archive.options import echo_json, reporting
from archive.settings import Config
from spiders.demo.build import FILE_NAME, build_world

QUERY = "資金調達"
MINE = (FILE_NAME, "archive.db", "archive.db-wal", "archive.db-shm", "archive.db.lock")


@click.command("demo")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--no-serve", is_flag=True, help="Crawl and report only.")
@click.option(
    "--dir",
    "folder",
    default=Path("demo"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the demo's archive goes; made anew each time.",
)
@reporting
@click.pass_obj
def demo(config: Config, *, port: int, no_serve: bool, folder: Path, as_json: bool) -> None:
    """Crawl a small invented web, offline, and serve it.

    Articles in six languages and the pages they cite: statistics, papers, PDF, dead links, bot walls, redirects.
    With --json the counts are printed and nothing is served.
    """
    _clear(folder)
    world = build_world(folder)
    mine = replace(
        config,
        db=str(folder / "archive.db"),
        captures="",
        origin="https://hyper.ai",
        delay_s=0.0,
        proxy="",
        trust_env=False,
        title="HyperAI archive (demo, invented texts)",
    )
    if as_json:
        _crawl(mine, world)
        _print_counts(mine)
        return
    click.echo(f"Crawling a small invented web, without a network: {world}")
    started_s = time.monotonic()
    _crawl(mine, world)
    click.echo(f"Done in {time.monotonic() - started_s:.1f} s. The archive is {mine.db}:\n")
    _report(mine)
    if no_serve:
        click.echo(f"Read it in the browser:  archive serve --db {mine.db}")
        return
    from archive.publish.command import run_server

    run_server(mine, host="127.0.0.1", port=port)


def _crawl(config: Config, world: Path) -> None:
    from spiders.commands.crawl import run_crawl
    from spiders.session import CrawlOptions

    run_crawl(config, CrawlOptions(replay=(world,)), command="archive demo", is_quiet=True)


def _print_counts(config: Config) -> None:
    from archive.store import open_store
    from spiders.demo.summary import read_summary

    with open_store(config.db, read_only=True) as store:
        echo_json(asdict(read_summary(store)))


def _report(config: Config) -> None:
    from archive.store import open_store
    from spiders.demo.summary import read_summary, sample_search, summary_lines

    with open_store(config.db, read_only=True) as store:
        for line in summary_lines(read_summary(store)):
            click.echo(line)
        click.echo(f"\nA search:  archive search {QUERY} --db {config.db}\n")
        for line in sample_search(store, QUERY, limit=3):
            click.echo(line)
    click.echo()


def _clear(folder: Path) -> None:
    """Remove an earlier demo; a folder that holds anything else is left as it is."""
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if names and FILE_NAME not in names:
        raise ArchiveError(f"{folder} holds other files; name an empty or new folder with --dir")
    for name in MINE:
        (folder / name).unlink(missing_ok=True)
    for captures in folder.glob("archive*.captures"):
        shutil.rmtree(captures)

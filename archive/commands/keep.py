"""Keeping and handing out: export, verify, backup, migrate."""

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from archive.errors import ExportChoiceError, ExportError
from archive.options import common, echo_json, reporting
from archive.settings import Config


@click.command("export")
@click.argument("table", required=False)
@click.option(
    "--all", "everything", is_flag=True, help="Every table: one file each in the folder -o, or one JSON object."
)
@click.option("--format", "fmt", default="json", show_default=True, metavar="FORMAT", help="json, jsonl or csv.")
@click.option("--since", metavar="CURSOR", help="Only rows seen since a run (its number) or a time (ISO 8601).")
@click.option("--raw-csv", is_flag=True, help="Leave cells that a spreadsheet would run; else ' goes before them.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH", help="File (folder with --all).")
@common
def export_command(config: Config, table: str | None, everything: bool, **options: Any) -> None:
    """Write a table, or all, as json, jsonl or csv.

    To standard output, or to -o PATH: whole or not at all.

    Rows come in the order of their key; the same archive gives the same bytes. A file is written whole or not at all.
    Tables: sources seeds runs run_sources frontier lists sightings lastmods captures articles revisions citations
    cited_addresses cited_sources figures data_tables problems aliases robots decisions.
    """
    from archive.export import check_choice, tables

    if bool(table) == everything:
        raise ExportChoiceError(f"name one table, or --all; tables are {', '.join(tables())}")
    check_choice(table, options["fmt"])
    with _snapshot(config) as connection:
        if everything:
            _export_all(connection, **options)
        else:
            _export_one(connection, str(table), **options)


@click.command("verify")
@reporting
@common
def verify_command(config: Config, as_json: bool) -> int:
    """Check the database and the digest of every body.

    Every captured body is read from its WARC record; exit 1 when one is wrong.
    """
    from archive.store import open_store
    from archive.verify import verify

    with open_store(config.db, read_only=True) as store:
        report = verify(store, captures_folder(config))
    if as_json:
        echo_json(report.as_dict())
    else:
        for fault in report.faults:
            click.echo(fault)
        words = f"{len(report.faults)} faults" if report.faults else "no fault"
        click.echo(f"{report.n_bodies} bodies checked, {report.n_bytes} bytes: {words}")
    return 1 if report.faults else 0


@click.command("backup")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--captures", "with_captures", is_flag=True, help="Copy the WARC files too, beside DEST; those there are kept."
)
@reporting
@common
def backup_command(config: Config, dest: Path, with_captures: bool, as_json: bool) -> None:
    """Copy the archive safely, also while a crawl is at work.

    DEST is a file or a folder; the copy is whole or not at all.
    """
    from archive.store import copy_database, open_store

    target = dest / Path(config.db).name if dest.is_dir() else dest
    with open_store(config.db, read_only=True) as store:
        if target.exists() and target.samefile(config.db):
            raise ExportChoiceError(f"{target} is the archive itself; name another place")
        copy_database(store, target)
    n_bytes, folder = target.stat().st_size, captures_folder(config)
    n_files = _copy_captures(folder, Path(f"{target}.captures")) if with_captures else None
    if as_json:
        echo_json({"db": str(target), "n_bytes": n_bytes, "n_warc_files_copied": n_files})
        return
    click.echo(f"copied {config.db} to {target} ({n_bytes} bytes)")
    if n_files is not None:
        click.echo(f"copied {n_files} WARC files to {target}.captures")
    elif folder.is_dir():
        click.echo(f"the captured pages in {folder} are not part of it; --captures copies them too")


@click.command("migrate")
@click.option("--reindex", is_flag=True, help="Rebuild the search index in any case.")
@reporting
@common
def migrate_command(config: Config, reindex: bool, as_json: bool) -> None:
    """Bring the archive up to date with this release.

    The search index is rebuilt when another release made it. The counts that pages show are made anew.
    """
    from archive.store import open_store, pending_migrations
    from archive.store.lock import crawl_lock
    from archive.store.search_index import index_is_current, rebuild_index
    from archive.totals import count_totals

    pending = pending_migrations(config.db)
    with (
        crawl_lock(config.db, command="archive migrate"),
        open_store(config.db, create=False, check_segmenter=False) as store,
    ):
        n_indexed = rebuild_index(store) if reindex or not index_is_current(store.connection) else None
        count_totals(store)
    if as_json:
        echo_json({"applied": pending, "n_indexed": n_indexed})
        return
    click.echo(f"applied {', '.join(pending)}" if pending else f"{config.db} is up to date")
    if n_indexed is not None:
        click.echo(f"search index rebuilt: {n_indexed} articles")


@click.command("reindex")
@reporting
@common
def reindex_command(config: Config, as_json: bool) -> None:
    """Make the search index anew.

    Until it is done, searches use the old index; when it is stopped, the old one stays.
    """
    from archive.store import open_store
    from archive.store.lock import crawl_lock
    from archive.store.search_index import rebuild_index

    with (
        crawl_lock(config.db, command="archive reindex"),
        open_store(config.db, create=False, check_segmenter=False) as store,
    ):
        n_indexed = rebuild_index(store)
    if as_json:
        echo_json({"n_indexed": n_indexed})
    else:
        click.echo(f"search index rebuilt: {n_indexed} articles")


def captures_folder(config: Config) -> Path:
    """Return where the WARC files of the archive are."""
    return Path(config.captures or f"{config.db}.captures")


@contextlib.contextmanager
def _snapshot(config: Config) -> Iterator[Any]:
    """Yield a connection that sees one state of the archive, whatever a crawl writes meanwhile."""
    from archive.store import open_store

    with open_store(config.db, read_only=True) as store:
        store.connection.execute("BEGIN")
        yield store.connection


def _export_one(
    connection: Any, table: str, *, fmt: str, since: str | None, raw_csv: bool, output: Path | None
) -> None:
    from archive.export import whole_file, write_table

    if output and output.is_dir():
        raise ExportError(f"{output} is a folder; name the file, for example {output / table}.{fmt}")
    with whole_file(output) if output else _stdout() as out:
        n_rows = write_table(connection, table, fmt, out, since=since, raw_csv=raw_csv)
    if output:
        click.echo(f"{n_rows} rows of {table} written to {output}")


def _export_all(connection: Any, *, fmt: str, since: str | None, raw_csv: bool, output: Path | None) -> None:
    from archive.export import tables, whole_file, write_all, write_table

    if output is None:
        if fmt != "json":
            raise ExportChoiceError(f"--all as {fmt} is one file a table: name their folder with -o")
        with _stdout() as out:
            write_all(connection, out, since=since)
        return
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"the folder {output} cannot be made: {error.strerror}") from error
    n_rows = 0
    for table in tables():
        with whole_file(output / f"{table}.{fmt}") as out:
            n_rows += write_table(connection, table, fmt, out, since=since, raw_csv=raw_csv)
    click.echo(f"{n_rows} rows of {len(tables())} tables written to {output}")


@contextlib.contextmanager
def _stdout() -> Iterator[TextIO]:
    # Data is UTF-8 and keeps its line ends, whatever the terminal's encoding is.
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield out
        out.flush()
    except BrokenPipeError:
        # The reader has seen enough (archive export … | head); click would end with 1.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    finally:
        with contextlib.suppress(OSError):
            out.detach()


def _copy_captures(folder: Path, target: Path) -> int:
    """Copy WARC files that are new or have grown, each under its name only when it is whole."""
    target.mkdir(parents=True, exist_ok=True)
    n_files = 0
    for file in sorted(folder.glob("*.warc.gz")):
        copy = target / file.name
        if copy.exists() and copy.stat().st_size == file.stat().st_size:
            continue
        part = target / f".{file.name}.{os.getpid()}.part"
        try:
            shutil.copy2(file, part)
            part.replace(copy)
        finally:
            part.unlink(missing_ok=True)
        n_files += 1
    return n_files

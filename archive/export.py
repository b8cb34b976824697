"""Tables out of the file as JSON, JSON lines or CSV: streaming, ordered by key, the same bytes each time."""

import contextlib
import csv
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from archive.dates import utc_iso
from archive.errors import ExportChoiceError, ExportError
from archive.progress import counted
from archive.records import TABLES
from archive.spreadsheets import neutral
from archive.store import Connection

FORMATS = ("json", "jsonl", "csv")

_JSON_COLUMNS = frozenset(("authors", "tags", "headings", "warnings", "rows", "counts", "alarms", "fields"))
_OF_ARTICLE = "article_id IN (SELECT id FROM articles WHERE last_captured_at >= :since)"
_SINCE = {
    "runs": "started_at >= :since",
    "run_sources": "run_id IN (SELECT id FROM runs WHERE started_at >= :since)",
    "frontier": "first_seen_at >= :since OR surt IN (SELECT surt FROM captures WHERE fetched_at >= :since)",
    "captures": "fetched_at >= :since",
    "lists": "read_at >= :since",
    "sightings": "first_seen_at >= :since",
    "articles": "last_captured_at >= :since",
    "revisions": "seen_at >= :since",
    "citations": _OF_ARTICLE,
    "figures": _OF_ARTICLE,
    "data_tables": _OF_ARTICLE,
    "aliases": _OF_ARTICLE,
    "problems": "seen_at >= :since",
    "robots": "fetched_at >= :since",
    "decisions": "made_at >= :since",
    "takedowns": "taken_down_at >= :since OR undone_at >= :since",
    "cited_addresses": "surt IN (SELECT surt FROM captures WHERE fetched_at >= :since)",
    "cited_sources": "last_captured_at >= :since",
}
"""What is new since an instant, table by table; sources and seeds, which carry no time, are always whole."""


def tables() -> tuple[str, ...]:
    """Return the names of the tables that can be exported."""
    return tuple(TABLES)


def check_choice(table: str | None, fmt: str) -> None:
    """Raise ExportChoiceError when *table* (None for all of them) or *fmt* is not there."""
    if table is not None and table not in tables():
        raise ExportChoiceError(f"there is no table {table!r}; choose from {', '.join(tables())}")
    if fmt not in FORMATS:
        raise ExportChoiceError(f"there is no format {fmt!r}; choose from {', '.join(FORMATS)}")


def write_table(
    connection: Connection,
    table: str,
    fmt: str,
    out: TextIO,
    *,
    since: str | None = None,
    raw_csv: bool = False,
) -> int:
    """Write *table* to *out* as *fmt* (json: one array; jsonl; csv with a header) and return the number of rows.

    *since* is the number of a crawl run or an ISO 8601 instant: only rows seen from then on.
    In JSON, columns that hold arrays or objects are such. In CSV, cells that a spreadsheet would run are made neutral
    unless *raw_csv*.
    Raises ExportChoiceError for a table, format or cursor that is not there.
    """
    check_choice(table, fmt)
    instant = since_instant(connection, since) if since is not None else None
    with contextlib.closing(_rows(connection, table, instant)) as rows:
        shown = rows if out.isatty() else counted(rows, f"rows of {table} written", total=None)
        if fmt == "csv":
            return _write_csv(_names(table), shown, out, raw=raw_csv)
        return _write_json(_names(table), shown, out, lines=fmt == "jsonl")


def write_all(connection: Connection, out: TextIO, *, since: str | None = None) -> int:
    """Write one JSON object, table name -> array of rows, and return the number of rows."""
    n_rows = 0
    for number, table in enumerate(tables()):
        out.write(f"{',' if number else '{'}\n{json.dumps(table)}: ")
        n_rows += write_table(connection, table, "json", out, since=since)
    out.write("}\n")
    return n_rows


def since_instant(connection: Connection, cursor: str) -> str:
    """Return the instant that *cursor* means: when the run of that number began, or the ISO 8601 time it is.

    A replay stores pages as of their recorded dates, and clocks are set back: a run then began with its oldest page.

    Raises ExportChoiceError when it is neither.
    """
    if cursor.isdecimal():
        found = connection.execute(_RUN_BEGAN, {"id": cursor}).fetchone()
        if found is None:
            raise ExportChoiceError(f"there is no run {cursor}; archive status lists the last ones")
        return str(found[0])
    try:
        instant = datetime.fromisoformat(cursor)
        return utc_iso(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        message = f"--since takes the number of a run or a time such as 2025-11-12T08:30:00Z, not {cursor!r}"
        raise ExportChoiceError(message) from error


_RUN_BEGAN = """
SELECT MIN(started_at, COALESCE(
    (SELECT MIN(fetched_at) FROM captures WHERE run_id >= CAST(:id AS INTEGER)), started_at
)) FROM runs WHERE id = CAST(:id AS INTEGER)
"""


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes the name *path* when the block ends well; else *path* stays as it was.

    What is no ordinary file (/dev/null, a pipe) is written directly. Raises ExportError when that cannot be.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("w", encoding="utf-8", newline="") as out:
                yield out
            return
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with part.open("x", encoding="utf-8", newline="") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error


def _rows(connection: Connection, table: str, since: str | None) -> Generator[Sequence[Any], None, None]:
    # Table names come from tables(), never from outside; the first column of each is its key.
    order = fields(TABLES[table])[0].name
    condition = f"WHERE {_SINCE[table]}" if since and table in _SINCE else ""
    cursor = connection.cursor()
    cursor.row_factory = None
    sql = f"SELECT {', '.join(_names(table))} FROM {table} {condition} ORDER BY {order}"  # noqa: S608
    yield from cursor.execute(sql, {"since": since} if condition else {})


def _names(table: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(TABLES[table]))


def _write_json(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, *, lines: bool) -> int:
    encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
    nested = [place for place, name in enumerate(names) if name in _JSON_COLUMNS]
    before, between, after = ("", "\n", "\n") if lines else ("[\n", ",\n", "\n]\n")
    n_rows = 0
    for values in rows:
        row = dict(zip(names, values, strict=True))
        for place in nested:
            row[names[place]] = json.loads(values[place]) if values[place] else None
        out.write(between if n_rows else before)
        out.write(encode(row))
        n_rows += 1
    if n_rows or not lines:
        out.write(after if n_rows else "[]\n")
    return n_rows


def _write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, *, raw: bool) -> int:
    writer = csv.writer(out)
    writer.writerow(names)
    n_rows = 0
    for values in rows:
        writer.writerow(values if raw else [neutral(value) for value in values])
        n_rows += 1
    return n_rows

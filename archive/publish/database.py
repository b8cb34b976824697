"""The archive as Datasette reads it: read-only, silent about queries that cannot run, and always the present file."""

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from datasette.database import Database, QueryInterrupted, connections
from datasette.utils import escape_sqlite
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.errors import ArchiveError
from archive.publish.freshness import file_state
from archive.publish.metadata import INTERNAL_TABLES
from archive.store import open_store

log = logging.getLogger(__name__)

File = tuple[int, int]  # device and inode

# How Datasette 0.65 begins the counts of a table page and of its facets.
COUNTS = re.compile(r"\s*select (count\(\*\)|\S+ as value, count\(\*\) as count) from", re.IGNORECASE)
COUNT_LIMIT_MS = 20  # a table page says how many rows there are only where that is known soon
REMEMBERED_S = 20  # while a crawl writes; until anything changes otherwise
MAX_REMEMBERED = 500


class ArchiveDatabase(Database):  # type: ignore[misc]
    """One archive file. When another takes its name (a new snapshot), the next query reads that one.

    Datasette keeps a connection a thread; one that belongs to a file of before is exchanged in its thread, before the
    query. Datasette also counts every table for its overview, and the search index has no rows of its own to count:
    errors of SQL are answered, not logged.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As datasette.database.Database."""
        super().__init__(*arguments, **options)
        self._files: dict[int, File | None] = {}  # id of a connection -> the file it is of
        self._lock = threading.Lock()
        self._accepted: File | None = None
        self._refused: File | None = None
        self._spares: list[Any] = []
        self._counts: dict[tuple[str, str, str], tuple[float, Any, Any]] = {}

    def connect(self, write: bool = False) -> Any:
        """Return a new connection; *write* is never true here."""
        file = self._present_file()
        connection = super().connect(write)
        self._files[id(connection)] = file
        return connection

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        """Return what *fn* makes of a connection to the present file, in a thread of Datasette's."""
        return await super().execute_fn(lambda connection: fn(self._of_present_file(connection)))

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run one query; see datasette.database.Database.execute(). Counts of table pages are remembered a while."""
        counts = COUNTS.match(sql)
        key = (sql, repr(params), repr(options))
        if counts and (found := self._remembered(key)) is not None:
            if isinstance(found, QueryInterrupted):
                raise found
            return found
        if counts and "custom_time_limit" not in options:
            options["custom_time_limit"] = COUNT_LIMIT_MS
        try:
            results = await super().execute(sql, params, **{**options, "log_sql_errors": False})
        except MemoryError as error:
            raise sqlite3.OperationalError("the query asked for too much memory") from error
        except QueryInterrupted as error:
            if counts:
                self._remember(key, error)
            raise
        if counts:
            self._remember(key, results)
        return results

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Return the rows of each table, for the overview; None where counting takes longer than *limit* ms."""
        counts: dict[str, int | None] = dict.fromkeys(await self.table_names())
        for table in counts.keys() - set(INTERNAL_TABLES):
            with suppress(QueryInterrupted, sqlite3.Error):
                sql = f"select count(*) from {escape_sqlite(table)}"  # noqa: S608
                counts[table] = (await self.execute(sql, custom_time_limit=limit)).rows[0][0]
        return counts

    def _remember(self, key: tuple[str, str, str], results: Any) -> None:
        self._counts.pop(key, None)
        self._counts[key] = (time.monotonic(), file_state(Path(self.path)), results)
        while len(self._counts) > MAX_REMEMBERED:
            self._counts.pop(next(iter(self._counts)))

    def _remembered(self, key: tuple[str, str, str]) -> Any:
        made_at, state, results = self._counts.get(key, (0.0, None, None))
        if results is None:
            return None
        is_young = time.monotonic() - made_at < REMEMBERED_S
        return results if is_young or state == file_state(Path(self.path)) else None

    def _of_present_file(self, connection: Any) -> Any:
        wanted = self._wanted_file(connection)
        if wanted == self._files.get(id(connection)):
            return connection
        with self._lock:
            fresh = self._spares.pop() if self._spares else self.connect()
        self.ds._prepare_connection(fresh, self.name)
        setattr(connections, self.name, fresh)
        self._forget(connection)
        return fresh

    def _wanted_file(self, connection: Any) -> File | None:
        """Return the file that all threads read: the newest that is an archive of this release."""
        file = self._present_file()
        with self._lock:
            self._accepted = self._accepted or self._files.get(id(connection))
            if file in (None, self._accepted, self._refused):
                return self._accepted
            try:
                open_store(self.path, read_only=True).close()
            except ArchiveError as error:
                self._refused = file
                log.warning("the new file is not published", extra={"file": self.path, "reason": str(error)})
                return self._accepted
            for spare in self._spares:
                self._forget(spare)
            # One for each thread, at once: the file may be gone when a thread comes to ask.
            self._spares = [self.connect() for _ in range(self.ds.setting("num_sql_threads"))]
            self._accepted = file
        return file

    def _forget(self, connection: Any) -> None:
        self._all_file_connections.remove(connection)
        self._files.pop(id(connection), None)
        connection.close()

    def _present_file(self) -> File | None:
        try:
            found = os.stat(self.path)
        except OSError:  # between two snapshots; what is open stays
            return None
        return found.st_dev, found.st_ino

"""The archive as Datasette reads it: read-only, silent about queries that cannot run, and always the present file."""

import logging
import os
from collections.abc import Callable
from typing import Any

from datasette.database import Database, connections
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.errors import ArchiveError
from archive.store import open_store

log = logging.getLogger(__name__)


class ArchiveDatabase(Database):  # type: ignore[misc]
    """One archive file. When another takes its name (a new snapshot), the next query reads that one.

    Datasette keeps a connection a thread; one that belongs to a file of before is exchanged in its thread, before the
    query. Datasette also counts every table for its overview, and the search index has no rows of its own to count:
    errors of SQL are answered, not logged.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As datasette.database.Database."""
        super().__init__(*arguments, **options)
        self._files: dict[int, tuple[int, int] | None] = {}  # id of a connection -> the file it is of
        self._refused: tuple[int, int] | None = None

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
        """Run one query; see datasette.database.Database.execute()."""
        try:
            return await super().execute(sql, params, **{**options, "log_sql_errors": False})
        except MemoryError as error:
            raise sqlite3.OperationalError("the query asked for too much memory") from error

    def _of_present_file(self, connection: Any) -> Any:
        file = self._present_file()
        if file in (None, self._refused, self._files.get(id(connection))):
            return connection
        try:
            open_store(self.path, read_only=True).close()
        except ArchiveError as error:
            self._refused = file
            log.warning("the new file is not published", extra={"file": self.path, "reason": str(error)})
            return connection
        fresh = self.connect()
        self.ds._prepare_connection(fresh, self.name)
        setattr(connections, self.name, fresh)
        self._all_file_connections.remove(connection)
        self._files.pop(id(connection), None)
        connection.close()
        return fresh

    def _present_file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:  # between two snapshots; what is open stays
            return None
        return found.st_dev, found.st_ino

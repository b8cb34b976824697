"""The database file: connection, migrations, transactions. Knows no HTTP and no HTML.

    with open_store("archive.db") as store, store.transaction():
        ...

Inside the `with`, every error of SQLite leaves as a StoreError that says what is wrong and what helps.
One thread at a time may use a Store; other processes may read meanwhile (WAL).
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.dates import utc_iso
from archive.errors import LockedError, SchemaError, StoreError
from archive.segments import SEGMENTER_VERSION
from archive.store.migrations import FIRST_TABLE, MIGRATIONS, migration_names

BUSY_TIMEOUT_S = 30.0
OLDEST_SQLITE = (3, 35, 0)  # UPDATE … RETURNING
WAL_RESET_FIXES = ((3, 44, 6), (3, 50, 7), (3, 51, 3))  # https://sqlite.org/wal.html#walresetbug
CACHE_KIB = 32 * 1024
KEPT_STATEMENTS = 500  # a page takes some 60 different ones; when one fewer is kept than it takes, none is found again
STEPS_BEFORE_SIGNALS = 1_000_000  # of SQLite's machine, some milliseconds

Connection = sqlite3.Connection
"""pysqlite3's where it is installed, else the standard module's; Datasette and sqlite-utils choose in the same way."""


class Store:
    """An open archive: `connection` (plain SQL, rows by name) and `db` (the same through sqlite-utils)."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path = path
        self.connection = connection
        self.db = Database(connection, execute_plugins=False)
        self.read_only = read_only
        self.known_sources: set[str] = set()  # keys that surely have a row; forgotten when a block is undone
        self.index_after = 1  # so many new articles may wait for the search index (archive.store.search_index)
        self._marks: list[int] = []
        self._late: list[Callable[[], object]] = []
        self._has_failed = False

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside commits together or not at all; within another one it is a part of that.

        An error that leaves an inner block must leave the outer one too, up to a part() or the first block: what was
        half written is never committed.
        """
        if self._marks:
            try:
                yield
            except BaseException:
                self._has_failed = True
                raise
            return
        with self._block("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            yield

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        """As transaction(); but an error that leaves this block undoes it alone, and the transaction around goes on."""
        mark = f"part_{len(self._marks)}"
        if not self._marks:
            with self.transaction():
                yield
            return
        with self._block(f"SAVEPOINT {mark}", f"RELEASE {mark}", f"ROLLBACK TO {mark}; RELEASE {mark}"):
            yield

    def at_commit(self, action: Callable[[], object]) -> None:
        """Do *action* right before the transaction commits, after all statements, unless its part is undone.

        For the search index: FTS5 writes its pending terms to the file at every savepoint, 0.3 ms each.
        """
        self._late.append(action)

    @contextlib.contextmanager
    def _block(self, begin: str, commit: str, undo: str) -> Iterator[None]:
        with explained(self.path):
            self.connection.execute(begin)
            self._marks.append(len(self._late))
            try:
                yield
                self._finish(commit)
            except BaseException:
                del self._late[self._marks[-1] :]
                self.known_sources.clear()
                self._has_failed = False
                if self.connection.in_transaction:  # else SQLite undid everything by itself (disk full, I/O error)
                    for statement in undo.split("; "):
                        self.connection.execute(statement)
                raise
            finally:
                self._marks.pop()

    def _finish(self, commit: str) -> None:
        if self._has_failed:
            raise StoreError(f"{self.path}: a part of a transaction failed, so nothing of it was stored")
        if len(self._marks) == 1:
            late, self._late = self._late, []
            for action in late:
                action()
        self.connection.execute(commit)

    def check(self) -> None:
        """Raise StoreError when the file is damaged; every page of it is read."""
        with explained(self.path):
            if self.connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("malformed")

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self.connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            raise store_error(error, self.path) from error


def open_store(
    path: str | os.PathLike[str], *, create: bool = True, read_only: bool = False, check_segmenter: bool = True
) -> Store:
    """Return the archive at *path*, opened and with its schema up to date.

    A file that is not there is made when *create*. *read_only* neither makes nor migrates.
    *check_segmenter* is False only for the command that rebuilds the index.

    Raises SchemaError when a newer release wrote the file, when it is another program's database, or when its search
    index was made by other rules; StoreError when it cannot be read or written; LockedError when another holds it.
    """
    file = Path(path)
    _check_sqlite()
    _check_file(file, create=create and not read_only)
    with explained(file):
        connection = _connect(file, read_only=read_only)
        try:
            store = Store(file, connection, read_only=read_only)
            _check_schema(store)
            if not read_only:
                _prepare_to_write(store)
            if check_segmenter and not read_only:
                _check_segmenter(store)
        except BaseException:
            connection.close()
            raise
    return store


def stamp(instant: datetime | str) -> str:
    """Return *instant* as it is stored: 2025-11-12T08:30:00Z. Text is taken as already in that form."""
    return instant if isinstance(instant, str) else utc_iso(instant)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn every error of SQLite inside the block into a StoreError about *path*."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def store_error(error: Exception, path: Path) -> StoreError:
    """Return our error for one of SQLite's: what is wrong with *path*, and what helps."""
    words = str(error)
    for fragment, kind, message in _EXPLANATIONS:
        if fragment in words:
            return kind(message.format(path=path))
    return StoreError(f"{path}: {words}")


DAMAGED = "{path} is damaged; nothing was changed. Go back to a backup, or save the rest: sqlite3 {path} .recover"
_EXPLANATIONS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("locked", LockedError, "{path} is locked by another process that writes to it; try again when it has ended"),
    ("not a database", SchemaError, "{path} is not a SQLite database; name another file with --db, or move this one"),
    ("malformed", StoreError, DAMAGED),
    ("vtable constructor failed", StoreError, DAMAGED),  # the search index cannot be read
    ("readonly", StoreError, "{path} cannot be written: the file or its folder is read-only; change its permissions"),
    ("disk is full", StoreError, "the disk of {path} is full; what was stored is intact. Make room, then run it again"),
    ("disk I/O error", StoreError, "{path}: the disk reports an error; what was stored is intact. Check the disk"),
    ("interrupted", StoreError, "{path}: stopped; what was stored is intact, and nothing of the last step was"),
    ("unable to open", StoreError, "{path} cannot be opened: check that its folder exists and may be read and written"),
)


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old ({'.'.join(map(str, OLDEST_SQLITE))} is needed); "
            "install a current one: pip install pysqlite3"
        )


def _check_file(file: Path, *, create: bool) -> None:
    if file.is_dir():
        raise StoreError(f"{file} is a folder; --db names a file")
    if file.exists():
        return
    if not create:
        raise StoreError(f"there is no archive at {file}; make one with: archive crawl --db {file}")
    if not file.absolute().parent.is_dir():
        raise StoreError(f"there is no folder {file.absolute().parent} to put {file.name} in; make it first")


def _connect(file: Path, *, read_only: bool) -> sqlite3.Connection:
    address = f"file:{quote(str(file.absolute()))}"
    if read_only:
        # A WAL file is read with help of a -shm file beside it; where that cannot be made, the file cannot change.
        frozen = not os.access(file.absolute().parent, os.W_OK) and not Path(f"{file}-wal").exists()
        address += "?immutable=1" if frozen else "?mode=ro"
    connection = sqlite3.connect(
        address,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=KEPT_STATEMENTS,
    )
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if not read_only:
        # Python hears a signal only between two of its own steps; a long statement (a check of the file) has none.
        connection.set_progress_handler(_go_on, STEPS_BEFORE_SIGNALS)
    return connection


def _go_on() -> int:
    return 0


def _check_schema(store: Store) -> None:
    tables = {row[0] for row in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables - {MIGRATIONS.migrations_table} and not tables >= {FIRST_TABLE, MIGRATIONS.migrations_table}:
        raise SchemaError(
            f"{store.path} is a SQLite database, but not an archive (it has {', '.join(sorted(tables)[:3])}); "
            "name another file with --db"
        )
    unknown = sorted({migration.name for migration in MIGRATIONS.applied(store.db)} - migration_names())
    if unknown:
        raise SchemaError(
            f"{store.path} has migrations this release does not know ({', '.join(unknown)}); a newer one wrote it. "
            f"Upgrade hyperai-archive, or read it without writing: datasette --immutable {store.path}"
        )
    if store.read_only and not tables:
        raise SchemaError(f"{store.path} holds nothing yet; fill it with: archive crawl --db {store.path}")
    if store.read_only and MIGRATIONS.pending(store.db):
        raise SchemaError(
            f"{store.path} was written by an older release; bring it up to date with: archive migrate --db {store.path}"
        )


def _prepare_to_write(store: Store) -> None:
    if store.connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        store.connection.execute("PRAGMA journal_mode = WAL")
    store.connection.execute(f"PRAGMA synchronous = {'NORMAL' if has_wal_reset_fix() else 'FULL'}")
    if MIGRATIONS.pending(store.db):
        with store.transaction():  # a second process that opens the new file at the same moment waits here
            MIGRATIONS.apply(store.db)


def has_wal_reset_fix(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Say whether a SQLite (this one) is free of the WAL-reset race.

    It takes two connections that write or checkpoint: all that write hold crawl_lock(), all others are read-only.
    """
    return version >= WAL_RESET_FIXES[-1] or any(fix <= version < (*fix[:2], 99) for fix in WAL_RESET_FIXES)


def _check_segmenter(store: Store) -> None:
    found = store.connection.execute("SELECT value FROM meta WHERE key = 'segmenter'").fetchone()
    if found and found[0] != SEGMENTER_VERSION:
        raise SchemaError(
            f"the search index of {store.path} was made by segmenter {found[0]}, this release has {SEGMENTER_VERSION}; "
            f"rebuild it before anything is written: archive reindex --db {store.path}"
        )


def pending_migrations(path: str | os.PathLike[str]) -> list[str]:
    """Return the names of the migrations that the archive at *path* lacks; StoreError when there is no file."""
    file = Path(path)
    _check_file(file, create=False)
    with explained(file), contextlib.closing(_connect(file, read_only=True)) as connection:
        return [migration.name for migration in MIGRATIONS.pending(Database(connection, execute_plugins=False))]


def copy_database(store: Store, target: Path) -> None:
    """Copy the open archive to *target*, one state of it even while another process writes; whole or not at all."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb"), explained(target):
            copy = sqlite3.connect(str(part))
            try:
                store.connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
        part.replace(target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)

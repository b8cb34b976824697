"""One crawl at a time: a lock beside the database that the system frees when its holder dies, however it dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archive.dates import utc_iso
from archive.errors import LockedError, StoreError

ATTEMPTS, PAUSE_S = 4, 0.02


@contextlib.contextmanager
def crawl_lock(db_path: str | os.PathLike[str], *, command: str = "archive") -> Iterator[None]:
    """Hold the lock of the archive at *db_path* while the block runs.

    Raises LockedError naming the process and command that holds it, and since when; StoreError when it cannot be made.
    The file <db>.lock stays behind: removing it would let two processes hold two files of one name.
    """
    db = os.fspath(db_path)
    with _held(Path(f"{db}.lock"), command, busy=f"{db} is being crawled by {{holder}}; wait until it has ended"):
        yield


def is_locked(db_path: str | os.PathLike[str]) -> bool:
    """Say whether a process holds the crawl's lock; also when nobody ever did, so that nothing is known."""
    try:
        with Path(f"{os.fspath(db_path)}.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except OSError:
        return True


@contextlib.contextmanager
def schedule_lock(db_path: str | os.PathLike[str]) -> Iterator[None]:
    """Hold the lock of the one scheduler that an archive may have; raises as crawl_lock() does."""
    db = os.fspath(db_path)
    busy = f"{db} has a scheduler already: {{holder}}; one is enough"
    with _held(Path(f"{db}.schedule.lock"), "archive schedule run", busy=busy):
        yield


@contextlib.contextmanager
def _held(path: Path, command: str, *, busy: str) -> Iterator[None]:
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the lock {path} cannot be made: {error.strerror}") from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            file.seek(0)
            holder = " ".join(file.read().split()) or "another process"
            raise LockedError(busy.format(holder=holder)) from error
        with contextlib.suppress(OSError):  # the name is only for people; a full disk does not keep the lock from us
            file.truncate(0)
            file.write(f"process {os.getpid()} ({command}) since {utc_iso(datetime.now(UTC))}\n")
            file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _lock(file: IO[str]) -> None:
    """Lock *file*; tried for a moment, because is_locked() holds it for as long as it takes to look."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(PAUSE_S)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

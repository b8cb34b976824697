"""One crawl at a time: a lock beside the database that the system frees when its holder dies, however it dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from archive.errors import LockedError, StoreError


@contextlib.contextmanager
def crawl_lock(db_path: str | os.PathLike[str], *, command: str = "archive") -> Iterator[None]:
    """Hold the lock of the archive at *db_path* while the block runs.

    Raises LockedError naming the process and command that holds it; StoreError when the lock cannot be made.
    The file <db>.lock stays behind: removing it would let two processes hold two files of one name.
    """
    path = Path(f"{os.fspath(db_path)}.lock")
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the lock {path} cannot be made: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = " ".join(file.read().split()) or "another process"
            raise LockedError(f"{os.fspath(db_path)} is being crawled by {holder}; wait until it has ended") from error
        file.truncate(0)
        file.write(f"process {os.getpid()} ({command})\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)

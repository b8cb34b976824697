"""What a kill, a lost folder or an older copy leaves behind in the WARC files, mended before a crawl writes."""

import os
import zlib
from pathlib import Path
from typing import IO

from archive.warc import FILE_NAME, PREFIX, newest_file


def cut_torn_tail(folder: Path, *, ends: dict[str, int], prefix: str = PREFIX) -> int:
    """Cut the half-written record that a kill may leave at the end of the newest file; return the bytes cut.

    *ends* gives per file the end of the last record that the archive knows. Whole records after it are kept, even if
    no row knows them: a database restored from a backup must not cost captures.
    """
    number, size = newest_file(folder, prefix)
    name = f"{prefix}-{number:05d}.warc.gz"
    path = folder / name
    if number == 0 or size == ends.get(name, 0):
        return 0
    start = min(ends.get(name, 0), size)
    with path.open("rb") as stream:
        stream.seek(start)
        whole = start + _whole_members(stream)
    if whole < size:
        os.truncate(path, whole)
    return size - whole


def first_free_number(folder: Path, *, ends: dict[str, int]) -> int:
    """Return the least number of a file that may be written, *ends* as above.

    A file that rows point to and that is gone, or shorter than they say, is not written to again: those rows would
    point to other pages.
    """
    numbers = [0]
    for name, end in ends.items():
        found, path = FILE_NAME.fullmatch(name), folder / name
        if found and (not path.exists() or path.stat().st_size < end):
            numbers.append(int(found["number"]))
    return max(numbers) + 1


def _whole_members(stream: IO[bytes]) -> int:
    """Return how many bytes from here on are whole gzip members."""
    whole, position = 0, 0
    member = zlib.decompressobj(31)
    rest = b""
    while chunk := rest or stream.read(1 << 16):
        try:
            member.decompress(chunk)
        except zlib.error:
            break
        position += len(chunk) - len(member.unused_data)
        rest = member.unused_data
        if member.eof:
            whole, member = position, zlib.decompressobj(31)
    return whole

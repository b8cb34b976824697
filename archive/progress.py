"""Progress of long work, on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

LINE_EVERY_S = 10.0  # short work prints nothing at all

Thing = TypeVar("Thing")


def counted(
    things: Iterable[Thing],
    words: str,
    *,
    total: int | None,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Thing]:
    """Yield *things* and tell, under the name *words*, how many of *total* (None: not known) are done."""
    out = stream or sys.stderr
    if out.isatty():
        from tqdm import tqdm

        yield from tqdm(things, desc=words, total=total, file=out, leave=False, dynamic_ncols=True)
        return
    said_at = clock()
    for number, thing in enumerate(things, start=1):
        yield thing
        if clock() - said_at >= LINE_EVERY_S:
            said_at = clock()
            out.write(f"{words}: {number}{'' if total is None else f' of {total}'}\n")
            out.flush()

"""Memory that large pages leave behind: the C library keeps it for itself unless it is asked to give it back."""

import ctypes
from collections.abc import Callable

LARGE_BYTES = 512 * 1024  # few pages are longer; of these few are held at once, so that bombs do not add up


def _trim() -> Callable[[int], object]:
    try:
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):  # not glibc
        return lambda _: None
    return trim


def give_back_after(n_bytes: int) -> None:
    """Give freed memory back to the system after a page of so many bytes, if that is a large one; some milliseconds."""
    if n_bytes > LARGE_BYTES:
        _trim()(0)

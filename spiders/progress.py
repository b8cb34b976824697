"""What a person sees of a crawl: a bar on a terminal, one line an event otherwise."""

import logging
import sys
from typing import Any, TextIO

from tqdm import tqdm

from archive.text import printable

log = logging.getLogger("archive.crawl")


class Progress:
    """Counts pages; `event` is told of every visit, `silence` of every one that got no answer.

    *is_verbose* shows each of those too, else one a host and reason: a host that is down is down for all its pages.
    """

    def __init__(self, *, stream: TextIO | None = None, is_quiet: bool = False, is_verbose: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._is_verbose = is_verbose
        self._silences: set[tuple[str, str]] = set()
        self._is_terminal = self._stream.isatty() and not is_quiet
        self._is_quiet = is_quiet
        self._bar: Any = None

    def event(self, words: str, url: str) -> None:
        """Show one visit: what came of it, and where."""
        if self._is_terminal:
            if self._bar is None:
                self._bar = tqdm(file=self._stream, unit=" pages", desc="crawl", dynamic_ncols=True)
            self._bar.set_postfix_str(printable(f"{words} {url}"[:60]), refresh=False)
            self._bar.update()
        elif not self._is_quiet:
            self._stream.write(f"{printable(f'{words} {url}')}\n")
            self._stream.flush()

    def silence(self, words: str, url: str, *, host: str, reason: str) -> None:
        """Show a visit without an answer; of those that *host* owes for one *reason* only the first, as the host's."""
        if self._is_verbose or self._is_terminal:
            self.event(words, url)
        elif (host, reason) not in self._silences:
            self._silences.add((host, reason))
            self.event(f"{host}: {words}", url)

    def warn(self, words: str) -> None:
        """Say what went wrong beside the crawl, even when quiet."""
        self._stream.write(f"archive: {words}\n")
        self._stream.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

"""CSV that a spreadsheet may open: no cell of ours is run as a formula (OWASP, CSV injection)."""

import csv
import io
import re
from typing import Any

# The full-width forms are formulas too where Excel is Japanese or Chinese. Some programs skip blanks before them.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def neutral(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before it. Numbers stay numbers."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


class CsvFilter:
    """Rows of CSV as they stream by, cells that a spreadsheet would run made neutral; other rows keep their bytes."""

    def __init__(self) -> None:
        """Begin before the first row."""
        self._pending = ""

    def feed(self, text: str) -> str:
        """Return what can be passed on after *text* (rows or parts of rows); the rest waits for more."""
        self._pending += text
        # Quotes inside a row come in pairs, so a row is whole where they are even and the line ends.
        if not self._pending.endswith("\n") or self._pending.count('"') % 2:
            return ""
        return self.finish()

    def finish(self) -> str:
        """Return what is left, at the end of the body."""
        text, self._pending = self._pending, ""
        rows = list(csv.reader(io.StringIO(text, newline="")))
        safe = [[neutral(cell) for cell in row] for row in rows]
        if safe == rows:
            return text
        out = io.StringIO(newline="")
        csv.writer(out).writerows(safe)
        return out.getvalue()

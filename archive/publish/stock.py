"""Datasette's own pages under our rules: templates without inline code and with names, no giant values in queries."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment

HERE = Path(__file__).parent
INLINE_CODE = re.compile(
    r'<script\b(?! type="application/ld\+json").*?</script>|<style\b.*?</style>'
    r'|\sstyle="(?:\{\{.*?\}\}|\{%.*?%\}|[^"])*"',
    re.DOTALL | re.IGNORECASE,
)
# What a screen reader or the keyboard misses in Datasette's templates (WCAG 2.2 1.3.1, 2.1.1, 4.1.2; seen in 0.65.5).
BARRIERS = (
    (re.compile(r"<(/?)h3\b"), r"<\1h2"),  # they follow an h1
    (re.compile(r'<textarea id="sql-editor"'), r'\g<0> aria-label="SQL"'),
    (
        re.compile(r'<(select|input type="text") name="_filter_(column|op|value)'),
        r'<\1 aria-label="Filter: \2" name="_filter_\2',
    ),
    (re.compile(r'<dl class="column-descriptions"'), r'\g<0> tabindex="0"'),
    (re.compile(r'<div class="table-wrapper"'), r'\g<0> tabindex="0" role="region" aria-label="Rows"'),
)
# sqlite3.h; the sqlite3 module names them only from Python 3.11 on, pysqlite3 in part.
SQLITE_LIMIT_LENGTH, SQLITE_PRAGMA, SQLITE_FUNCTION, SQLITE_OK, SQLITE_DENY, SQLITE_IGNORE = 0, 19, 31, 0, 1, 2
# Each makes a value as long as its argument says, in one step that no time limit interrupts.
HEAVY_FUNCTIONS = frozenset({"printf", "format", "randomblob", "zeroblob"})
MAX_VALUE_BYTES = 20_000_000
MAX_HEAP_BYTES = 256 * 1024 * 1024


class MendedTemplates(BaseLoader):
    """A template loader that hands on what *inner* loads without scripts and styles, Datasette's without BARRIERS."""

    def __init__(self, inner: BaseLoader) -> None:
        """Load through *inner*."""
        self._inner = inner

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the template's source; see jinja2.BaseLoader."""
        source, filename, is_current = self._inner.get_source(environment, template)
        if not Path(filename or "").is_relative_to(HERE):
            for barrier, mended in BARRIERS:
                source = barrier.sub(mended, source)
        return INLINE_CODE.sub("", source), filename, is_current

    def list_templates(self) -> list[str]:
        """Return the names that *inner* knows."""
        return self._inner.list_templates()


def limit_values(connection: Any) -> None:
    """Let no query make a giant value: refuse the functions that do it at once, bound what the others may grow to."""
    connection.set_authorizer(_authorize)
    if hasattr(connection, "setlimit"):
        connection.setlimit(SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)


def limit_memory(sqlite3: Any) -> None:
    """Bound what SQLite may hold in this whole process, for good; for a library without setlimit (pysqlite3)."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA hard_heap_limit = {MAX_HEAP_BYTES}")
    connection.close()


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action == SQLITE_PRAGMA and first == "database_list":  # names the folder that the archive lies in
        return SQLITE_IGNORE
    return SQLITE_DENY if action == SQLITE_FUNCTION and second in HEAVY_FUNCTIONS else SQLITE_OK

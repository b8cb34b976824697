"""The part of publishing that any Datasette gets once this package is installed: `datasette archive.db` finds Japanese.

Datasette sends every ?_search= that is not raw through the SQL function escape_fts (seen in 0.65.5 and 1.0a41).
"""

from typing import Any

from datasette import hookimpl
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from archive.search import escape_fts


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def prepare_connection(conn: Any) -> None:
    """Cut search words as the index was cut, on connections to an archive; others are left alone."""
    try:
        conn.execute("SELECT title_ngrams FROM articles_fts LIMIT 0")
    except sqlite3.Error:
        return
    conn.create_function("escape_fts", 1, escape_fts)

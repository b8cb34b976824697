"""What Datasette is told about the tables: descriptions, column notes from archive/records.py, facets, sort orders."""

from typing import Any

from archive.publish.queries import QUERIES
from archive.records import TABLES, field_notes

DATABASE = "archive"
"""The database's name in addresses, whatever the file is called."""

# Facets are counted at each view of a table, so only columns with few values that an index or a small table serves.
FACETS = {
    "articles": ["kind", "lang"],
    "sources": ["policy"],
    "frontier": ["kind", "state"],
    "citations": ["kind"],
    "runs": ["end_reason"],
    "run_sources": ["kind"],
    "robots": ["verdict"],
    "decisions": ["decision"],
    "aliases": ["reason"],
    "cited_sources": ["outcome"],
}
# The index keeps words of pages that have left the archive until its segments are merged.
INTERNAL_TABLES = (
    *("meta", "search_words", "search_facets", "facet_sets", "search_blocks", "_sqlite_migrations"),
    *("sqlite_sequence", "sqlite_stat1", "sqlite_stat4"),
    *(f"articles_fts{part}" for part in ("", "_data", "_idx", "_content", "_docsize", "_config")),
)
SORT_DESCENDING = dict.fromkeys(("articles", "captures", "runs", "problems", "revisions", "decisions"), "id") | {
    "cited_sources": "n_citing"
}
LABELS = {"articles": "title", "cited_sources": "url", "sources": "key", "captures": "fetched_at", "runs": "started_at"}
# Bodies of text stay out of table pages of many rows by truncation; see SETTINGS.
SETTINGS = {
    "default_page_size": 25,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 20,
    "facet_suggest_time_limit_ms": 10,
    "suggest_facets": False,  # nine tenths of a table page's time at 100,000 rows
    "default_facet_size": 12,
    "truncate_cells_html": 160,
    "allow_download": False,
    "max_csv_mb": 100,
    "num_sql_threads": 8,  # a light query does not wait behind three searches
}


def datasette_metadata(title: str) -> dict[str, Any]:
    """Return the metadata of the published archive called *title*."""
    tables = {name: _table_metadata(name, record) for name, record in TABLES.items()}
    for name in INTERNAL_TABLES:
        tables[name] = {"hidden": True, "allow": False}
    return {
        "title": title,
        "databases": {
            DATABASE: {
                "title": f"{title}: data",
                "description": "Every table of the archive, as pages, JSON and CSV.",
                "tables": tables,
                "queries": {name: {**query, "sql": query["sql"].strip()} for name, query in QUERIES.items()},
                "allow_sql": {"id": LOCAL_READER},
            }
        },
    }


LOCAL_READER = "local"
"""Actor of a request from this machine; only it may write SQL of its own, unless the setting allow_sql is on."""


def _table_metadata(name: str, record: type) -> dict[str, Any]:
    metadata: dict[str, Any] = {"description": (record.__doc__ or "").strip(), "columns": field_notes(record)}
    if name in FACETS:
        metadata["facets"] = FACETS[name]
    if name in SORT_DESCENDING:
        metadata["sort_desc"] = SORT_DESCENDING[name]
    if name in LABELS:
        metadata["label_column"] = LABELS[name]
    return metadata

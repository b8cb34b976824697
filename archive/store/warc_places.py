"""Where the last WARC record stands that the archive knows."""

from archive.store import Store


def warc_ends(store: Store) -> dict[str, int]:
    """Return WARC file -> end of the last record that a row points to, for the file written last; empty when none."""
    row = store.connection.execute(
        "SELECT warc_file, warc_offset + warc_length AS end FROM captures WHERE warc_file IS NOT NULL "
        "ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return {row["warc_file"]: int(row["end"])} if row else {}

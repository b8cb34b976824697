"""Whether what is kept is whole: the database's pages and links, the search index, and every captured body."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.errors import CaptureError
from archive.progress import counted
from archive.store import Store
from archive.store.captures import captures_of, n_bodies
from archive.warc import WarcPlace, check_record, payload_digest, read_record

_MOST_FAULTS = 1_000  # of one check; a lost folder need not print a line for each of a million captures


@dataclass(slots=True)
class Report:
    """What was checked, and each fault in words."""

    n_bodies: int = 0
    n_bytes: int = 0
    faults: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is printed as JSON."""
        return asdict(self)


def verify(store: Store, folder: Path) -> Report:
    """Check the archive and the WARC files in *folder*; nothing is changed."""
    report = Report()
    report.faults += _database_faults(store)
    for capture in counted(captures_of(store, with_body=True), "bodies checked", total=n_bodies(store)):
        if len(report.faults) >= _MOST_FAULTS:
            report.faults.append("… and more; the rest was not checked")
            break
        place = f"capture {capture.id} ({capture.url})"
        try:
            where = WarcPlace(capture.warc_file or "", capture.warc_offset or 0, capture.warc_length or 0)
            check_record(folder, where)
            stored = read_record(folder, where.file, where.offset)
        except CaptureError as error:
            report.faults.append(f"{place}: {error}")
            continue
        report.n_bodies += 1
        report.n_bytes += len(stored.exchange.payload)
        found = payload_digest(stored.exchange.payload)
        if capture.payload_digest and found != capture.payload_digest:
            report.faults.append(f"{place}: the body has digest {found}, the archive says {capture.payload_digest}")
        if stored.url != capture.url:
            report.faults.append(f"{place}: the record at its place is of {stored.url}")
    return report


def _database_faults(store: Store) -> list[str]:
    faults = [str(row[0]) for row in store.connection.execute("PRAGMA integrity_check(100)") if row[0] != "ok"]
    faults += [
        f"{row[0]} {row[1]} names a row of {row[2]} that is not there"
        for row in store.connection.execute("PRAGMA foreign_key_check").fetchmany(100)
    ]
    missing, extra = store.connection.execute(
        "SELECT (SELECT COUNT(*) FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize) "
        "AND id < (SELECT MAX(id) FROM articles_fts_docsize)), "  # those above it wait for the index
        "(SELECT COUNT(*) FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles))"
    ).fetchone()
    if missing or extra:
        faults.append(
            f"the search index lacks {missing} articles and has {extra} that are gone: archive migrate --reindex"
        )
    return faults

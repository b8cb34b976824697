"""Captures: one row for every answer or refusal, in the order they came."""

from collections.abc import Iterator
from dataclasses import fields, replace

from archive.model import Outcome
from archive.records import Capture, row_of
from archive.store import Store
from archive.store.sources import note_source
from archive.urls import site_key

_COLUMNS = tuple(field.name for field in fields(Capture))
_INSERT = f"INSERT INTO captures ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + name for name in _COLUMNS)})"  # noqa: S608
AS_SHOWN = "read as a browser shows it"
"""Detail of a capture whose page was read from the conversion record that follows it."""
_PAGE = 500  # rows read at a time: the caller may write between two pages


def save_capture(store: Store, capture: Capture) -> int:
    """Store one capture and return its number; its source is worked out from the address when empty."""
    if not capture.source:
        capture = replace(capture, source=site_key(capture.url))
    with store.transaction():
        note_source(store, capture.source)
        return int(store.connection.execute(_INSERT, row_of(capture)).lastrowid or 0)


def correct_outcome(
    store: Store, capture_id: int, *, outcome: Outcome, detail: str | None = None, extractor: str | None = None
) -> None:
    """Record what reading the page told about a capture that was stored before, and what read it."""
    with store.transaction():
        store.connection.execute(
            "UPDATE captures SET outcome = :outcome, detail = :detail, extractor = :extractor WHERE id = :id "
            "AND (outcome IS NOT :outcome OR detail IS NOT :detail)",
            {"id": capture_id, "outcome": str(outcome), "detail": detail, "extractor": extractor},
        )


def latest(store: Store, surt: str) -> Capture | None:
    """Return the last capture of an address (the last hop of its redirects); None when there is none."""
    row = store.connection.execute(
        "SELECT * FROM captures WHERE surt = :surt ORDER BY fetched_at DESC, id DESC LIMIT 1", {"surt": surt}
    ).fetchone()
    return _capture(row) if row else None


def last_payload(store: Store, surt: str) -> Capture | None:
    """Return the capture that holds the body which an address had when last asked; a revisit record refers to it.

    That may be an older one than the last response: a page that was changed and changed back. A page that was only
    reached by a redirect so far has the captures of that.
    """
    row = store.connection.execute(_LAST_PAYLOAD, {"surt": surt}).fetchone()
    if row is None:
        row = store.connection.execute(_LAST_PAYLOAD_BY_REDIRECT, {"surt": surt}).fetchone()
    return _capture(row) if row else None


def same_payload(store: Store, surt: str, payload_digest: str) -> Capture | None:
    """Return the last stored response of an address, or of what redirects to it, with this very body."""
    row = store.connection.execute(_SAME_PAYLOAD, {"surt": surt, "digest": payload_digest}).fetchone()
    return _capture(row) if row else None


def captures_of(
    store: Store, *, source: str | None = None, surt: str | None = None, after_id: int = 0, with_body: bool = False
) -> Iterator[Capture]:
    """Yield captures in the order of their numbers: of one source, of one address, or all.

    *with_body* leaves out what has no response record to read again. The caller may write between two of them.
    """
    while True:
        rows = store.connection.execute(
            _SELECT_OF_SOURCE if source is not None else _SELECT_OF_ADDRESS if surt is not None else _SELECT_ALL,
            {"source": source, "surt": surt, "after": after_id, "with_body": with_body, "page": _PAGE},
        ).fetchall()
        for row in rows:
            yield _capture(row)
        if len(rows) < _PAGE:
            return
        after_id = rows[-1]["id"]


def n_bodies(store: Store, *, source: str | None = None) -> int:
    """Return how many captures have a response record to read, of one source or of all."""
    sql = _COUNT_OF_SOURCE if source is not None else _COUNT_ALL
    return int(store.connection.execute(sql, {"source": source, "with_body": True}).fetchone()[0])


_BODY = "(NOT :with_body OR (record_type IN ('response', 'conversion') AND warc_file IS NOT NULL))"
_COUNT_ALL = f"SELECT COUNT(*) FROM captures WHERE {_BODY}"  # noqa: S608
_COUNT_OF_SOURCE = f"SELECT COUNT(*) FROM captures WHERE source = :source AND {_BODY}"  # noqa: S608
_SELECT_ALL = f"SELECT * FROM captures WHERE id > :after AND {_BODY} ORDER BY id LIMIT :page"  # noqa: S608
_SELECT_OF_SOURCE = f"SELECT * FROM captures WHERE source = :source AND id > :after AND {_BODY} ORDER BY id LIMIT :page"  # noqa: S608
_SELECT_OF_ADDRESS = f"SELECT * FROM captures WHERE surt = :surt AND id > :after AND {_BODY} ORDER BY id LIMIT :page"  # noqa: S608


def _capture(row: object) -> Capture:
    values = dict(row)  # type: ignore[call-overload]
    values["outcome"] = Outcome(values["outcome"])
    return Capture(**values)


_LAST_DIGEST = (
    "SELECT payload_digest FROM captures WHERE surt {surt} AND status IN (200, 304) "
    "AND payload_digest IS NOT NULL ORDER BY fetched_at DESC, id DESC LIMIT 1"
)
_OF_DIGEST = (
    "SELECT * FROM captures WHERE surt {surt} AND record_type = 'response' "
    "AND payload_digest = {digest} ORDER BY id DESC LIMIT 1"
)
_BY_REDIRECT = "IN (SELECT surt FROM frontier WHERE leads_to = :surt)"
_LAST_PAYLOAD = _OF_DIGEST.format(surt="= :surt", digest=f"({_LAST_DIGEST.format(surt='= :surt')})")
_LAST_PAYLOAD_BY_REDIRECT = _OF_DIGEST.format(surt=_BY_REDIRECT, digest=f"({_LAST_DIGEST.format(surt=_BY_REDIRECT)})")
_SAME_PAYLOAD = _OF_DIGEST.format(
    surt="IN (SELECT :surt UNION ALL SELECT surt FROM frontier WHERE leads_to = :surt)", digest=":digest"
)

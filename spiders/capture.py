"""Every response hop -> WARC record and captures row: the middleware collects, keep_hops() writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from archive.dates import utc_iso
from archive.model import Outcome
from archive.opt_out import opt_out
from archive.records import Capture
from archive.store import Store
from archive.store.captures import AS_SHOWN, last_payload, same_payload, save_capture
from archive.warc import SHOWN_TYPE, Earlier, Exchange, WarcWriter, payload_digest
from spiders.handlers import WIRE, Wire
from spiders.session import session_of
from spiders.visit import Visit

HOPS = "archive_hops"  # request.meta key: the answers so far, oldest first


class CaptureMiddleware:
    """Sits above everything that changes a response, and notes each one as it came."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CaptureMiddleware":
        """Return the middleware with the session's clock."""
        return cls(session_of(crawler).now)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the answer among the request's hops."""
        wire: Wire = request.meta.pop(WIRE)
        exchange = Exchange(
            url=request.url,
            fetched_at=wire.fetched_at or utc_iso(self._now()),
            status=response.status,
            reason=wire.reason,
            protocol=response.protocol or "HTTP/1.1",
            headers=wire.headers,
            payload=response.body,
            request_headers=tuple((name, value) for name, values in request.headers.items() for value in values),
            ip_address=str(response.ip_address) if response.ip_address else None,
        )
        request.meta.setdefault(HOPS, []).append(exchange)
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where the captures of a visit went."""

    capture_id: Annotated[int, "Number of the last capture row."]
    unchanged: Annotated[bool, "Whether the last answer is 304, or its body is one we hold already."]


def keep_hops(store: Store, writer: WarcWriter, visit: Visit, *, run_id: int, refused_at: str) -> Kept:
    """Write the records of *visit* and their rows; a refusal, or no answer at all, is a row without a record."""
    capture_id, unchanged = 0, False
    for number in range(len(visit.hops)):
        is_last = number == len(visit.hops) - 1 and visit.refused_url is None
        capture_id, unchanged = _keep_hop(store, writer, visit, number, is_last=is_last, run_id=run_id)
    if visit.shown is not None:
        capture_id = _keep_shown(store, writer, visit, visit.shown, run_id=run_id)
    if visit.refused_url is not None or not visit.hops:
        refusal = Capture(
            surt=visit.entry.surt,
            url=visit.refused_url or visit.entry.url,
            hop=len(visit.hops),
            source=visit.entry.source,
            kind=visit.entry.kind,
            run_id=run_id,
            fetched_at=refused_at,
            outcome=visit.outcome,
            detail=visit.detail,
        )
        capture_id, unchanged = save_capture(store, refusal), False
    return Kept(capture_id=capture_id, unchanged=unchanged)


def _keep_shown(store: Store, writer: WarcWriter, visit: Visit, html: bytes, *, run_id: int) -> int:
    last, place = visit.hops[-1], writer.write_conversion(visit.hops[-1], html)
    capture = Capture(
        surt=visit.entry.surt,
        url=last.url,
        hop=len(visit.hops) - 1,
        source=visit.entry.source,
        kind=visit.entry.kind,
        run_id=run_id,
        fetched_at=last.fetched_at,
        status=last.status,
        outcome=visit.outcome,
        detail=visit.detail,
        content_type=SHOWN_TYPE,
        n_bytes=len(html),
        payload_digest=payload_digest(html),
        record_type="conversion",
        warc_file=place.file,
        warc_offset=place.offset,
        warc_length=place.length,
        opt_out=visit.opt_out,
        extractor=visit.extractor,
    )
    return save_capture(store, capture)


def _held_wish(earlier: Capture | None) -> str | None:
    return earlier.opt_out if earlier else None


def _keep_hop(
    store: Store, writer: WarcWriter, visit: Visit, number: int, *, is_last: bool, run_id: int
) -> tuple[int, bool]:
    exchange, entry = visit.hops[number], visit.entry
    digest = payload_digest(exchange.payload)
    earlier = last_payload(store, entry.surt) if exchange.status == 304 else same_payload(store, entry.surt, digest)
    if earlier and earlier.payload_digest and (exchange.payload or exchange.status == 304):
        digest = earlier.payload_digest
        place = writer.write_revisit(exchange, earlier=Earlier(earlier.url, earlier.fetched_at, digest))
    else:
        earlier = None
        place = writer.write_response(exchange, digest=digest)
    outcome, detail = (visit.outcome, visit.detail) if is_last else (Outcome.OK, None)
    if is_last and visit.shown is not None:
        outcome, detail = Outcome.SHELL, AS_SHOWN
    capture = Capture(
        surt=entry.surt,
        url=exchange.url,
        hop=number,
        source=entry.source,
        kind=entry.kind,
        run_id=run_id,
        fetched_at=exchange.fetched_at,
        status=exchange.status,
        outcome=outcome,
        detail=detail,
        content_type=exchange.header("content-type"),
        n_bytes=len(exchange.payload),
        payload_digest=digest,
        record_type="revisit" if earlier else "response",
        warc_file=place.file,
        warc_offset=place.offset,
        warc_length=place.length,
        redirect_to=exchange.header("location") if 300 <= exchange.status < 400 else None,
        opt_out=visit.opt_out if is_last and visit.opt_out else opt_out(exchange.headers) or _held_wish(earlier),
        extractor=visit.extractor if is_last and visit.shown is None else None,
    )
    return save_capture(store, capture), bool(earlier)

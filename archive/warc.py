"""WARC 1.1 records in and out: one gzip member a record, so that any of them is found by its offset.

Written by hand and read with warcio: warcio percent-encodes header bytes that are not ASCII, and we keep what was sent.
"""

import base64
import contextlib
import errno
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from archive import __version__
from archive.coding import decoded
from archive.errors import CaptureError
from archive.warc_heads import request_head, response_head

try:
    from isal import isal_zlib as deflate
except ImportError:  # a processor for which it is not made
    import zlib as deflate  # type: ignore[no-redef]

PREFIX = "hyperai"
SHOWN_TYPE = "text/html; charset=utf-8"
DEFAULT_LIMIT = 10 * 1024 * 1024
# Real pages of 60 to 200 KB: isal's level 3 costs 0.38 ms for 23.1 %, zlib's level 6 1.92 ms for 21.2 %.
COMPRESSION = 3 if hasattr(deflate, "ISAL_BEST_COMPRESSION") else 6
REVISIT_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
REVISIT_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FILE_NAME = re.compile(r"(?P<prefix>.+)-(?P<number>\d{5})\.warc\.gz")

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer as they went over the wire (transfer coding undone)."""

    url: Annotated[str, "Address that was asked."]
    fetched_at: Annotated[str, "When, UTC, ISO 8601 with Z."]
    status: Annotated[int, "HTTP status."]
    reason: Annotated[str, "Reason phrase as sent."] = ""
    protocol: Annotated[str, "HTTP/1.1 or HTTP/1.0."] = "HTTP/1.1"
    headers: Annotated[Headers, "Response headers in their order and case."] = ()
    payload: Annotated[bytes, "Body as received, content coding untouched."] = b""
    request_headers: Annotated[Headers, "Headers that we sent."] = ()
    ip_address: Annotated[str | None, "Address that answered."] = None

    def header(self, name: str) -> str | None:
        """Return the first value of the response header *name*; None when there is none."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: str) -> list[str]:
        """Return every value of the response header *name*, in order."""
        wanted = name.lower().encode()
        return [value.decode("latin-1").strip() for key, value in self.headers if key.lower() == wanted]

    def body(self, *, limit: int = DEFAULT_LIMIT) -> bytes:
        """Return the body without its content coding; raises as archive.coding.decoded() does."""
        return decoded(self.payload, self.header_values("content-encoding"), limit=limit)


@dataclass(frozen=True, slots=True)
class WarcPlace:
    """Where a record stands."""

    file: Annotated[str, "File name within the captures folder."]
    offset: Annotated[int, "Where its gzip member starts, bytes."]
    length: Annotated[int, "Length of that member, bytes."]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier capture that a revisit record refers to."""

    url: Annotated[str, "Its address."]
    fetched_at: Annotated[str, "When it was fetched, UTC."]
    payload_digest: Annotated[str, "sha1:BASE32 of its payload."]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """A response record as read back."""

    exchange: Annotated[Exchange, "What was answered."]
    place: Annotated[WarcPlace, "Where the record stands."]
    limit: Annotated[int, "Longest body, bytes."] = DEFAULT_LIMIT

    @property
    def url(self) -> str:
        """Return the address that was asked."""
        return self.exchange.url

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.exchange.status

    @property
    def fetched_at(self) -> str:
        """Return the WARC-Date, UTC, ISO 8601 with Z."""
        return self.exchange.fetched_at

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the response headers in their order."""
        return tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in self.exchange.headers)

    @property
    def content_type(self) -> str:
        """Return the Content-Type as sent; empty when there was none."""
        return self.exchange.header("content-type") or ""

    @property
    def body(self) -> bytes:
        """Return the body without its content coding; raises as archive.coding.decoded() does."""
        return self.exchange.body(limit=self.limit)


def payload_digest(payload: bytes) -> str:
    """Return the digest of a body as received, as WARC writes it: sha1:BASE32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode("ascii")


@dataclass(slots=True)
class WarcWriter:
    """Appends records to numbered files in *folder*; a file that reaches *max_bytes* is followed by a new one.

    Nothing goes into a file numbered below *first_number*.
    """

    folder: Path
    prefix: str = PREFIX
    max_bytes: int = 1_000_000_000
    first_number: int = 1
    _file: IO[bytes] | None = field(default=None, repr=False)
    _name: str = ""
    _offset: int = 0
    _response_id: str = ""

    def write_response(self, exchange: Exchange, *, digest: str | None = None) -> WarcPlace:
        """Append the answer and then the request that brought it; return where the answer stands.

        *digest* is payload_digest() of the payload when the caller has it already.
        """
        fields = [("WARC-Payload-Digest", digest or payload_digest(exchange.payload))]
        return self._write_exchange("response", exchange, fields, exchange.payload)

    def write_revisit(self, exchange: Exchange, *, earlier: Earlier) -> WarcPlace:
        """Append an answer whose payload we hold already (same digest, or 304): its headers and a reference."""
        profile = REVISIT_NOT_MODIFIED if exchange.status == 304 else REVISIT_SAME_PAYLOAD
        fields = [
            ("WARC-Profile", profile),
            ("WARC-Refers-To-Target-URI", earlier.url),
            ("WARC-Refers-To-Date", earlier.fetched_at),
            ("WARC-Payload-Digest", earlier.payload_digest),
        ]
        return self._write_exchange("revisit", exchange, fields, b"")

    def write_conversion(self, exchange: Exchange, html: bytes) -> WarcPlace:
        """Append the page as a browser shows it (HTML in UTF-8), beside *exchange*, which was written last."""
        self._open()
        fields = [
            ("WARC-Target-URI", exchange.url),
            ("WARC-Date", exchange.fetched_at),
            ("WARC-Refers-To", self._response_id),
            ("WARC-Payload-Digest", payload_digest(html)),
        ]
        return self._append("conversion", fields, html, SHOWN_TYPE)[0]

    def flush(self) -> None:
        """Hand what was written to the operating system: called before the rows that point to it are committed."""
        if self._file:
            with self._explained():
                self._file.flush()

    def close(self) -> None:
        """Flush and close the file; a later record opens it again."""
        file, self._file = self._file, None
        if file:
            with self._explained():
                file.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = "the disk is full; what was stored is intact" if error.errno in _NO_ROOM else error.strerror
            raise CaptureError(f"{self.folder / self._name} cannot be written: {what}") from error

    def _write_exchange(
        self, kind: str, exchange: Exchange, fields: list[tuple[str, str]], payload: bytes
    ) -> WarcPlace:
        self._open()
        if exchange.ip_address:
            fields.append(("WARC-IP-Address", exchange.ip_address))
        common = [("WARC-Target-URI", exchange.url), ("WARC-Date", exchange.fetched_at)]
        block = response_head(exchange) + payload
        place, record_id = self._append(kind, [*common, *fields], block, "application/http; msgtype=response")
        self._response_id = record_id
        if exchange.request_headers:
            concurrent = [*common, ("WARC-Concurrent-To", record_id)]
            self._append("request", concurrent, request_head(exchange), "application/http; msgtype=request")
        return place

    def _append(
        self, kind: str, fields: Sequence[tuple[str, str]], block: bytes, content_type: str
    ) -> tuple[WarcPlace, str]:
        assert self._file is not None
        record_id = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self._name}:{self._offset}:{fields}')}>"
        head = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", record_id),
            *fields,
            ("WARC-Block-Digest", payload_digest(block)),
            ("Content-Type", content_type),
            ("Content-Length", str(len(block))),
        ]
        lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in head)
        member = _gzipped(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n")
        with self._explained():
            self._file.write(member)
        place = WarcPlace(self._name, self._offset, len(member))
        self._offset += len(member)
        return place, record_id

    def _open(self) -> None:
        if self._file and self._offset < self.max_bytes:
            return
        self.close()
        number, size = newest_file(self.folder, self.prefix)
        if number < self.first_number or size >= self.max_bytes:
            number, size = max(number + 1, self.first_number), 0
        self._name, self._offset = f"{self.prefix}-{number:05d}.warc.gz", size
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = (self.folder / self._name).open("ab")
        if size == 0:
            self._append("warcinfo", _info_fields(self._name), _INFO, "application/warc-fields")


def read_record(folder: Path, file: str, offset: int, *, limit: int = DEFAULT_LIMIT) -> StoredResponse:
    """Return the response (or revisit) record that starts at *offset* of *file*.

    Raises CaptureError when the file or the record is missing or broken.
    """
    path = folder / file
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            iterator = ArchiveIterator(stream)
            record = next(iterator, None)
            if record is None or record.rec_type not in ("response", "revisit", "conversion"):
                raise CaptureError(f"{path}: no response record at offset {offset}")
            exchange = _exchange(record)
            return StoredResponse(exchange=exchange, place=WarcPlace(file, offset, 0), limit=limit)
    except _BROKEN as error:
        raise CaptureError(f"{path}: broken record at offset {offset}: {_words(error)}") from error
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error


def check_record(folder: Path, place: WarcPlace) -> None:
    """Raise CaptureError when the gzip member at *place* does not have the checksum that it was written with."""
    path = folder / place.file
    try:
        with path.open("rb") as stream:
            stream.seek(place.offset)
            zlib.decompress(stream.read(place.length), wbits=31)
    except zlib.error as error:
        raise CaptureError(f"{path}: broken record at offset {place.offset}: {_words(error)}") from error
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error


def iter_records(path: Path, *, limit: int = DEFAULT_LIMIT) -> Iterator[StoredResponse]:
    """Yield every HTTP response record of a WARC file, in its order; revisit records, which hold no body, are skipped.

    Raises CaptureError when the file cannot be opened, or is no WARC file, or breaks off.
    """
    try:
        with path.open("rb") as stream:
            iterator = ArchiveIterator(stream)
            for record in iterator:
                if record.rec_type == "response" and record.http_headers is not None:
                    place = WarcPlace(path.name, iterator.get_record_offset(), 0)
                    found = StoredResponse(exchange=_exchange(record), place=place, limit=limit)
                    _check_whole(record)
                    yield found
                else:
                    record.raw_stream.read()
                    _check_whole(record)
    except _BROKEN as error:
        raise CaptureError(f"{path}: not a readable WARC file: {_words(error)}") from error
    except OSError as error:
        raise CaptureError(f"{path}: {error.strerror or error}") from error


_BROKEN = (ArchiveLoadFailed, zlib.error, EOFError, ValueError, AttributeError, TypeError, KeyError)
"""What warcio raises for files that are broken in one way or another."""


def _words(error: Exception) -> str:
    words = " ".join(str(error).split())
    return "".join(letter if letter.isprintable() else "�" for letter in words[:160])


def _check_whole(record: ArcWarcRecord) -> None:
    if getattr(record.raw_stream, "limit", 0):  # warcio takes the end of a file for the end of its last record
        raise EOFError("it breaks off in the middle of a record; save what is whole with: warcio recompress")


def _exchange(record: ArcWarcRecord) -> Exchange:
    http, warc = record.http_headers, record.rec_headers
    if record.rec_type == "conversion":
        return Exchange(
            url=warc.get_header("WARC-Target-URI"),
            fetched_at=_whole_second(warc.get_header("WARC-Date")),
            status=200,
            headers=((b"Content-Type", warc.get_header("Content-Type").encode()),),
            payload=record.raw_stream.read() or b"",
        )
    if http is None:
        raise CaptureError("a record that is no HTTP answer")
    headers = tuple((_as_sent(key), _as_sent(value)) for key, value in http.headers)
    stream = record.raw_stream
    if (http.get_header("transfer-encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
        headers = tuple((key, value) for key, value in headers if key.lower() != b"transfer-encoding")
    code, _, reason = http.statusline.partition(" ")
    return Exchange(
        url=warc.get_header("WARC-Target-URI").strip("<>"),
        fetched_at=_whole_second(warc.get_header("WARC-Date")),
        status=int(code),
        reason=reason,
        protocol=http.protocol or "HTTP/1.1",
        headers=headers,
        payload=stream.read() or b"",
        ip_address=warc.get_header("WARC-IP-Address"),
    )


def _as_sent(text: str) -> bytes:
    """Undo warcio's reading of header bytes: as UTF-8 where they are that, else as Latin-1."""
    with contextlib.suppress(UnicodeEncodeError):
        raw = text.encode("latin-1")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw
    return text.encode("utf-8", "surrogateescape")


def _whole_second(date: str) -> str:
    # WARC 1.1 allows fractions; every other time in the archive is written to the second.
    return f"{datetime.fromisoformat(date).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _one_line(value: str) -> str:
    return value.replace("\r", "%0D").replace("\n", "%0A")


def _gzipped(data: bytes) -> bytes:
    stream = deflate.compressobj(COMPRESSION, zlib.DEFLATED, 31)
    return bytes(stream.compress(data) + stream.flush())


_INFO = f"software: hyperai-archive/{__version__}\r\nformat: WARC File Format 1.1\r\nrobots: obey\r\n".encode()


def _info_fields(name: str) -> list[tuple[str, str]]:
    return [("WARC-Date", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"), ("WARC-Filename", name)]


def newest_file(folder: Path, prefix: str) -> tuple[int, int]:
    """Return number and size of the newest file; (0, 0) when there is none."""
    numbers = [
        int(found["number"])
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (found := FILE_NAME.fullmatch(path.name)) and found["prefix"] == prefix
    ]
    if not numbers:
        return 0, 0
    return max(numbers), (folder / f"{prefix}-{max(numbers):05d}.warc.gz").stat().st_size

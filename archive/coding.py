"""Content codings: a body as received to the bytes it stands for, never longer than a limit."""

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

import brotli  # type: ignore[import-untyped]

from archive.errors import CaptureError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
CHUNK_BYTES = 65536
MAX_CODINGS = 3  # more than this is only ever a bomb


class TooLargeError(CaptureError):
    """A body is longer than the limit, as received or after decompression."""


def decoded(payload: bytes, codings: Sequence[str], *, limit: int) -> bytes:
    """Return *payload* without the content codings named by its Content-Encoding headers, in their order.

    Raises TooLargeError as soon as more than *limit* bytes come out, CaptureError for a coding that is unknown or a
    stream that is broken; a stream that only ends too early gives what it holds.
    """
    names = [name.strip().lower() for value in codings for name in value.split(",") if name.strip()]
    if len(names) > MAX_CODINGS:
        raise TooLargeError(f"{len(names)} content codings on top of each other")
    for name in reversed(names):
        if name == "identity":
            continue
        reader = _READERS.get(name)
        if reader is None:
            raise CaptureError(f"content coding {name!r} is not known")
        payload = _within(reader(payload), limit, name)
    return payload


def _within(chunks: Iterator[bytes], limit: int, name: str) -> bytes:
    out = BytesIO()
    try:
        for chunk in chunks:
            out.write(chunk)
            if out.tell() > limit:
                raise TooLargeError(f"more than {limit} bytes after decompression")
    except EOFError:
        pass
    except (zlib.error, brotli.error, zstd.ZstdError, OSError) as error:
        if not out.tell():
            raise CaptureError(f"broken {name} stream: {error}") from error
    return out.getvalue()


def _inflated(payload: bytes, wbits: int) -> Iterator[bytes]:
    while payload:
        stream = zlib.decompressobj(wbits)
        rest = payload
        while rest and not stream.eof:
            yield stream.decompress(rest, CHUNK_BYTES)
            rest = stream.unconsumed_tail
        payload = stream.unused_data.lstrip(b"\0")  # a gzip file may have several members, and padding


def _gunzipped(payload: bytes) -> Iterator[bytes]:
    return _inflated(payload, 31)


def _deflated(payload: bytes) -> Iterator[bytes]:
    # "deflate" is zlib's format (RFC 9110), but some servers send the bare stream.
    return _inflated(payload, 15 if payload[:1] in (b"\x78", b"\x58", b"\x08") else -15)


def _unbrotlied(payload: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    chunk = stream.process(payload, output_buffer_limit=CHUNK_BYTES)
    while chunk:
        yield chunk
        chunk = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=CHUNK_BYTES)


def _unzstd(payload: bytes) -> Iterator[bytes]:
    with zstd.ZstdFile(BytesIO(payload)) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstd,
}

"""Content codings: a body as received to the bytes it stands for, never longer than a limit."""

import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from io import BytesIO

import brotli  # type: ignore[import-untyped]

from archive.errors import CaptureError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
CHUNK_BYTES = 65536
MAX_GZIP_MEMBERS = 100
MAX_CODINGS = 3  # more than this is only ever a bomb


MAX_ZSTD_WINDOW_LOG = 23  # 8 MiB: what RFC 9659 lets a server ask for


class TooLargeError(CaptureError):
    """A body is longer than the limit, as received or after decompression."""


class TruncatedError(CaptureError):
    """A body ends before its coding does; asked again, it may be whole."""


def decoded(payload: bytes, codings: Sequence[str], *, limit: int) -> bytes:
    """Return *payload* without the content codings named by its Content-Encoding headers, in their order.

    Raises TooLargeError as soon as more than *limit* bytes come out, TruncatedError for a stream that ends too early,
    CaptureError for one that is broken or of a coding that is unknown: part of a body is never taken for all of it.
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
        payload = _within(reader(payload), limit, name) if payload else b""
    return payload


def _within(chunks: Iterator[bytes], limit: int, name: str) -> bytes:
    out = BytesIO()
    try:
        for chunk in chunks:
            out.write(chunk)
            if out.tell() > limit:
                raise TooLargeError(f"more than {limit} bytes after decompression")
    except EOFError as error:
        raise TruncatedError(f"truncated: the {name} stream ends after {out.tell()} bytes") from error
    except (zlib.error, brotli.error, zstd.ZstdError, OSError) as error:
        raise CaptureError(f"broken {name} stream after {out.tell()} bytes: {error}") from error
    return out.getvalue()


def _inflated(payload: bytes, wbits: int) -> Generator[bytes, None, bytes]:
    """Yield what one stream holds and return what stands behind it."""
    stream, rest = zlib.decompressobj(wbits), payload
    while not stream.eof:
        chunk = stream.decompress(rest, CHUNK_BYTES)
        rest = stream.unconsumed_tail
        if not chunk and not rest and not stream.eof:
            raise EOFError
        yield chunk
    return stream.unused_data


def _gunzipped(payload: bytes) -> Iterator[bytes]:
    for _ in range(MAX_GZIP_MEMBERS):
        payload = (yield from _inflated(payload, 31)).lstrip(b"\0")
        if not payload.startswith(b"\x1f\x8b"):  # what is no further member is padding
            return
    raise TooLargeError(f"more than {MAX_GZIP_MEMBERS} gzip members")


def _deflated(payload: bytes) -> Iterator[bytes]:
    # "deflate" is zlib's format (RFC 9110), but some servers send the bare stream.
    yield from _inflated(payload, 15 if payload[:1] in (b"\x78", b"\x58", b"\x08") else -15)


def _unbrotlied(payload: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    chunk = stream.process(payload, output_buffer_limit=CHUNK_BYTES)
    while chunk:
        yield chunk
        chunk = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=CHUNK_BYTES)
    if not stream.is_finished():
        raise EOFError


def _unzstd(payload: bytes) -> Iterator[bytes]:
    options = {int(zstd.DecompressionParameter.window_log_max): MAX_ZSTD_WINDOW_LOG}
    with zstd.ZstdFile(BytesIO(payload), options=options) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstd,
}

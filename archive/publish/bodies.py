"""What is done to answers on their way out: cells of CSV are made safe, long texts are compressed."""

import codecs
import re
from collections.abc import Callable

from archive.publish.asgi import Application, Headers, Message, Receive, Scope, Send
from archive.spreadsheets import CsvFilter

try:
    from isal import isal_zlib as zlib
except ImportError:  # no wheel for this machine
    import zlib  # type: ignore[no-redef]

Rewrite = Callable[[bytes, bool], bytes]

COMPRESSED = re.compile(
    rb"text/|application/(json|xml|[\w.-]+\+(json|xml)|javascript|x-research-info-systems)|image/svg"
)
LEAST_BYTES = 600  # below this the headers weigh more than what is saved
GZIP_WINDOW = 31  # zlib.h: 15 bits of window, and a gzip header


class Bodies:
    """An ASGI application that hands on what *inner* answers, its CSV safe and its texts compressed where asked for."""

    def __init__(self, inner: Application) -> None:
        """Stand before *inner*."""
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan messages pass unchanged."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        await self._inner(scope, receive, _Sender(send, scope["path"], takes_gzip=_takes_gzip(accepted)).send)


class _Sender:
    """One answer: its start waits for the first part of the body, which tells whether compressing it is worth it."""

    def __init__(self, send: Send, path: str, *, takes_gzip: bool) -> None:
        self._send = send
        self._path = path
        self._takes_gzip = takes_gzip
        self._start: Message = {}
        self._rewrites: list[Rewrite] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._rewrites is None:
            self._rewrites = await self._begin(body, more)
        for rewrite in self._rewrites:
            body = rewrite(body, not more)
        if body or not more:
            await self._send({**message, "body": body, "more_body": more})

    async def _begin(self, body: bytes, more: bool) -> list[Rewrite]:
        """Send the start and return what the parts of the body go through."""
        headers = [(bytes(name).lower(), bytes(value)) for name, value in self._start.get("headers", [])]
        kind = dict(headers).get(b"content-type", b"")
        rewrites: list[Rewrite] = []
        is_csv = kind.startswith(b"text/csv") or (kind.startswith(b"text/plain") and self._path.endswith(".csv"))
        if is_csv and self._start["status"] == 200:
            rewrites.append(_safe_csv())
        if COMPRESSED.match(kind):
            headers.append((b"vary", b"Accept-Encoding"))
            if self._takes_gzip and (more or len(body) >= LEAST_BYTES):
                headers.append((b"content-encoding", b"gzip"))
                rewrites.append(_gzip())
        if rewrites:
            headers = [(name, value) for name, value in headers if name != b"content-length"]
        await self._send({**self._start, "headers": _one_vary(headers)})
        return rewrites


def _takes_gzip(accepted: bytes) -> bool:
    """Return whether an Accept-Encoding header (RFC 9110, 12.5.3) allows gzip."""
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return re.fullmatch(rb"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _safe_csv() -> Rewrite:
    cells, decode = CsvFilter(), codecs.getincrementaldecoder("utf-8")("replace").decode

    def rewrite(body: bytes, is_last: bool) -> bytes:
        text = cells.feed(decode(body, is_last))
        return (text + cells.finish() if is_last else text).encode()

    return rewrite


def _gzip() -> Rewrite:
    compressor = zlib.compressobj(1, zlib.DEFLATED, GZIP_WINDOW)

    def rewrite(body: bytes, is_last: bool) -> bytes:
        packed = compressor.compress(body) if body else b""
        return packed + compressor.flush() if is_last else packed

    return rewrite


def _one_vary(headers: Headers) -> Headers:
    vary = [value for name, value in headers if name == b"vary"]
    kept = [(name, value) for name, value in headers if name != b"vary"]
    return [*kept, (b"vary", b", ".join(dict.fromkeys(vary)))] if vary else kept

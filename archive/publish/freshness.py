"""ETag and Last-Modified: an answer that would be what the reader holds is not made again (RFC 9110, 8.8 and 13.1)."""

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

from archive import __version__
from archive.publish.asgi import Application, Headers, Message, Receive, Scope, Send
from archive.publish.headers import is_local

HOUR_S = 3600  # pages say how long ago something was
SETTLED_S = 0.05  # a file that changed within the clock's tick may change again and look the same
STATIC = "/static/"
FOR_EVER = b"public, max-age=31536000, immutable"
KEPT_BYTES = 32 * 1024 * 1024
LONGEST_KEPT_BYTES = 1024 * 1024
HEAD_BYTES = 500  # about what the headers of an answer weigh
VARY = b"Accept-Language, Accept-Encoding"
HERE = Path(__file__).parent


class Freshness:
    """An ASGI application that answers 304 where the reader's copy is what *inner* would answer.

    An ETag names one answer, so the last answers are kept under theirs and given again without being made again.
    """

    def __init__(
        self, inner: Application, file: Callable[[], Path], *, settings: str, clock: Callable[[], float] = time.time
    ) -> None:
        """Stand before *inner*, whose answers change with *settings* and the SQLite database that *file* gives."""
        self._inner = inner
        self._file = file
        self._clock = clock
        self._started = clock()
        self._release = f"{__version__} {settings} {sorted(own_files())}"
        self._kept: OrderedDict[bytes, list[Message]] = OrderedDict()
        self._n_kept_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what is neither GET nor HEAD passes unchanged."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._inner(scope, receive, send)
            return
        now = self._clock()
        is_static = STATIC in scope["path"]
        state, changed_at = ((), 0.0) if is_static else file_state(self._file())
        modified_at = int(max(changed_at, self._started, 0 if is_static else now - now % HOUR_S))
        tag = self._tag(scope, () if is_static else (*state, now // HOUR_S))
        caching = FOR_EVER if is_static and scope.get("query_string") else b"no-cache"
        fresh: Headers = [
            (b"etag", tag),
            (b"last-modified", formatdate(modified_at, usegmt=True).encode()),
            (b"cache-control", caching),
        ]
        if _holds(dict(scope["headers"]), tag, modified_at):
            await send({"type": "http.response.start", "status": 304, "headers": [*fresh, (b"vary", VARY)]})
            await send({"type": "http.response.body", "body": b""})
        elif kept := self._kept.get(tag) if scope["method"] == "GET" else None:
            self._kept.move_to_end(tag)
            for message in kept:
                await send(message)
        elif now - changed_at > SETTLED_S:
            answer = _Answer(send, fresh)
            await self._inner(scope, receive, answer.send)
            if answer.is_whole and scope["method"] == "GET" and tag not in self._kept:
                self._keep(tag, answer)
        else:
            await self._inner(scope, receive, send)

    def _keep(self, tag: bytes, answer: "_Answer") -> None:
        self._kept[tag] = answer.messages
        self._n_kept_bytes += _n_bytes(answer.messages)
        while self._n_kept_bytes > KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._n_kept_bytes -= _n_bytes(oldest)

    def _tag(self, scope: Scope, state: tuple[Any, ...]) -> bytes:
        headers = dict(scope["headers"])
        asked = (headers.get(b"host"), headers.get(b"accept-language"), is_local(scope.get("client"), headers))
        address = (scope.get("raw_path") or scope["path"], scope.get("query_string", b""))
        words = repr((self._release, state, address, asked))
        return b'W/"' + hashlib.sha256(words.encode()).hexdigest()[:20].encode() + b'"'


def file_state(file: Path) -> tuple[tuple[int, ...], float]:
    """Return what changes with every commit to *file*, and when it last did, seconds since 1970."""
    state: list[int] = []
    changed_at = 0.0
    for path in (file, f"{file}-wal"):
        try:
            found = os.stat(path)
        except OSError:
            continue
        state += [found.st_ino, found.st_mtime_ns, found.st_size]
        changed_at = max(changed_at, found.st_mtime)
    return tuple(state), changed_at


def own_files() -> Iterator[tuple[str, int]]:
    """Yield name and time of change of every template and static file: what a page looks like."""
    for folder in ("templates", "static"):
        for path in (HERE / folder).rglob("*.*"):
            yield path.name, path.stat().st_mtime_ns


def _holds(headers: dict[bytes, bytes], tag: bytes, modified_at: int) -> bool:
    """Return whether the reader's copy, by its conditional headers, is what we would answer."""
    if b"if-none-match" in headers:
        tags = [part.strip().removeprefix(b"W/") for part in headers[b"if-none-match"].split(b",")]
        return tag.removeprefix(b"W/") in tags
    try:
        return (
            modified_at <= parsedate_to_datetime(headers.get(b"if-modified-since", b"").decode("latin-1")).timestamp()
        )
    except (TypeError, ValueError, OverflowError):
        return False


class _Answer:
    """An answer on its way to the reader: tagged where it may be, and gathered as long as it is short."""

    def __init__(self, send: Send, fresh: Headers) -> None:
        self._send = send
        self._fresh = fresh
        self.messages: list[Message] = []
        self.n_bytes = 0
        self.is_whole = False  # tagged, short, and passed on to its end

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _tagged(message.get("headers", []), self._fresh) if message["status"] == 200 else None
            if headers is not None:
                message = {**message, "headers": headers}
                self.messages.append(message)
        elif message["type"] == "http.response.body" and self.messages:
            self.messages.append(message)
            self.n_bytes += _n_bytes([message])
            if self.n_bytes > LONGEST_KEPT_BYTES:
                self.messages.clear()
            self.is_whole = bool(self.messages) and not message.get("more_body")
        await self._send(message)


def _n_bytes(messages: list[Message]) -> int:
    return sum(len(message.get("body", b"")) + HEAD_BYTES for message in messages)


def _tagged(headers: Headers, fresh: Headers) -> Headers | None:
    """Return *headers* with those of *fresh*; None for an answer that is one reader's alone, or not to be kept."""
    kept = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    named = dict(kept)
    if b"set-cookie" in named or b"no-store" in named.get(b"cache-control", b""):
        return None
    vary = [(b"vary", VARY)] if b"accept-language" not in named.get(b"vary", b"").lower() else []
    return [*((name, value) for name, value in kept if name != b"cache-control"), *fresh, *vary]

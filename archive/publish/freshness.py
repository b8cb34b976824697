"""ETag and Last-Modified: an answer that would be what the reader holds is not made again (RFC 9110, 8.8 and 13.1)."""

import hashlib
import os
import time
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
VARY = b"Accept-Language, Accept-Encoding"
HERE = Path(__file__).parent


class Freshness:
    """An ASGI application that answers 304 where the reader's copy is what *inner* would answer."""

    def __init__(
        self, inner: Application, file: Callable[[], Path], *, settings: str, clock: Callable[[], float] = time.time
    ) -> None:
        """Stand before *inner*, whose answers change with *settings* and the SQLite database that *file* gives."""
        self._inner = inner
        self._file = file
        self._clock = clock
        self._started = clock()
        self._release = f"{__version__} {settings} {sorted(_own_files())}"

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
        fresh: Headers = [(b"etag", tag), (b"last-modified", formatdate(modified_at, usegmt=True).encode())]
        if _holds(dict(scope["headers"]), tag, modified_at):
            headers = [*fresh, (b"cache-control", caching), (b"vary", VARY)]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message = {**message, "headers": _tagged(message.get("headers", []), fresh, caching)}
            await send(message)

        settled = now - changed_at > SETTLED_S
        await self._inner(scope, receive, send_tagged if settled else send)

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


def _own_files() -> Iterator[tuple[str, int]]:
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


def _tagged(headers: Headers, fresh: Headers, caching: bytes) -> Headers:
    kept = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    named = dict(kept)
    if b"set-cookie" in named or b"no-store" in named.get(b"cache-control", b""):
        return kept
    vary = [(b"vary", VARY)] if b"accept-language" not in named.get(b"vary", b"").lower() else []
    return [
        *((name, value) for name, value in kept if name != b"cache-control"),
        *fresh,
        (b"cache-control", caching),
        *vary,
    ]

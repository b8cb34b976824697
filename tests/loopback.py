"""A real HTTP server on loopback with many host names, for tests: pages by host and path, every request noted."""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer; `raw` is sent as it is instead and the connection closed (or reset), `stream` piece by piece."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = "text/html; charset=utf-8"
    raw: bytes | None = None
    is_reset: bool = False
    wait_for: threading.Event | None = None
    stream: Callable[[], Iterable[bytes]] | None = None


Answer = Reply | Callable[["Asked"], Reply]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class World:
    """What the server knows: (host, path with query) -> answer; anything else is the fallback, a 404."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    fallback: Answer = field(default_factory=lambda: Reply("not here", 404))
    on_request: Callable[[Asked, int], None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, host: str, path: str, answer: Answer | str | bytes, **fields: Any) -> None:
        """Answer *path* on *host* with *answer*, or with a Reply made of it and *fields*."""
        self.answers[host, path] = Reply(answer, **fields) if isinstance(answer, (str, bytes)) else answer

    def count(self) -> Counter[tuple[str, str]]:
        """Return how often each (host, path) was asked."""
        with self.lock:
            return Counter((asked.host, asked.path) for asked in self.asked)

    def paths(self, host: str) -> list[str]:
        """Return the paths asked of *host*, in order."""
        with self.lock:
            return [asked.path for asked in self.asked if asked.host == host]

    def answer(self, asked: Asked) -> Reply:
        """Note the request and return its answer."""
        with self.lock:
            self.asked.append(asked)
            number = len(self.asked)
        if self.on_request:
            self.on_request(asked, number)
        found = self.answers.get((asked.host, asked.path), self.fallback)
        return found if isinstance(found, Reply) else found(asked)


class LoopbackServer:
    """Serves a World on 127.0.0.1 while the `with` block runs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._server = _Server(("127.0.0.1", 0), _handler(world))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """Return address:port, as the setting `resolve` takes it."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> "LoopbackServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed in the middle is what the tests are about."""


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            host = (self.headers.get("Host") or "").partition(":")[0]
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = world.answer(Asked(host, self.path, dict(self.headers.items()), body))
            if reply.wait_for is not None:
                reply.wait_for.wait(30)
            if reply.stream is not None:
                self.close_connection = True
                for piece in reply.stream():
                    self.wfile.write(piece)
                    self.wfile.flush()
                return
            if reply.raw is not None:
                self.wfile.write(reply.raw)
                self.wfile.flush()
                self.close_connection = True
                if reply.is_reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                else:
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            if reply.content_type:
                self.send_header("Content-Type", reply.content_type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The world notes requests."""

    return Handler

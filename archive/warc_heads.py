"""The HTTP heads inside WARC records: of an answer and of the request that brought it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.warc import Exchange


def response_head(exchange: "Exchange") -> bytes:
    """Return status line and headers of an answer as they were sent, ready for its body."""
    lines = [f"{exchange.protocol} {exchange.status} {exchange.reason}".rstrip().encode("latin-1", "replace")]
    for name, value in exchange.headers:
        # The transfer coding is undone before we see the body: named as pywb does, or readers would undo it again.
        undone = b"X-Archive-Orig-" if name.lower() == b"transfer-encoding" else b""
        lines.append(undone + name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def request_head(exchange: "Exchange") -> bytes:
    """Return the request as it was sent."""
    _, _, rest = exchange.url.partition("://")
    host, slash, path = rest.partition("/")
    lines = [
        f"GET {slash or '/'}{path} HTTP/1.1".encode("utf-8", "replace"),
        b"Host: " + host.encode("utf-8", "replace"),
    ]
    lines += [name + b": " + value for name, value in exchange.request_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"

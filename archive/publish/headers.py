"""What stands between Datasette and the network: security headers, closed redirects, closed debug pages."""

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from archive.publish.asgi import Application, Headers, Message, Receive, Scope, Send

# No script at all, no inline style, nothing from elsewhere: what we publish was written by strangers.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
# Datasette's other pages under /-/ tell paths of this machine, or are tools for its developers.
OPEN_TOOLS = re.compile(
    r"/-/(search(\.json|\.atom|\.csv|\.feed\.json)?|saved/[^/]+|static/.*|versions(\.json)?|metadata(\.json)?|settings(\.json)?)$"
)
# Browsers read //host, /\host and /<tab>/host in a Location as another host; Datasette 0.65.5 answers with them.
FOREIGN_LOCATION = re.compile(rb"^(?:/[\s\x00-\x20]*[/\\]|[^/?#])")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PROXY_HEADERS = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via"})
MAX_QUERY_BYTES = 8192
MAX_POST_BYTES = 65_536


class Gate:
    """An ASGI application that lets GET and HEAD through to *inner* and puts our headers on every answer."""

    def __init__(self, inner: Application, *, prefix: str = "/", posts: Collection[str] = ()) -> None:
        """Guard *inner*, whose addresses begin with *prefix* (it ends in a slash) where a proxy keeps it.

        *posts* are paths that may be posted to: no page of ours, but a plugin's that reads only.
        """
        self._inner = inner
        self._posts = posts
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan messages pass unchanged."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, **_guarded(message["status"], message.get("headers", []), self._prefix)}
            await send(message)

        scope = _inside(scope, self._prefix)
        refusal = _too_long(scope) if scope["path"] in self._posts else _refusal(scope)
        if refusal:
            await _answer(send_guarded, *refusal)
        else:
            await self._inner(scope, receive, send_guarded)


def is_local(client: tuple[str, int] | None, headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a request comes from this machine itself: loopback peer, loopback name, through no proxy.

    The name is looked at because a page elsewhere can point its own name at 127.0.0.1 (DNS rebinding).
    """
    if client is None or PROXY_HEADERS & set(headers):
        return False
    try:
        name = urlsplit("//" + headers.get(b"host", b"").decode("latin-1")).hostname
        return ipaddress.ip_address(client[0]).is_loopback and name in LOOPBACK_NAMES
    except ValueError:
        return False


def _inside(scope: Scope, prefix: str) -> Scope:
    """Return *scope* without the prefix that a proxy has kept: Datasette puts it before addresses by itself."""
    if prefix == "/" or not scope["path"].startswith(prefix):
        return scope
    raw_path = scope.get("raw_path")
    inside = {"path": f"/{scope['path'].removeprefix(prefix)}"}
    if raw_path:
        inside["raw_path"] = b"/" + raw_path.removeprefix(prefix.encode())
    return {**scope, **inside}


def _too_long(scope: Scope) -> tuple[int, bytes] | None:
    length = dict(scope["headers"]).get(b"content-length", b"0" if scope["method"] != "POST" else b"")
    if length.isdigit() and int(length) <= MAX_POST_BYTES:
        return None
    return 413, b"This is too long, or does not say how long it is."


def _refusal(scope: Scope) -> tuple[int, bytes] | None:
    """Return status and text for a request that never reaches Datasette; None lets it pass."""
    if scope["method"] not in ("GET", "HEAD"):
        return 405, b"This archive is read-only: GET and HEAD."
    raw_path = scope.get("raw_path") or scope["path"].encode()
    path = scope["path"]
    if not raw_path.isascii() or "\x00" in path or len(scope.get("query_string", b"")) > MAX_QUERY_BYTES:
        return 400, b"This address cannot be read."
    if FOREIGN_LOCATION.match(path.encode()) or (path.startswith("/-/") and not OPEN_TOOLS.match(path)):
        return 404, b"There is nothing at this address."
    return None


def _guarded(status: int, headers: Headers, prefix: str) -> dict[str, Any]:
    kept = [(name, value) for name, value in headers if name.lower() not in SECURITY_HEADERS]
    location = {name.lower(): value for name, value in kept}.get(b"location", b"/")
    if FOREIGN_LOCATION.match(location):
        kept = [(name, value) for name, value in kept if name.lower() != b"location"]
        status = 404
    elif not location.startswith(prefix.encode()):  # Datasette redirects to the path that it was asked for
        inside = prefix.encode() + location.removeprefix(b"/")
        kept = [(name, inside if name.lower() == b"location" else value) for name, value in kept]
    return {"status": status, "headers": [*kept, *SECURITY_HEADERS.items()]}


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})

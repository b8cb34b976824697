"""Certificates of the tests' own, a server that speaks TLS with them, and a proxy that only tunnels (CONNECT)."""

import contextlib
import datetime
import socket
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.loopback import LoopbackServer, World

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder; `file` is its certificate, as SSL_CERT_FILE takes it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def write(self) -> "Authority":
        """Write the authority's certificate and return the authority."""
        self.file.write_bytes(_signed("Test authority", [], self.key, self.key, is_authority=True))
        return self

    def context(self, *names: str, expired: bool = False, issuer: "Authority | None" = None) -> ssl.SSLContext:
        """Return the TLS context of a server for *names*, signed here or by *issuer*."""
        key = ec.generate_private_key(ec.SECP256R1())
        end = NOW - DAY if expired else NOW + DAY
        file = self.folder / f"{names[0]}-{expired}-{issuer is None}.pem"
        pem = _signed(names[0], names, key, (issuer or self).key, until=end)
        file.write_bytes(pem + key.private_bytes(*_PLAIN))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


_PLAIN = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _signed(subject, names, key, by, *, is_authority=False, until=NOW + DAY) -> bytes:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 9 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class TlsServer(LoopbackServer):
    """Serves a World on 127.0.0.1 over TLS."""

    def __init__(self, world: World, context: ssl.SSLContext) -> None:
        super().__init__(world)
        # The handshake happens in the thread of the request, so that one that fails ends nothing else.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)


class TunnelProxy:
    """An HTTP proxy that answers CONNECT alone; `tunnels` maps host:port to the address behind it."""

    def __init__(self, tunnels: dict[str, tuple[str, int]]) -> None:
        self.tunnels = tunnels
        self.asked: list[str] = []
        self._tunnels: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "TunnelProxy":
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for thread in self._tunnels:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._tunnel, args=(client,), daemon=True)
            self._tunnels.append(thread)
            thread.start()

    def _tunnel(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            method, target, _ = head.decode("latin-1").split(" ", 2)
            self.asked.append(f"{method} {target}")
            behind = self.tunnels.get(target) if method == "CONNECT" else None
            if behind is None:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(behind) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

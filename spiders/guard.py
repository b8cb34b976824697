"""The address guard: one place that decides where a byte may go, by the form of a URL and by the address connected to.

Pages, robots.txt, sitemaps, feeds and redirect hops all pass both doors (DESIGN section 6).
"""

import errno
import re
import socket
import unicodedata
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request

from archive.errors import AddressError
from archive.model import Outcome
from archive.settings import Config
from archive.urls import host_of
from spiders.refusal import RefusedError

IpAddress = IPv4Address | IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 6761, RFC 6762, RFC 8375 and what ICANN reserved for private use: no public server answers there.
# A name without a dot is looked up inside as well, and no public site has one (RFC 7085; SSAC 053).
LOCAL_NAMES = re.compile(
    r"(^|\.)(localhost|localdomain|local|internal|home\.arpa|home|onion|lan|intranet|corp)$|^[^.]+$"
)
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
NAT64 = ip_network("64:ff9b::/96")
# Ranges that some releases of ipaddress take as global (bpo-113171 and RFC 6666, RFC 3879, RFC 7526); and the NAT64
# prefix of local networks, in which an address may stand in several places (RFC 8215, RFC 6052).
NEVER = tuple(
    map(
        ip_network,
        ("192.88.99.0/24", "100::/64", "fec0::/10", "2001::/23", "3fff::/20", "5f00::/16", "64:ff9b:1::/48"),
    )
)


class BlockedAddressError(OSError):
    """An address that is refused at the moment of connecting; an OSError, so that the HTTP client lets it through."""

    def __init__(self, message: str) -> None:
        super().__init__(errno.EACCES, message)


@dataclass(slots=True)
class Guard:
    """Decides for one crawl; made from the settings by guard_for()."""

    ports: Annotated[frozenset[int], "Ports that may be asked."]
    networks: Annotated[tuple[Any, ...], "Networks let through although they are not global."] = ()
    endpoints: Annotated[frozenset[tuple[str, int]], "Address and port pairs let through: a loopback origin's."] = (
        frozenset()
    )
    proxies: Annotated[set[tuple[str, int]], "The same of the proxy: connected to, and never asked for as a page."] = (
        field(default_factory=set)
    )
    hosts: Annotated[frozenset[str], "Local names and literals let through by name with their port: the origin."] = (
        frozenset()
    )

    def check_url(self, url: str) -> None:
        """Raise AddressError when *url* is one that we never ask for, whatever its name resolves to."""
        _, host, port = _parts(url)
        if f"{host}:{port}" in self.hosts:
            return
        host_of(url)  # raises for one that no address of ours can have
        if port not in self.ports:
            raise AddressError(f"port {port} is not one that is asked ({', '.join(map(str, sorted(self.ports)))})")
        literal = literal_address(host)
        if literal is not None:
            self.check_address(str(literal), port)
        elif LOCAL_NAMES.search(host):
            raise AddressError(f"{host} is a local name")

    def check_resolved(self, host: str, port: int, address: str) -> None:
        """Raise AddressError when *address*, which *host* resolves to, is refused; only the origin may be local."""
        if f"{host}:{port}" not in self.hosts:
            self.check_address(address, 0)

    def check_address(self, address: str, port: int) -> None:
        """Raise AddressError when *address* (an IP address as text) is not public and not let through by settings."""
        ip = ip_address(address.partition("%")[0])
        if (str(ip), port) in self.endpoints or any(ip in network for network in self.networks):
            return
        if not is_public(ip):
            raise AddressError(f"{ip} is not a public address")

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """Return a socket for one getaddrinfo() answer; the last door: it sees the very address connected to.

        Raises BlockedAddressError for a refused one.
        """
        family, kind, protocol, _, address = info
        try:
            if address[:2] not in self.proxies:
                self.check_address(address[0], address[1])
        except (AddressError, ValueError) as error:
            raise BlockedAddressError(str(error)) from error
        return socket.socket(family=family, type=kind, proto=protocol)


class GuardMiddleware:
    """Refuses a request by the form of its URL, whoever made it: spider, redirect or robots.txt."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GuardMiddleware":
        """Return the middleware with the crawl's guard."""
        from spiders.session import session_of  # a session has a guard

        return cls(session_of(crawler).guard)

    def process_request(self, request: Request) -> None:
        """Raise RefusedError when the address is one that we never ask for."""
        try:
            self._guard.check_url(request.url)
        except AddressError as error:
            raise RefusedError(Outcome.BLOCKED_ADDRESS, str(error)) from error


def guard_for(config: Config) -> Guard:
    """Return the guard that the settings ask for.

    An origin that is given as a loopback address is let through with exactly its port, and nothing else is.
    """
    networks = tuple(ip_network(text.strip(), strict=False) for text in config.allow_addresses)
    _, host, port = _parts(config.origin)
    guard = Guard(ports=frozenset(config.allow_ports), networks=networks)
    literal = literal_address(host)
    if host == "localhost" or (literal is not None and literal.is_loopback):
        guard.hosts = frozenset([f"{host}:{port}"])
        guard.endpoints |= {(str(literal), port)} if literal else {("127.0.0.1", port), ("::1", port)}
    elif not literal:
        guard.ports |= {port}
    return guard


def is_public(ip: IpAddress) -> bool:
    """Return whether *ip* is of the public internet, also what it wraps (mapped, NAT64, 6to4, Teredo)."""
    inner = _wrapped(ip)
    if inner is not None:
        return is_public(inner)
    if any(ip.version == network.version and ip in network for network in NEVER):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def literal_address(host: str) -> IpAddress | None:
    """Return the IP address that *host* spells in any form a client understands; None when it is a name.

    192.0x00a80001, 2130706433, 0177.1 and 127.1 are addresses (WHATWG URL, host parser). Raises AddressError for a
    host that ends in a number and is no address: no name looks like that, and clients disagree on it.
    """
    text = host.strip("[]")
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        pass
    parts = text.removesuffix(".").split(".")
    if not NUMBER.fullmatch(parts[-1]):
        return None
    numbers = [_number(part) for part in parts]
    last = numbers[-1]
    if len(parts) > 4 or last >= 256 ** (5 - len(parts)) or any(number > 255 for number in numbers[:-1]):
        raise AddressError(f"{host} is neither a name nor an address")
    return IPv4Address(last + sum(number << (8 * (3 - place)) for place, number in enumerate(numbers[:-1])))


def _parts(url: str) -> tuple[str, str, int]:
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise AddressError("blanks, control characters or backslashes in an address")
    try:
        split = urlsplit(url)
        port = DEFAULT_PORTS.get(split.scheme, 0) if split.port is None else split.port
    except ValueError as error:
        raise AddressError(f"not a web address: {error}") from error
    if split.scheme not in DEFAULT_PORTS:
        raise AddressError(f"scheme {split.scheme or 'none'} is not http or https")
    if "@" in split.netloc or "%40" in split.netloc:
        raise AddressError("an address with credentials is never asked for")
    host = unicodedata.normalize("NFKC", unquote(split.hostname or "")).lower().replace("。", ".").removesuffix(".")
    if not all(host.split(".")) or re.search(r"[\s/?#@\\%]", host):
        raise AddressError("an address without a usable host")
    return split.scheme, host, port


def _wrapped(ip: IpAddress) -> IpAddress | None:
    if isinstance(ip, IPv4Address):
        return None
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _number(part: str) -> int:
    base = 16 if part[:2].lower() == "0x" else 8 if len(part) > 1 and part.startswith("0") else 10
    digits = part[2:] if base == 16 else part
    try:
        return int(digits or "0", base)
    except ValueError as error:
        raise AddressError(f"{part} is not part of an address") from error

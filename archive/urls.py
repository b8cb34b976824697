"""Addresses: the canonical form that is stored and shown, the SURT that two spellings share, and the source's key."""

import re
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

import idna

from archive.errors import AddressError

if TYPE_CHECKING:
    from tldextract import TLDExtract

N_KEPT = 1024  # addresses whose form is remembered: a page, its record and its rows ask for the same ones many times
MAX_URL_CHARS = 8192  # longer ones are data, not addresses; servers refuse them as well
DEFAULT_PORTS = {"http": "80", "https": "443"}

# Parameters that tell where a reader came from, or which visit this is, and never which page is meant.
# fmt: off
TRACKING_PARAMETERS = frozenset((
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id", "igshid",
    "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp", "hsctatracking",
    "mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "wickedid", "srsltid", "ref_src", "ref_url",
    "phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken", "oscsid", "zenid",
    "guccounter", "guce_referrer", "guce_referrer_sig", "cmpid", "ncid", "spm", "via%3dihub",
))
# fmt: on
TRACKING_PREFIXES = ("utm_", "pk_campaign", "pk_kwd", "mtm_", "hsa_")

# hyper.ai served the same items from these hosts (links in public repositories, 2024-2026; SITES 1.1).
MIRROR_HOSTS = {"beta.hyper.ai": "hyper.ai", "next.hyper.ai": "hyper.ai", "www.hyper.ai": "hyper.ai"}
# The resolver of DOIs has had one name since 2015 (DOI Handbook).
RESOLVER_HOSTS = {"dx.doi.org": "doi.org", "www.doi.org": "doi.org"}
# The 2025 name of hyper.ai's stories: one id space (SITES 1.2).
OLD_STORY_PATH = re.compile(r"^(/[a-z]{2})?/headlines/([0-9a-f]{32})(?=/|$)")

INVISIBLE = re.compile("[\x00-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")
MARKDOWN_ESCAPE = re.compile(r"\\([_*~()\[\].#&-])")
ENTITY_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
WIDE_SCHEME = re.compile(r"^(https?)\s*[:：]\s*[/／]{1,2}(?=[^/／])", re.IGNORECASE)
DOUBLE_SCHEME = re.compile(r"^(?:https?:/{1,2})+(?=https?:/{1,2})", re.IGNORECASE)
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
WEB_ADDRESS = re.compile(r"^(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
BARE_HOST = re.compile(r"^((?:[^\s/?#:@.]+\.)+([^\W\d_][\w-]+|xn--[a-z0-9-]+))\.?(:\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
HOST_NAME = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$")
# RFC 2606 and RFC 6761: names of documents and tests, in no list of public suffixes.
RESERVED_SUFFIXES = frozenset(["test", "example", "localhost", "invalid"])

SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)  # servlets write it so
BLANKS_ENCODED = re.compile(r"(?:%20|%09|%C2%A0|%E3%80%80|%E2%80%8[B-F]|%EF%BB%BF)+$", re.IGNORECASE)
CLOSING_MARKS = " \u00a0\u3000,;'\"<>`。、，；：！“”‘’」』】》〉…｡､"
BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（", "］": "［"}
# WHATWG URL, path percent-encode set, without what is a delimiter here; non-ASCII is always encoded.
SAFE = "%/:@!$&'()*+,;=~-._[]|?\\"
PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@lru_cache(maxsize=N_KEPT)
def canonical_url(url: str, *, base: str | None = None) -> str:
    """Return the address that *url* means, as we store and ask for it: absolute, http or https, without noise.

    *url* may be relative to *base*, or lack its scheme (hyper.ai/en/news/1). Lowered, repaired or dropped are scheme
    and host, default port, fragment, tracking parameters, dot segments, blanks and closing punctuation; path, final
    slash and the rest of the query stay as written. Mirrors of hyper.ai become hyper.ai. The function is idempotent.

    Raises AddressError for what is no web address (mailto:, javascript:, no host) and for one with credentials.
    Source: RFC 3986 section 6, WHATWG URL, the defects listed in SITES 1.2 and 4.1.
    """
    scheme, host, port, path, query = _split(_absolute(_repaired(url), base))
    path = _canonical_path(path)
    host = MIRROR_HOSTS.get(host) or RESOLVER_HOSTS.get(host, host)
    if host == "hyper.ai":
        path = OLD_STORY_PATH.sub(r"\1/stories/\2", path)
    query = _canonical_query(query)
    address = f"{scheme}://{host}{port}{path}{'?' if query else ''}{query}"
    if len(address) > MAX_URL_CHARS:
        raise AddressError(f"an address of {len(address)} characters: {address[:60]}…")
    return address


def as_written(url: str) -> str:
    """Return *url* repaired as canonical_url() does, but with the host and path that it names: a mirror, an old path.

    Raises AddressError as canonical_url() does.

    >>> as_written("https://beta.hyper.ai/en/news/1?utm_source=x")
    'https://beta.hyper.ai/en/news/1'
    """
    scheme, host, port, path, query = _split(_absolute(_repaired(url), None))
    query = _canonical_query(query)
    return f"{scheme}://{host}{port}{_canonical_path(path)}{'?' if query else ''}{query}"


def with_scheme(href: str) -> str:
    """Return *href* with https:// before it when it begins with a host and a path: sacra.com/c/xai/.

    Any other href comes back unchanged, also one that a browser reads as a file beside the page: report.html.
    """
    text = href.strip()
    bare = BARE_HOST.match(text)
    return f"https://{text}" if bare and _is_surely_a_host(text, bare) and is_known_host(bare[1]) else href


@lru_cache(maxsize=N_KEPT)
def surt(url: str) -> str:
    """Return the sortable key that all spellings of one address share: "ai,hyper)/ja/news/1".

    Dropped are what canonical_url() drops, and scheme, www., final slash and the order of the query; a port other
    than 80 and 443 stays. Raises AddressError as canonical_url() does.
    """
    _, host, port, path, query = _split(canonical_url(url))
    if host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    if port in {f":{number}" for number in DEFAULT_PORTS.values()}:
        port = ""
    name = host if is_ip_host(host) else ",".join(reversed(host.split(".")))
    path = _decoded_unreserved(path).rstrip("/") or "/"
    query = "&".join(sorted(part for part in _decoded_unreserved(query).split("&") if part))
    return f"{name}{port}){path}{'?' if query else ''}{query}"


@lru_cache(maxsize=N_KEPT)
def host_of(url: str) -> str:
    """Return the host of *url* in lower case and ASCII, without port; raises AddressError as canonical_url() does."""
    return _split(canonical_url(url))[1]


@lru_cache(maxsize=N_KEPT)
def site_key(url_or_host: str) -> str:
    """Return the key of the source behind an address or a host: its registrable domain.

    Suffixes where anyone may register count as such (alice.github.io). An IP address, or a name without dots, is its
    own key, with its port. Raises AddressError when there is no host in *url_or_host*.
    Source: publicsuffix.org, the list inside tldextract; nothing is downloaded.
    """
    text = url_or_host.strip()
    if not re.match(r"(?:[a-z][a-z0-9+.-]*:|/)/", text, re.IGNORECASE):
        text = f"http://{text}"
    _, host, port, _, _ = _split(canonical_url(text))
    if is_ip_host(host) or "." not in host:
        return host + port
    registrable: str = _public_suffixes().extract_str(host).top_domain_under_public_suffix
    return registrable or ".".join(host.split(".")[-2:])


def is_ip_host(host: str) -> bool:
    """Return whether *host* is an IP address, IPv6 in brackets, and no name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=N_KEPT)
def is_known_host(host: str) -> bool:
    """Return whether *host* ends in a public suffix and has a name before it, as opposed to index.html or Node.js."""
    if host.rpartition(".")[2].lower() in RESERVED_SUFFIXES:
        return True
    found = _public_suffixes().extract_str(host)
    return bool(found.suffix and found.domain)


@cache
def _public_suffixes() -> "TLDExtract":
    from tldextract import TLDExtract  # reads its list, 30 ms: only when a key is asked for

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _repaired(url: str) -> str:
    text = INVISIBLE.sub("", url).strip().strip("<>\"'“”「」")
    if len(text) > MAX_URL_CHARS:
        raise AddressError(f"an address of {len(text)} characters: {text[:60]}…")
    text = ENTITY_AMPERSAND.sub("&", MARKDOWN_ESCAPE.sub(r"\1", _without_tail(text)))
    text = DOUBLE_SCHEME.sub("", WIDE_SCHEME.sub(r"\1://", text))
    head, mark, tail = text.partition("?")
    return head.replace("\\", "/") + mark + tail


def _absolute(text: str, base: str | None) -> str:
    if text.lower().startswith(("http://", "https://")):
        return text
    bare = BARE_HOST.match(text)
    if bare and (base is None or _is_surely_a_host(text, bare)) and is_known_host(bare[1]):
        return f"https://{text}"
    if SCHEME.match(text) and not re.match(r"localhost:\d", text):
        raise AddressError(f"not a web address: {text[:200]!r}")
    if text.startswith("//"):
        return f"{'http' if (base or '').startswith('http:') else 'https'}:{text}"
    if base is None:
        raise AddressError(f"not a web address: {text[:200]!r}")
    try:
        return urljoin(canonical_url(base), text)
    except ValueError as error:
        raise AddressError(f"not a web address: {text[:200]!r}: {error}") from error


def _is_surely_a_host(text: str, bare: re.Match[str]) -> bool:
    # A browser reads href="sacra.com/c/xai/" as a relative path; writers mean the host, unless it looks like a file.
    return text.lower().startswith("www.") or text[bare.end() :].startswith("/")


def _split(url: str) -> tuple[str, str, str, str, str]:
    """Return scheme, host, port (":8080" or ""), path and query of an absolute address."""
    found = WEB_ADDRESS.match(url)
    if not found:
        raise AddressError(f"not a web address: {url[:200]!r}")
    scheme = found[1].lower()
    host, port = _host_and_port(unquote(found[2]), url)
    return scheme, host, "" if port in ("", DEFAULT_PORTS[scheme]) else f":{port}", found[3], found[4] or ""


def _host_and_port(authority: str, url: str) -> tuple[str, str]:
    if "@" in authority:
        raise AddressError("an address with credentials is never asked for")
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::(\d{0,5}))?", authority)
    if not found or int(found[2] or 80) not in range(1, 65536):
        raise AddressError(f"no usable host: {url[:200]!r}")
    port = str(int(found[2])) if found[2] else ""
    if found[1].startswith("["):
        if not is_ip_host(found[1]):
            raise AddressError(f"no usable host: {url[:200]!r}")
        return f"[{ip_address(found[1][1:-1])}]", port
    return _ascii_host(found[1], url), port


def _ascii_host(name: str, url: str) -> str:
    host = name.strip().lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise AddressError(f"no usable host: {url[:200]!r}: {error}") from error
    host = host.removesuffix(".")
    if len(host) > 253 or not HOST_NAME.match(host):
        raise AddressError(f"no usable host: {url[:200]!r}")
    return host


def _canonical_path(path: str) -> str:
    path = SESSION_IN_PATH.sub("", _without_tail(path))
    segments: list[str] = []
    for segment in quote(path, safe=SAFE, errors="replace").split("/")[1:]:
        plain = re.sub("%2e", ".", segment, flags=re.IGNORECASE)
        if plain == "..":
            del segments[-1:]
        elif plain != ".":
            segments.append(PERCENT.sub(lambda found: found[0].upper(), segment))
    if path.endswith(("/.", "/..")):
        segments.append("")
    return "/" + "/".join(segments)


def _canonical_query(query: str) -> str:
    while True:
        parts = _without_tail(query).split("&")
        kept = "&".join(part for part in parts if not _is_tracking(part))
        if kept == query:
            break
        query = kept
    return PERCENT.sub(lambda found: found[0].upper(), quote(query, safe=SAFE, errors="replace"))


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _without_tail(text: str) -> str:
    while text:
        last = text[-1]
        opening = BRACKETS.get(last)
        if last in CLOSING_MARKS or (opening and text.count(last) > text.count(opening)):
            text = text[:-1]
        elif last == "." and text[-2:-1] in BRACKETS:
            text = text[:-1]  # "(see https://a.example/b)."
        elif last in "0389BFbf" and BLANKS_ENCODED.search(text):
            text = BLANKS_ENCODED.sub("", text)
        else:
            break
    return text


def _decoded_unreserved(text: str) -> str:
    if "%" not in text:
        return text
    return PERCENT.sub(lambda found: char if (char := chr(int(found[1], 16))) in UNRESERVED else found[0], text)

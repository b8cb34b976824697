"""What a page asks us not to do (X-Robots-Tag, meta robots, TDM reservation), as words; and what each word keeps back.

Sources: Google's robots meta specification, DeviantArt's noai and noimageai, the W3C group's TDM Reservation Protocol.
"""

import re
from collections.abc import Iterable, Iterator

AGENT = "hyperai-archive"
WORDS = ("noarchive", "noindex", "nosnippet", "noai", "noimageai", "noimageindex", "tdm")
"""What is kept of a page's wishes, in this order; tdm is a reserved right to mine text and data."""

WITHHELD = {
    "text": frozenset(("noarchive", "nosnippet", "noai", "tdm")),
    "images": frozenset(("noarchive", "noimageai", "noimageindex")),
    "search": frozenset(("noindex",)),
}
"""What is not published -> the words that ask for it. The tables are published in bulk, so it does not enter them."""

_SAME = {"none": "noindex", "nocache": "noarchive", "max-snippet:0": "nosnippet"}
_VALUED = frozenset(("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"))
_WITHIN_BYTES = 65_536
_META = re.compile(rb"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"(?<![\w:-])([\w:-]++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


def opt_out(headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> str | None:
    """Return what an answer asks us not to do, words parted by a blank in the order of WORDS; None when nothing.

    *headers* are those of the answer, *body* its page without coding. What is said to another agent is not said to us.
    """
    said = {word for name, value in headers for word in _in_header(name.lower(), value.decode("latin-1"))}
    said |= {word for name, content in _metas(body) for word in _in_meta(name, content)}
    return " ".join(word for word in WORDS if word in said) or None


def honoured(words: str | None, ignored: Iterable[str]) -> str | None:
    """Return *words* without those that do not bind us (the setting ignore_opt_outs); None when none is left."""
    return " ".join(word for word in (words or "").split() if word not in set(ignored)) or None


def withholds(words: str | None, what: str) -> bool:
    """Return whether a page that asks for *words* keeps *what* back: text, images or search (the index)."""
    return words is not None and not WITHHELD[what].isdisjoint(words.split())


def _in_header(name: bytes, value: str) -> Iterator[str]:
    if name == b"tdm-reservation" and value.strip() == "1":
        yield "tdm"
    elif name == b"x-robots-tag":
        is_ours = True
        for part in value.lower().split(","):
            agent, colon, rest = part.partition(":")
            if colon and agent.strip() not in _VALUED:
                is_ours, part = agent.strip() in (AGENT, "*"), rest  # noqa: PLW2901 - the words after "agent:"
            if is_ours:
                yield _word(part)


def _in_meta(name: str, content: str) -> Iterator[str]:
    if name == "tdm-reservation" and content.strip() == "1":
        yield "tdm"
    elif name in ("robots", AGENT):
        yield from map(_word, content.lower().split(","))


def _metas(body: bytes) -> Iterator[tuple[str, str]]:
    head = body[:_WITHIN_BYTES]
    low = head.lower()
    if not any(name in low for name in (b"robots", b"tdm-reservation", AGENT.encode())):
        return
    for tag in _META.findall(_COMMENT.sub(b" ", head)):
        found = {key.lower(): b"".join(values).decode("latin-1") for key, *values in _ATTRIBUTE.findall(tag)}
        yield found.get(b"name", "").strip().lower(), found.get(b"content", "")


def _word(part: str) -> str:
    plain = "".join(part.split())
    return _SAME.get(plain, plain)

"""Bytes to text by the rules of browsers: BOM, then header, then <meta>, then detection; mojibake is refused.

Departures from the standard, all because a label lies more often than the bytes do: bytes that are valid UTF-8
in many multi-byte characters are read as UTF-8; a label under which much cannot be read is dropped; and a legacy
label that turns a Japanese, Chinese or Korean page into nonsense gives way to the reading that makes sense.
Source: https://encoding.spec.whatwg.org/ and https://html.spec.whatwg.org/#determining-the-character-encoding
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from spiders.pages.labels import encodings
from spiders.pages.scripts import sense

PRESCAN_BYTES = 4096
PART_BYTES = 30_000  # from the first byte beyond ASCII: enough to tell encodings apart
MANY_SEQUENCES = 12  # by chance a legacy text rarely holds that many valid UTF-8 sequences and no invalid one
MOST_UNREADABLE = 0.01  # share of the characters beyond ASCII; a cut or patched page has a few
# Sense of a reading (scripts.py): STRONG is enough when nothing is declared; up to SOUND a label is doubted, and gives
# way to a reading that is STRONG and better by CLEARLY.
STRONG, SOUND, CLEARLY = 0.4, 0.55, 0.2
# Read in this order when nothing is declared; of readings that make equal sense the first counts.
DETECTABLE = (
    *("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
    *("windows-1252", "windows-1251", "koi8-r", "iso-8859-5", "windows-1253", "windows-1250", "iso-8859-2"),
    *("windows-1254", "windows-874"),
)
_ESCAPED = {b"\x1b$)C": "iso-2022-kr", b"\x1b$": "iso-2022-jp"}  # seven-bit encodings show themselves

_META = re.compile(rb"<meta[^>]{0,512}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.\-]{2,40})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]{2,40})", re.I)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16be"), (codecs.BOM_UTF16_LE, "utf-16le"))
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_FOREIGN = re.compile(rb"[\x80-\xff]")
_UNREADABLE = re.compile("[\ufffd\u0080-\u0084\u0086-\u009f\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text: the encoding's standard name, and what named it (bom, header, meta, detection)."""

    text: str
    encoding: str
    named_by: str


def decode(body: bytes, content_type: str = "") -> Decoded | None:
    """Return *body* as text; None when it cannot be read without mojibake.

    *content_type* is the HTTP header as sent, with or without a charset.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _accept(body[len(mark) :], name, "bom")
    escaped = next((name for mark, name in _ESCAPED.items() if mark in body), None) if body.isascii() else None
    if escaped and (decoded := _accept(body, escaped, "detection")):
        return decoded
    named = list(_labels(body, content_type))
    text = _as_utf8(body)
    if _is_surely_utf8(body, named, is_valid=text is not None):
        by = next((by for label, by in named if label == "utf-8"), "detection")
        return _accept(body, "utf-8", by) if text is None else Decoded(text, "utf-8", by)
    for label, by in named:
        if decoded := _accept(body, label, by):
            return _contradiction(body, decoded) or decoded
    return _detect(body)


def _labels(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    known = encodings()
    head = body[:PRESCAN_BYTES]
    found = (
        (_HEADER.search(content_type), "header"),
        (_XML.search(head), "meta"),
        (_META.search(head) or _META.search(body[: 16 * PRESCAN_BYTES]), "meta"),
    )
    for match, by in found:
        if match is None:
            continue
        raw = match.group(1)
        label = (raw if isinstance(raw, str) else raw.decode("ascii")).strip().lower()
        if label in known:
            name = known[label][0]
            # The prescan has read ASCII, so a meta that claims UTF-16 means UTF-8 (the standard says so).
            yield ("utf-8" if by == "meta" and name.startswith("utf-16") else name), by


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_surely_utf8(body: bytes, named: list[tuple[str, str]], *, is_valid: bool) -> bool:
    if b"\x1b$" in body or any(label.startswith("utf-16") for label, _ in named):
        return False
    # A body cut within its last character is still UTF-8.
    if not is_valid and not any(_as_utf8(body[:-n_cut]) is not None for n_cut in (1, 2, 3)):
        return False
    if not named or named[0][0] == "utf-8":
        return True
    return sum(1 for _ in zip(_SEQUENCE.finditer(body), range(MANY_SEQUENCES), strict=False)) >= MANY_SEQUENCES


def _accept(body: bytes, name: str, named_by: str) -> Decoded | None:
    """Return *body* read as *name* when next to nothing in it is unreadable."""
    best: str | None = None
    for codec in encodings()[name][1]:
        text = body.decode(codec, errors="replace")
        if best is None or text.count("\ufffd") < best.count("\ufffd"):
            best = text
        if "\ufffd" not in text:
            break
    # Bytes that are valid UTF-8 are what their author wrote, icon fonts' private characters and all.
    if best is None or (not _is_valid(body, name) and _is_unreadable(best)):
        return None
    return Decoded(best, name, named_by)


def _is_valid(body: bytes, name: str) -> bool:
    try:
        return name == "utf-8" and bool(body.decode("utf-8") or True)
    except UnicodeDecodeError:
        return False


def _is_unreadable(text: str) -> bool:
    """Return whether too much of *text* is; it is counted no further than that, or noise would fill the memory."""
    n_beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # One or two replaced characters in a page of ASCII are damage, not mojibake.
    most = max(MOST_UNREADABLE * n_beyond_ascii, 2 if len(text) > 500 else 0)
    return sum(1 for _ in islice(_UNREADABLE.finditer(text), int(most) + 1)) > most


def _contradiction(body: bytes, decoded: Decoded) -> Decoded | None:
    """Return the reading that makes sense of a body whose label (a server's default, mostly) makes nonsense of it."""
    if decoded.encoding.startswith("utf"):
        return None
    own = sense(decoded.text, decoded.encoding)
    if own is None or own > SOUND:
        return None
    score, other = _most_sensible(body)
    return other if score > own + CLEARLY else None


def _detect(body: bytes) -> Decoded | None:
    """Return the reading of a body that no usable label describes; None rather than mojibake."""
    if decoded := _accept(body, "utf-8", "detection"):
        return decoded
    return _most_sensible(body)[1]


def _most_sensible(body: bytes) -> tuple[float, Decoded | None]:
    """Return the reading that makes most sense, and how much; judged on a part of the body."""
    found = _FOREIGN.search(body)
    part = body[found.start() : found.start() + PART_BYTES] if found else body
    candidates = [decoded for name in DETECTABLE if (decoded := _accept(part, name, "detection"))]
    scored = [(sense(item.text, item.encoding) or 0.0, item.encoding) for item in candidates]
    for score, name in sorted(scored, key=lambda pair: -pair[0]):
        if score > STRONG and (decoded := _accept(body, name, "detection")):
            return score, decoded
    # Signs alone (a copyright mark) make sense in the Latin reading that browsers fall back to.
    latin = _accept(body, "windows-1252", "detection")
    return (1.0, latin) if latin and sense(latin.text, "windows-1252") is None else (0.0, None)

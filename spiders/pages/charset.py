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

from spiders.pages.labels import encodings

PRESCAN_BYTES = 4096
MANY_SEQUENCES = 12  # by chance a legacy text rarely holds that many valid UTF-8 sequences and no invalid one
MOST_UNREADABLE = 0.01  # share of the characters beyond ASCII; a cut or patched page has a few
WEAK, STRONG = 0.3, 0.5  # plausibility of an East Asian reading
DETECTABLE = ("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr")

_META = re.compile(rb"<meta[^>]{0,512}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.\-]{2,40})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]{2,40})", re.I)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16be"), (codecs.BOM_UTF16_LE, "utf-16le"))
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Latin pages are windows-1252 unless their letters are of another script.
_OTHER_SCRIPTS = {"cp1251": "windows-1251", "koi8_r": "koi8-r", "cp1253": "windows-1253", "cp1252": "windows-1252"}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_UNREADABLE = re.compile("[\ufffd\u0080-\u0084\u0086-\u009f\ue000-\uf8ff]")
_KANA_HANGUL = re.compile("[ぁ-んァ-ヶー、。「」가-힣，：！？]")
_FREQUENT = frozenset(
    "的一是不了人我在有他这中大来上国個个们到说地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发"
    "天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从本長长新高時間日本東京会社"
    "大学研究開発技術情報記事年月時分以上以下人工知能発表開始世界中国美国公司技术数据模型企业中的這個們說對會為發學國"
    "來時過後沒還進種將與問題政府経済市場報道記者表示資料使用可以已經公開"
)
_ODD = re.compile("[\uff61-\uff9f\u0400-\u04ff\u2500-\u257f\u3105-\u312f\u3400-\u4dbf]")


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
    if b"\x1b$" in body and body.isascii() and (decoded := _accept(body, "iso-2022-jp", "detection")):
        return decoded
    named = list(_labels(body, content_type))
    if _is_surely_utf8(body, named):
        by = next((by for label, by in named if label == "utf-8"), "detection")
        return _accept(body, "utf-8", by)
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


def _is_surely_utf8(body: bytes, named: list[tuple[str, str]]) -> bool:
    if b"\x1b$" in body or any(label.startswith("utf-16") for label, _ in named):
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A body cut within its last character is still UTF-8.
        if error.start < len(body) - 3:
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
    if best is None or (not _is_valid(body, name) and _unreadable_share(best) > MOST_UNREADABLE):
        return None
    return Decoded(best, name, named_by)


def _is_valid(body: bytes, name: str) -> bool:
    try:
        return name == "utf-8" and bool(body.decode("utf-8") or True)
    except UnicodeDecodeError:
        return False


def _unreadable_share(text: str) -> float:
    beyond = len(_BEYOND_ASCII.findall(text))
    bad = len(_UNREADABLE.findall(text))
    # One or two replaced characters in a page of ASCII are damage, not mojibake.
    return 0.0 if bad <= 2 and len(text) > 500 else bad / max(beyond, 1)


def _contradiction(body: bytes, decoded: Decoded) -> Decoded | None:
    """Return the East Asian reading of a body whose label (a server's default, mostly) makes nonsense of it."""
    if decoded.encoding.startswith("utf") or _plausibility(decoded.text) > WEAK:
        return None
    score, other = _east_asian(body)
    return other if score > STRONG else None


def _detect(body: bytes) -> Decoded | None:
    if decoded := _accept(body, "utf-8", "detection"):
        return decoded
    score, decoded = _east_asian(body)
    return decoded if decoded and score > WEAK else _detect_single_byte(body)


def _east_asian(body: bytes) -> tuple[float, Decoded | None]:
    """Return the most plausible East Asian reading and its score."""
    candidates = [decoded for name in DETECTABLE if (decoded := _accept(body, name, "detection"))]
    scored = [(_plausibility(item.text), item) for item in candidates]
    return max(scored, key=lambda pair: pair[0], default=(0.0, None))


def _plausibility(text: str) -> float:
    """Return how much of what is beyond ASCII is what Japanese, Chinese or Korean pages are full of (0 to 1)."""
    beyond = _BEYOND_ASCII.findall(text[:200_000])
    if not beyond:
        return 0.0
    good = sum(1 for letter in beyond if letter in _FREQUENT or _KANA_HANGUL.match(letter))
    odd = sum(1 for letter in beyond if _ODD.match(letter))
    return (good - 2 * odd) / len(beyond)


def _detect_single_byte(body: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000], cp_isolation=list(_OTHER_SCRIPTS)).best()
    name = _OTHER_SCRIPTS.get(best.encoding, "windows-1252") if best else "windows-1252"
    return _accept(body, name, "detection")

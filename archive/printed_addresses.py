"""Addresses as a line of text prints them: glued to words, without scheme, cut short, or under an anchor."""

import re
from collections.abc import Sequence

from archive.errors import AddressError
from archive.urls import canonical_url, is_known_host, surt

URL = re.compile(
    r"https?\s?[:：]/{1,2}(?:(?![,;|、]\s*https?[:：]/)[^\s<>\"`「」『』（）【】〈〉《》、。，；：！？｡､…])+",
    re.IGNORECASE,
)
HOST_ONLY = re.compile(
    r"(?<![\w@./:%&?=#+-])(?:[a-z0-9ß-öø-ž](?:[a-z0-9ß-öø-ž-]*[a-z0-9ß-öø-ž])?\.)+[a-z]{2,24}(?:(?::\d{2,5})?/[^\s<>\"、。，（）「」…]*|(?![\w@.-]))",
    re.IGNORECASE,
)
# Japanese and Chinese words glued to an address: what follows a letter, digit or bracket, or begins like a particle.
GLUED = re.compile(
    r"(?:(?<=[A-Za-z0-9)])|(?<=/)(?=[をにはがのでとよりからまで]))[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3].*$"
)
INTERNATIONAL_HOST = re.compile(r"(?:https?[:：]/{1,2})?[\w.-]*[^\W\d_a-zA-Z][\w.-]*\.[a-z]{2,}(?:/|$)", re.I)
CUT = re.compile(r"(?:\.{3,}|…+)$")
TAIL = ".,;:!?'\"*|"


def addresses_in(text: str, links: Sequence[tuple[str, str]] = ()) -> tuple[tuple[str, ...], str]:
    """Return the addresses of a line, canonical, in order, each once; and the line with blanks in their places.

    *links* are its anchors as (href, text as it stands in *text*). An href counts, not what its anchor shows; an
    address printed with "…" at its end is none. Addresses that cannot be asked for (mailto:) are left out.
    """
    found: list[tuple[int, str]] = []
    beside, cursor = text, 0
    for href, shown in links:
        url = _address(href)
        place = text.find(shown, cursor) if shown else -1
        if place >= 0 and (url or is_address_like(shown)):
            cursor = place + len(shown)
            beside = beside[:place] + " " * len(shown) + beside[cursor:]
        if url := url or (_address(shown) if is_address_like(shown) else None):
            found.append((place if place >= 0 else cursor, url))
    for pattern in (URL, HOST_ONLY):
        for match in pattern.finditer(beside):
            url, length = _printed_address(match)
            if url:
                found.append((match.start(), url))
            if length:
                beside = beside[: match.start()] + " " * length + beside[match.start() + length :]
    unique: dict[str, str] = {}
    for _, url in sorted(found, key=lambda pair: pair[0]):
        unique.setdefault(surt(url), url)
    return tuple(unique.values()), beside


def _printed_address(match: re.Match[str]) -> tuple[str | None, int]:
    """Return the address that a line prints, None when it is cut or none at all, and how many characters it takes."""
    printed = match[0]
    if match.string[match.end() : match.end() + 1] == "…" or CUT.search(printed):
        return None, len(printed)
    printed = _without_words(printed)
    url = _address(printed.rstrip(TAIL))
    if match.re is HOST_ONLY:
        host = re.split("[:/]", printed, maxsplit=1)[0]
        is_meant = (
            "/" in printed or host.lower().startswith("www.") or match.string.strip(" .。") == printed.strip(" .")
        )
        if not (is_meant and is_known_host(host)):
            return None, 0
    return url, len(printed)


def _without_words(printed: str) -> str:
    """Return *printed* up to the Japanese, Chinese or Korean words that are glued to it."""
    if own := INTERNATIONAL_HOST.match(printed):  # https://例え.jp/: its letters are no words
        return own[0] + GLUED.sub("", printed[own.end() :])
    host = re.match(
        r"(?:https?[:：]/{1,2})?[\w.-]*?[a-z0-9-]\.[a-z]{2,}(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])",
        printed,
        re.I | re.A,
    )
    if host:
        return host[0]
    return printed if "/wiki/" in printed else GLUED.sub("", printed)


def is_address_like(shown: str) -> bool:
    """Return whether the text of an anchor is an address itself, whole or cut, and no title."""
    return bool(URL.match(shown) or re.match(r"(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)+/)", shown, re.IGNORECASE))


def _address(text: str) -> str | None:
    if not text or CUT.search(text):
        return None
    try:
        return canonical_url(text)
    except AddressError:
        return None

"""Plain text: how two texts are compared, paragraphs, sentences. (How it is cut for search: archive/segments.py.)"""

import re
import unicodedata
from collections.abc import Iterator

_SENTENCE_END = re.compile(r"[。．！？!?]+[」』）)\"”’]*|\.(?=[\s」』）)\"”])[\"”)]*|\n+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_COMMANDS_A_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return *text* as it is compared: compatibility forms folded (ＧＰＴ -> gpt, ｶﾞ -> ガ), lower case."""
    return unicodedata.normalize("NFKC", _UNPRINTABLE.sub(" ", text)).lower()


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of an article's text: what blank lines part, in order, without empty ones."""
    return [part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of *text*, with what ends it; together they cover the text."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def sentence_around(text: str, place: int, *, within: int = 400) -> tuple[int, int]:
    """Return the (start, end) of the sentence that *place* is in; it starts at most *within* characters before."""
    start = max(0, place - within)
    for match in _SENTENCE_END.finditer(text, start, place):
        start = match.end()
    end = _SENTENCE_END.search(text, place)
    return start, end.end() if end else len(text)


def printable(text: str) -> str:
    """Return *text* without what would drive the terminal: pages we did not write end up here."""
    return _COMMANDS_A_TERMINAL.sub("�", text)

"""Other spellings of a word: names in other languages, simplified and traditional characters, long vowels, hyphens.

Every spelling comes with its reason, so that a search can say why a page was found. Search asks for what was typed;
it takes other spellings only when that finds nothing, or when it is told to.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from archive.query import Term
from archive.segments import fold, has_words, katakana_words

MAX_SPELLINGS = 8
Reason = Literal["name", "characters", "long vowel", "joined"]

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u30ff]")
_JOINED = re.compile(r"(?<=[a-z])[-\s]?(?=\d)|(?<=\d)[-\s]?(?=[a-z]{2})")
_V_SOUND = re.compile("ヴ([ァィェォ]?)")
_B_SOUNDS = {"ァ": "バ", "ィ": "ビ", "ェ": "ベ", "ォ": "ボ", "": "ブ"}
_GIVEN_UP = ("outlet_by_cue", "outlet_in_marks", "statistics_by_cue")  # words that are also common words


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another way to write a word, folded, and why it is one."""

    text: str
    reason: Reason


def other_spellings(term: Term) -> list[Spelling]:
    """Return other spellings of *term*, at most eight, the likeliest first; none of a word that was asked for inside.

    >>> [spelling.text for spelling in other_spellings(Term("规制"))]
    ['規制']
    """
    if term.is_inside:
        return []
    found: dict[str, Reason] = {}
    for reason, spell in _SPELLERS.items():
        for text in spell(term.text):
            if text != term.text and has_words(text):
                found.setdefault(text, reason)
    return [Spelling(text, reason) for text, reason in list(found.items())[:MAX_SPELLINGS]]


def _names(word: str) -> tuple[str, ...]:
    """Return the names of what *word* names."""
    return _groups().get(word.replace(" ", ""), ())


def _characters(word: str) -> Iterator[str]:
    """Yield *word* in simplified, traditional and Japanese characters (OpenCC's tables)."""
    if _HAN.search(word) and not _KANA.search(word):
        traditional = _converter("s2t")(word)
        old = _converter("jp2t")(word)
        yield from (traditional, _converter("t2s")(word), _converter("t2jp")(traditional), old, _converter("t2s")(old))


def _long_vowels(word: str) -> Iterator[str]:
    """Yield サーバー for サーバ and the other way round, and both without the dot between parts."""
    if katakana_words(word) == [word]:
        yield word.removesuffix("ー") if word.endswith("ー") else f"{word}ー"
        if "ヴ" in word:
            yield re.sub("ヴ([ァィェォ])", lambda match: "バビベボ"["ァィェォ".index(match[1])], word).replace(
                "ヴ", "ブ"
            )
    elif "・" in word:
        yield word.replace("・", "")


def _joined(word: str) -> Iterator[str]:
    """Yield grok4 for grok-4 and grok 4, and grok-4 for grok4."""
    if _JOINED.search(word):
        yield _JOINED.sub("", word)
        yield _JOINED.sub("-", word)
    elif re.fullmatch("[a-z]+(-[a-z]+)+", word):
        yield word.replace("-", "")


_SPELLERS: Mapping[Reason, Callable[[str], Iterable[str]]] = {
    "name": _names,
    "characters": _characters,
    "long vowel": _long_vowels,
    "joined": _joined,
}


@cache
def _converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC  # its tables are read when a first word is converted

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    """Return folded name without blanks -> all names of the same thing."""
    groups: dict[str, tuple[str, ...]] = {}
    for name, aliases in _entries():
        known = tuple(dict.fromkeys(fold(alias) for alias in (name, *aliases.split("|")) if alias not in ("", "-")))
        for alias in known:
            groups.setdefault(alias.replace(" ", ""), known)
    return groups


def _entries() -> Iterator[tuple[str, str]]:
    folder = files("archive")
    yield from tomllib.loads((folder / "search_names.toml").read_text(encoding="utf-8")).items()
    for kind, entries in tomllib.loads((folder / "lexicon.toml").read_text(encoding="utf-8")).items():
        if kind not in _GIVEN_UP:
            yield from entries.items()

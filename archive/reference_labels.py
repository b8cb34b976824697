"""Labels of reference lists: which words open one, alone, in a heading, or right before the first entry.

A label is made of known words only: at least one that means sources (参考, Quellen), and what stands beside such a word
(リンク, verwendete, 展开全部), in any order, with numbers, counts and brackets. So every compound is read without being
listed, and 参考価格 is none. The words are in reference_labels.toml.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

LONGEST_LABEL = 40  # characters
_LONGEST_UNKNOWN = 30  # characters of a label whose words the lexicon has not
_WIDE = {0xFF01 + place: chr(0x21 + place) for place in range(94)} | {0x3000: " "}
_SPACED = re.compile(r"\W*(?:\w\s+){3,}\w\W*")
_BEFORE_ENTRY = re.compile(r"[:：\[［【〔(（<①⑴⒈❶]|[1１][.．、)）]|https?:|www\.", re.IGNORECASE)
_ORDINAL = re.compile(
    r"(?:(?:第\s*)?(?:[0-9]{1,2}(?:\.[0-9]{1,2})?|[一二三四五六七八九十]{1,3})\s*[章節节部]?|[ivx]{1,5}|[a-h])"
    r"\s*(?:[.、:)\]】]|(?<=[章節节部])|(?<=[0-9])(?=\s))\s*|§\s*[0-9]{1,2}\s*|\(\s*(?:[0-9]{1,2}|[一二三四五六七八九十])\s*\)\s*"
)
_DECORATION = re.compile(r"[^\w\[(]*[\[【(「『〔《<]?\s*")
_SEPARATOR = r"[\s/|&+・,、·•–—\-:'’]*"
_ASIDE = re.compile(
    r"[\s·•|–—\-:,/]*(?:[(\[【〔](?![0-9]+[)\]】〕]\s*:?\s*[^\s:])[^()\[\]【】〔〕]{0,24}[)\]】〔]"
    r"|(?:全|共|计|총|total)?\s*[0-9]{1,3}\s*(?:件|篇|個|个|本|つ|条|條|項|项|种|部|편|개|건|entries|items)?"
    r"(?![0-9.、:)\]】])(?=\s*(?:$|[)】〕]|(?!https?:)[^\W\d])))"
)
_END = re.compile(r"\s*(?:[\]】)」』〕》>]\s*)?(?P<colon>:?)\s*")
_ONLY_SIGNS = re.compile(r"[\W_]*")
_LETTERS = "a-zß-ɏа-я\u0620-\u064aḀ-ỿ"  # of scripts that part words by blanks
_PROSE = re.compile(r"[。.!?,、]\s*\S|[。!?]\s*$")


class Certainty(IntEnum):
    """How surely a line is a label: not at all, if a list of sources follows, or by itself."""

    NONE = 0
    LIKELY = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Label:
    """A line read as a label: how surely it is one, what stands behind it on the line, whether a colon parts them."""

    certainty: Certainty
    rest: str = ""
    has_colon: bool = False


NO_LABEL = Label(Certainty.NONE)


def read_label(line: str) -> Label:
    """Return what *line*, without invisible characters, is as a label; its `rest` is as printed.

    >>> read_label("3. 参考文献（8件）").certainty, read_label("参考価格").certainty
    (<Certainty.SURE: 2>, <Certainty.NONE: 0>)
    """
    head = line[: 2 * LONGEST_LABEL]
    if len(line) > LONGEST_LABEL and not _BEFORE_ENTRY.search(head):
        return NO_LABEL
    folded = _folded(head)
    opening = _DECORATION.match(folded)
    start = opening.end() if opening else 0
    found = _read_words(line, folded, start)
    if found is NO_LABEL and (ordinal := _ORDINAL.match(folded, start)):
        found = _read_words(line, folded, ordinal.end())
    if found is NO_LABEL and _SPACED.fullmatch(folded):
        found = _read_words("", "".join(folded.split()), 0)
    is_unread = found is NO_LABEL or (found.rest and not found.has_colon and not _BEFORE_ENTRY.match(found.rest))
    if is_unread and len(line) <= LONGEST_LABEL:
        return _half_known(folded)
    is_doubtful = found.certainty is Certainty.LIKELY and _anywhere()[1].search(folded[:LONGEST_LABEL])
    return NO_LABEL if is_doubtful else found


def _read_words(line: str, folded: str, at: int) -> Label:
    """Return the label that the words of *line* from *at* on make."""
    known, kinds = _known()
    certainty = Certainty.NONE
    end = at
    while found := known.match(folded, end) or _ASIDE.match(folded, end):
        if found.end() == end:
            break
        if found.re is known:
            certainty = max(certainty, kinds["".join(found[1].split())])
        end = found.end()
    tail = _END.match(folded, end)
    if certainty is Certainty.NONE or tail is None:
        return NO_LABEL
    rest = line[tail.end() :].strip(" \n")
    has_colon = bool(tail["colon"]) or folded[at:end].rstrip().endswith(":")
    return Label(certainty, "" if _ONLY_SIGNS.fullmatch(rest) else rest, has_colon)


def _half_known(folded: str) -> Label:
    """Return whether a short line holds a word for sources among unknown ones, and none that speaks against it."""
    cores, against = _anywhere()
    found = cores.search(folded)
    if not found or _PROSE.search(folded) or against.search(folded) or len(folded) - len(found[0]) > _LONGEST_UNKNOWN:
        return NO_LABEL
    return Label(Certainty.LIKELY, "", folded.rstrip().endswith(":"))


def _folded(line: str) -> str:
    """Return *line* in lower case, wide letters narrow; a place in it is the same place in *line*."""
    if line.isascii():
        return line.lower()
    lowered = line.lower()
    return (lowered if len(lowered) == len(line) else line).translate(_WIDE)


@cache
def _words() -> dict[str, list[str]]:
    table = tomllib.loads((files("archive") / "reference_labels.toml").read_text(encoding="utf-8"))
    return {kind: words.split() for kind, words in table.items()}


@cache
def _known() -> tuple[re.Pattern[str], dict[str, Certainty]]:
    """Return what finds the next word of a label, and how sure each word makes it (by the word without blanks)."""
    words = _words()
    sure = dict.fromkeys(words["helpers"], Certainty.NONE)
    sure |= dict.fromkeys(words["notes"], Certainty.LIKELY) | dict.fromkeys(words["cores"], Certainty.SURE)
    pattern = re.compile(rf"{_SEPARATOR}({_either(sure)})")
    return pattern, {word.replace("_", ""): certainty for word, certainty in sure.items()}


@cache
def _anywhere() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a word for sources anywhere in a line, and a word that speaks against it."""
    return re.compile(_either(_words()["cores"])), re.compile(_either(_words()["against"]))


def _either(words: Iterable[str]) -> str:
    """Return what finds any of *words*, the longest first; where none of their first letters stands, none is tried."""
    ordered = sorted(words, key=len, reverse=True)
    letters = "".join(sorted({re.escape(word[0]) for word in ordered}))
    return f"(?=[{letters}])(?:{'|'.join(map(_pattern, ordered))})"


def _pattern(word: str) -> str:
    """Return what finds *word*: whole, when its letters are of a script that parts words by blanks."""
    text = re.escape(word).replace("_", r"\s*")
    return rf"(?<![{_LETTERS}]){text}(?![{_LETTERS}])" if re.match(rf"[{_LETTERS}]", word) else text

"""One segmenter for the index and for the query: bigrams for Chinese, Japanese and Korean, whole words for the rest.

SQLite's tokenizers cut at blanks and punctuation, which Japanese has not. So what goes into the index is segmented
here, and SQLite only parts it at blanks (tokenizer `ascii`):
- each CJK character becomes a token with its successor in the run, the last is alone: 資金調達 -> 資金 金調 調達 達;
- Latin words and numbers stay whole; the first CJK character after one also stands alone: 2025年の -> 2025 年 年の,
  so that 2025年 is a phrase of two tokens, not one of every pair that begins with 年;
- at the end of the text each whole katakana word follows: ハードル -> ハー ード ドル ル … ハードルヿ.
A word of two characters is found as exactly as one of twenty, and ドルヿ is not in ハードル. NFKC takes ヿ apart
(コト), so no text can hold that mark. Forms of an English word (chip, chips) belong to the query (archive/english.py).

Index and query must agree forever, in every Python: the foldings are those of Unicode 3.2, which Python keeps for IDNA,
and the ranges of letters are written out here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

SEGMENTER_VERSION = "3"
"""Stored in the file; an index made by other rules must be rebuilt before anything is written: archive reindex."""

CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309e\u30a1-\u30fa\u30fc-\u30fe"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""The characters that are written without blanks, as the inside of a regular expression's brackets."""

SEPARATORS = (
    "\x00-/:-@\\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020"
    "\u302a-\u3030\u3036-\u303a\u303c-\u3040\u3097-\u309c\u309f\u30a0\u30fb\u30ff-\u3104\u3190-\u319f\u31c0-\u31ef"
    "\u3200-\u33ff\u4dc0-\u4dff\ud800-\uf8ff\ufe00-\ufe6f\uff00-\uffff\U00010000-\U0001afff\U0001b170-\U0001ffff"
    "\U00040000-\U0010ffff"
)
"""The characters that part words, in the same form; every other character is a letter or digit."""

WHOLE = "ヿ"
LATIN = f"[^{SEPARATORS}{CJK}]"
"""A letter or digit of a script that parts words by blanks."""

_RUN = re.compile(f"[{CJK}]+|{LATIN}+")
_CJK = re.compile(f"[{CJK}]")
_FIRST_CJK = CJK[0]
_ASCII_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}
_HELD = "\0"  # parts words, so no run holds it
_AFTER_BLANK = re.compile("   . ", re.DOTALL)
_PART_CHARS = 50_000
# Cut where no token goes on; in a text without a blank or a mark for so long, anywhere.
_PART = re.compile(rf"(?s).{{1,{_PART_CHARS}}}(?=[\s、。]|\Z)|.{{1,{_PART_CHARS}}}")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u31f0-\u31ff][\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff]+")
_KATAKANA_BEFORE = re.compile(r"[\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff]*\Z")
_PLUS_NAME = re.compile(rf"(?<!{LATIN})([a-z])(\+\+|#)(?!{LATIN})")  # C++ and C# would both be indexed as c
_PLUS_WORDS = {"++": "plusplus", "#": "sharp"}
# What NFKC changes, less the punctuation, which parts words in every form.
_COMPATIBLE = (
    "\xaa\xb2-\xb5\xb9-\xba\xbc-\xbe\u0132-\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u02b0-\u02e4\u0300-\u0362"
    "\u03d0-\u03f5\u1100-\u11ff\u1e9a-\u1e9b\u1f00-\u1fff\u2070-\u218b\u2460-\u24ea\u2e80-\u2fd5\u3036-\u303a"
    "\u3099-\u309f\u30ff\u3131-\u318e\u3192-\u33ff\uf900-\ufb4f\uff03\uff0b\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\uff66-\uffdc\U0001d400-\U0001d7ff\U0002f800-\U0002fa1d"
)
_ACCENTS = "\xc0-\u024f\u0300-\u036f\u0386-\u03ce\u1e00-\u1fff"
_UNSEEN = "\xad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"  # parts no word, shows nothing
_DASHES = "\u2010-\u2015\u2212"
_FOLDED_APART = re.compile(f"[{_COMPATIBLE}{_ACCENTS}{_UNSEEN}{_DASHES}]")  # lower() is all that the rest needs
_COMPATIBLE_FORM = re.compile(f"[{_COMPATIBLE}]")
_TO_FOLD = re.compile(f"[^{_COMPATIBLE}]?[{_COMPATIBLE}]+")
_ACCENTED = re.compile(f"[{_ACCENTS}]{{1,8}}")
_NOTHING = re.compile(f"[{_UNSEEN}]+")
_LONG_VOWEL = re.compile(rf"[{_DASHES}](?<=[\u30a1-\u30fa\u30fc].)(?=[\u30a1-\u30fa])")  # サ‐バ
_FROZEN = unicodedata.ucd_3_2_0


def fold(text: str) -> str:
    """Return *text* as it is compared: compatibility forms (ＧＰＴ -> gpt, ｶﾞ -> ガ), accents and case folded.

    >>> fold("ＧＰＴ－４ｏ、Café、ﾃﾞｰﾀ")
    'gpt-4o、cafe、データ'
    """
    if not _FOLDED_APART.search(text):
        return text.lower()
    text = _NOTHING.sub("", text)
    if _COMPATIBLE_FORM.search(text):
        text = _TO_FOLD.sub(_compatible, text)
    return _LONG_VOWEL.sub("ー", _ACCENTED.sub(_without_accents, text.lower()).replace("ς", "σ"))


def index_text(text: str) -> str:
    """Return *text* segmented for the index: its tokens, then the whole katakana words.

    >>> index_text("資金調達のモデル Grok-4は")
    '資金 金調 調達 達の のモ モデ デル ル grok 4 は モデルヿ'
    """
    folded_text = fold(text)
    parts = (folded_text,) if len(folded_text) <= _PART_CHARS else _PART.findall(folded_text)
    segmented = map(_tokens_of, parts)  # all tokens of a long text at once weigh ten times as much
    words = (word + WHOLE for word in _KATAKANA.findall(folded_text))
    return " ".join((*filter(None, segmented), *words))


def tokens(folded_text: str) -> list[str]:
    """Return the tokens of text that fold() has been applied to, in order, without whole katakana words.

    >>> tokens("2025年の規制")
    ['2025', '年', '年の', 'の規', '規制', '制']
    """
    text = _tokens_of(folded_text)
    return text.split(" ") if text else []


def _tokens_of(folded_text: str) -> str:
    """Return the tokens with blanks between.

    Written for speed: nothing is done for each character. Every word is held by one character; in the text of all runs
    every character is written with its successor, and what then follows a blank as a successor is taken out again:
    資金 _ 達 -> 資金 金   _ _   達 達 -> 資金 金 _ 達.
    """
    if "++" in folded_text or "#" in folded_text:
        folded_text = _PLUS_NAME.sub(_named, folded_text)
    if folded_text.isascii():
        return " ".join(folded_text.translate(_ASCII_BLANKS).split())
    words: list[str] = []
    held: list[str] = []
    is_after_word = False
    for run in _RUN.findall(folded_text):
        is_word = run < _FIRST_CJK or not is_cjk(run)
        if is_word:
            words.append(run)
        elif is_after_word and len(run) > 1:
            held.append(run[0])
        held.append(_HELD if is_word else run)
        is_after_word = is_word
    if len(words) == len(held):
        return " ".join(words)
    return _AFTER_BLANK.sub(" ", _pairs(" ".join(held))).rstrip(" ").replace(_HELD, "%s") % tuple(words)


def _pairs(text: str) -> str:
    """Return each character of *text* with its successor and a blank, the last with two blanks."""
    code, width = "utf-16-le", 2
    if len(units := text.encode(code)) > width * len(text):
        code, width = "utf-32-le", 4
        units = text.encode(code)
    pairs = bytearray(" ".encode(code) * 3 * len(text))
    for place in range(width):
        pairs[place :: 3 * width] = units[place::width]
        pairs[width + place : -3 * width : 3 * width] = units[width + place :: width]
    return pairs.decode(code)


def phrase(word: str) -> str:
    """Return the FTS5 phrase for folded *word*: it finds the word anywhere, also inside a longer one.

    The last character of a word has no successor that we know: its own token is left out, and when that is all there
    is (東, not 2025年), the phrase asks for tokens that begin with it.

    >>> phrase("資金調達"), phrase("2025年"), phrase("東")
    ('"資金 金調 調達"', '"2025 年"', '"東" *')
    """
    parts = tokens(word)
    before = parts[-2] if len(parts) > 1 else ""
    if not is_cjk(parts[-1]) or (before and not is_cjk(before)):
        return f'"{" ".join(parts)}"'
    if len(before) > 1 and before.endswith(parts[-1]):
        return f'"{" ".join(parts[:-1])}"'
    return f'"{" ".join(parts)}" *'


def bounded(word: str) -> str:
    """Return the FTS5 expression for folded *word* that is part of no longer katakana word.

    >>> bounded("ドル"), bounded("200億ドル")
    ('"ドルヿ"', '("200 億 億ド ドル" AND "ドルヿ")')
    """
    edges = dict.fromkeys(run for run in katakana_words(word) if word.startswith(run) or word.endswith(run))
    if list(edges) == [word]:
        return f'"{word}{WHOLE}"'
    parts = [phrase(word), *(f'"{run}{WHOLE}"' for run in edges)]
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def has_words(folded_text: str) -> bool:
    """Say whether there is anything to look for: at least one letter or digit."""
    return bool(_RUN.search(folded_text))


def katakana_words(folded_text: str) -> list[str]:
    """Return the katakana words of two and more characters, in order."""
    return _KATAKANA.findall(folded_text)


def is_bounded(folded_text: str, start: int, end: int) -> bool:
    """Say whether the katakana or Latin word at [start, end) of *folded_text* ends where it ends."""
    return not any(
        _kind(folded_text[place - 1 : place]) == _kind(folded_text[place : place + 1]) != "" for place in (start, end)
    )


def script_runs(word: str) -> list[str]:
    """Return the parts of *word* that carry its meaning: runs of kanji, hangul, katakana or Latin of two and more.

    >>> script_runs("資金調達をしたxaiは")
    ['資金調達', 'xai']
    """
    runs = ["".join(run) for _, run in groupby(word, key=script_of)]
    return [run for run in runs if len(run) > 1 and script_of(run[0]) not in ("hiragana", "")]


def is_cjk(token: str) -> bool:
    """Say whether *token* begins with a character that is written without blanks."""
    return bool(_CJK.match(token))


def script_of(character: str) -> str:
    """Return 'katakana', 'hiragana', 'word' (Latin letters, digits), 'han' (other CJK) or '' for anything else."""
    if character == "ー" or "ァ" <= character <= "ヺ":
        return "katakana"
    if "ぁ" <= character <= "ゖ":
        return "hiragana"
    if is_cjk(character):
        return "han"
    return "word" if _RUN.match(character) else ""


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Return fold(text), and for each of its characters the place in *text* it came from.

    The places have one more entry, len(text): a match of the folded text maps back as places[start], places[end].
    """
    whole = fold(text)
    if len(whole) == len(text) and not _NOTHING.search(text) and _keeps_places(text):
        return whole, range(len(text) + 1)
    out: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        part = fold(cluster)
        out.append(part)
        places.extend([start] * len(part))
    places.append(len(text))
    return "".join(out), places


def _keeps_places(text: str) -> bool:
    """Say whether folding changes each character into one (it may shorten one stretch and lengthen another)."""
    return all(len(fold(match.group())) == len(match.group()) for match in _TO_FOLD.finditer(text))


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for place, character in enumerate(text):
        if place > start and not (unicodedata.combining(character) or character in "ﾞﾟ" or "ᅡ" <= character <= "ᇿ"):
            yield start, text[start:place]
            start = place
    if text:
        yield start, text[start:]


def _kind(character: str) -> str:
    if _KATAKANA_BEFORE.match(character) and character:
        return "katakana"
    return "word" if character and not is_cjk(character) and _RUN.match(character) else ""


def _compatible(match: re.Match[str]) -> str:
    return _FROZEN.normalize("NFKC", match.group())


def _without_accents(match: re.Match[str]) -> str:
    return _plain(match.group())


@lru_cache(maxsize=1_000)
def _plain(letters: str) -> str:
    return "".join(part for part in _FROZEN.normalize("NFKD", letters) if not "\u0300" <= part <= "\u036f")


def _named(match: re.Match[str]) -> str:
    return match.group(1) + _PLUS_WORDS[match.group(2)]

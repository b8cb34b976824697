"""The patterns of dates, built once from the word lists in date_words.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from archive.model import Precision

KANJI_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十百]+(?=\s*[年月日号號時时分秒週周天個个小かカヵヶケ箇星礼禮])")
INVISIBLE = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
NUMBER = r"\d{1,5}(?:[.,]\d{1,2})?"
WORD = r"[^\W\d_]+"


@dataclass(frozen=True, slots=True)
class DateWords:
    """Word tables and the patterns made of them; every pattern is for text as plain() returns it."""

    units: Mapping[str, Precision]
    numbers: Mapping[str, float]
    expressions: Mapping[str, tuple[Precision, int]]
    months: Mapping[str, int]
    zones: Mapping[str, int]
    eras: Mapping[str, int]
    amounts: re.Pattern[str]
    amount: re.Pattern[str]
    weekday: re.Pattern[str]
    label: re.Pattern[str]
    published_label: re.Pattern[str]
    updated_label: re.Pattern[str]
    label_behind: re.Pattern[str]
    clock: re.Pattern[str]


def plain(raw: str) -> str:
    """Return *raw* as the patterns want it: NFKC, lower case, single blanks, Arabic numerals."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", raw)).lower()
    text = " ".join(text.split()).replace("’", "'").replace("un'", "un ").replace("−", "-")
    return KANJI_NUMBER.sub(lambda found: str(_kanji_value(found[0])), text)


@cache
def date_words() -> DateWords:
    """Return the words and patterns; read and compiled at the first call."""
    table = tomllib.loads((files("archive") / "date_words.toml").read_text(encoding="utf-8"))
    units = {word: Precision(unit) for unit, words in table["units"].items() for word in _words(words)}
    numbers = {word: float(number) for number, words in table["numbers"].items() for word in _words(words)}
    zone_ends = {"时间", "時間"}  # 北京时间 is a zone
    published, updated = _words(table["published_labels"]), _words(table["updated_labels"])
    both = published + updated + _words(table["date_labels"])
    return DateWords(
        units=units,
        numbers=numbers,
        expressions=_expressions(table["expressions"]),
        months={word: int(number) for number, words in table["months"].items() for word in _words(words)},
        zones=table["zones"],
        eras=table["eras"],
        amounts=_amounts(table, units, numbers),
        amount=re.compile(_amount(units, numbers, named=True)),
        weekday=re.compile(_weekday(_words(table["weekdays"]))),
        label=re.compile(_label(both)),
        published_label=re.compile(_label(published)),
        updated_label=re.compile(_label(updated)),
        label_behind=re.compile(_label_behind(word for word in both if not word.isascii() and word not in zone_ends)),
        clock=re.compile(_clock(table["zones"])),
    )


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _expressions(table: Mapping[str, str]) -> dict[str, tuple[Precision, int]]:
    found = {}
    for key, words in table.items():
        unit, count = key.split()
        found.update({word: (Precision(unit), int(count)) for word in _words(words)})
    return found


def _amount(units: Iterable[str], numbers: Iterable[str], *, named: bool) -> str:
    name = ("?P<number>", "?P<unit>", "?P<half>") if named else ("?:", "?:", "?:")
    return rf"({name[0]}{NUMBER}|{_any(numbers)})\s*({name[1]}{_any(units)})(?!\w*[a-zа-яà-ÿ])\.?({name[2]}半|반)?"


def _amounts(table: Mapping[str, Any], units: Iterable[str], numbers: Iterable[str]) -> re.Pattern[str]:
    amount = _amount(units, numbers, named=False)
    several = rf"(?P<amounts>{amount}(?:\s*(?:,|and|et|und|y|e)?\s*{amount}){{0,2}})"
    about = rf"(?:(?:{_any(_words(table['about']))})\s*)?"
    behind, before = _any(_words(table["ago_behind"])), _any(_words(table["ago_before"]))
    vague = r"(?:ほど|くらい|ぐらい|以上|左右|多)?"
    first = several.replace("amounts", "amounts_first")
    return re.compile(rf"~?{about}(?:(?:{before})\s*{about}{several}|{first}{vague}\s*(?:{behind}))")


def _label_behind(words: Iterable[str]) -> str:
    return rf"\s*(?:に|にて)?(?:{_any(words)})(?:されました|しました|済み)?$|付$|\s?(?:現在|時点|기준)$"


def _weekday(words: list[str]) -> str:
    latin, cjk = _any(word for word in words if not _is_cjk(word[0])), _any(word for word in words if _is_cjk(word[0]))
    return rf"[(\[]?(?:(?<!\w)(?:{latin})|(?:{cjk}))(?!\w)\.?[)\]]?[,،]?|\([日月火水木金土一二三四五六]\)"


def _label(words: Iterable[str]) -> str:
    latin = _any(word for word in words if re.match(r"[^\W\d_]", word) and not _is_cjk(word[0]))
    cjk = _any(word for word in words if _is_cjk(word[0]))
    return rf"^(?:(?:{latin})(?:\s*[:|-]\s*|\s+)|(?:{cjk})\s*[:|-]?\s*)"


def _is_cjk(char: str) -> bool:
    return char >= "\u1100"


def _clock(zones: Iterable[str]) -> str:
    halves = r"午前|午後|上午|下午|早上|晚上|凌晨|오전|오후"
    offset = r"(?:(?:gmt|utc)\s?[+-]\d|(?:gmt|utc)?\s?[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)(?![\d:])"
    nameless = (
        r"(?:eastern|central|mountain|pacific)(?: standard| daylight)? time|[ecmp]t|cst|ist|bst|akst|hst|local time"
    )
    colon = (
        r"(?::|\.(?=\d\d\s*uhr))\s*(?P<minute>[0-5]\d)(?!\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
        r"\s*(?P<half_behind>[ap]\.?m\b\.?)?"
    )
    worded = (
        r"(?:時|时|點|点|시|h(?![a-z]))\s*(?:(?P<minute_word>[0-5]?\d)(?!\d)\s*(?:分|분|m(?!\w))?"
        r"(?:\s*(?P<second_word>[0-5]?\d)\s*(?:秒|초))?)?"
    )
    named = rf"(?P<offset>{offset})|(?P<zone>{_any(zones)})(?!\w)|(?P<unknown>{nameless})(?!\w)"
    return (
        rf"(?P<half>{halves})?\s*(?<![\d:])(?P<hour>[0-2]?\d)\s*(?:{colon}|{worded}|(?P<half_alone>[ap]\.?m\b\.?))"
        rf"\s*(?:uhr\b)?\s*(?:[,(]?\s*(?:{named})\)?)?(?:\s*\([^()]*\)|\[[^\]]*\])?"
    )


def _kanji_value(text: str) -> int:
    if not re.search("[十百]", text):
        return int("".join(str(KANJI_DIGITS[char]) for char in text)) if len(text) < 6 else 0
    total, digit = 0, None
    for char in text:
        if char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
        else:
            digit = KANJI_DIGITS[char]
    return total + (digit or 0)

"""The marks before the entries of a list: numbers in every form of print, letters that count, bullets."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CIRCLED = {chr(first + place): number + place for first, last, number in (
    (0x2460, 0x2473, 1), (0x2474, 0x2487, 1), (0x2488, 0x249B, 1), (0x24F5, 0x24FE, 1), (0x2776, 0x277F, 1),
    (0x2780, 0x2789, 1), (0x278A, 0x2793, 1), (0x24EB, 0x24F4, 11), (0x3220, 0x3229, 1), (0x3251, 0x325F, 21),
    (0x3280, 0x3289, 1), (0x32B1, 0x32BF, 36), (0x2160, 0x216B, 1),
) for place in range(last - first + 1)}  # fmt: skip
DIGITS = r"[0-9０-９٠-٩۰-۹]{1,3}"
_NOTED = (
    r"注|註|※|#|＃|№|[Nn][o°º]\.?|Nr\.?|참고(?:자료|문헌)?|출처|각주|"
    r"(?:参考|引用)?(?:文献|資料|资料|リンク)|参考|出典|引用|来源|[Ss]ource|[Rr][ée]f(?:[ée]rence|\.)?|Quelle|Link"
)
# "2.5 billion" and "1.5億" are no entries; "10.1038/…" is a DOI and no tenth entry.
_NOT_A_NUMBER = r"(?![0-9０-９]+(?:[\s.．%％]|$|[bmkx]\b|[億万兆亿]))"
_MARKER = re.compile(
    rf"\s*(?!10\.\d{{4,9}}/)(?:[\[［【〔<＜〈{{]\s*(?:\^|[SR]|{_NOTED})?\s*(?P<boxed>{DIGITS})\s*[\]］】〕>＞〉}}]\s*[:：.．、]?"
    rf"|[(（]\s*(?P<round>{DIGITS})\s*[)）]\s*[:：.．、]?"
    rf"|(?:{_NOTED})\s*(?P<noted>{DIGITS})(?![0-9０-９a-z])\s*[.．:：、)）\]］]?(?:\s*[–—-]\s)?"
    rf"|(?P<plain>{DIGITS})\s*(?:[.．]{_NOT_A_NUMBER}[)）]?|[、)）:：\]］｡。,，|｜](?!\d)|/(?=\s)|[–—-]\s+(?=\D)|(?=https?:|www\.))"
    rf"|(?P<circled>[{''.join(CIRCLED)}])\s*[.．、:：]?)\s*"
)
# A number before a bare DOI or arXiv number: "1.10.1038/…", "2. 2509.12345".
_MARKER_OF_ID = re.compile(rf"\s*(?P<plain>{DIGITS})[.．、]\s*(?=10\.\d{{4,9}}/|\d{{4}}\.\d{{4,5}}\b)")
_LOOSE_MARKER = re.compile(
    rf"\s*(?P<plain>{DIGITS})(?:\s*(?P<sign>[.．、)）:：,，/]|(?<=\s)[–—-](?=\s))\s*|[ \t\u3000]+)(?=\S)"
)
_BULLET = re.compile(r"\s*[・•●○◦▪■□◆◇▶►▸➢➤→»※*＊‣⁃✓–—-]\s*(?=\S)")

_DIGITS_BY_NAME = "一二三四五六七八九"
_LETTERS = (
    tuple("가나다라마바사아자차카타파하"),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii"),
    (*_DIGITS_BY_NAME, *(f"{ten}{one}" for ten in ("十", "二十") for one in ("", *_DIGITS_BY_NAME))),
    tuple("アイウエオカキクケコサシスセソ"),
    tuple("イロハニホヘトチリヌルヲ"),
    tuple("甲乙丙丁戊己庚辛壬癸"),
)
_ONE_LETTER = r"[a-z]|[ivx]{1,5}|[가-하ア-ヲ甲乙丙丁戊己庚辛壬癸]|[一二三四五六七八九十]{1,3}"
_LETTER = re.compile(
    rf"\s*(?:[(（\[［【〔]\s*(?P<boxed>{_ONE_LETTER})\s*[)）\]］】〕]\s*[.、]?|(?P<plain>{_ONE_LETTER})\s*[.．、)）:：])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The number before an entry, where in the text its words begin, and what stands around the number."""

    number: int
    end: int
    form: str = ""


def mark_of(text: str) -> Mark | None:
    """Return the number that *text* begins with as an entry does (1. [1] ① 参考1:); None when there is none."""
    found = _MARKER_OF_ID.match(text) or _MARKER.match(text)
    return _mark(found) if found else None


def mark_in_order(text: str, expected: int) -> Mark | None:
    """Return the number *expected* where it begins *text* and only what came before shows that it is no part of it.

    "2 Figures", "4.24 frames": the words may begin with a figure of their own, but for the first entry of a list.
    """
    found = _LOOSE_MARKER.match(text)
    if not found or _number(found) != expected or (found["sign"] and expected < 2):
        return None
    return _mark(found)


def _mark(found: re.Match[str]) -> Mark:
    return Mark(_number(found), found.end(), re.sub(r"[\d\s]+", "", found[0]))


def bullet_end(text: str) -> int:
    """Return where the words after a bullet begin, 0 when *text* has none."""
    found = _BULLET.match(text)
    return found.end() if found else 0


def begins_entry(text: str) -> bool:
    """Return whether *text* begins with a number or a bullet."""
    return bool(_MARKER.match(text) or _MARKER_OF_ID.match(text) or _BULLET.match(text))


def letter_marks(texts: Sequence[str]) -> dict[int, Mark]:
    """Return, by place in *texts*, the letters that count through them: 가. 나. or a) b) or 一、二、.

    They count when one of them is first, a second follows, and none is left out; other texts may stand between.
    """
    found = {place: match for place, text in enumerate(texts) if (match := _LETTER.match(text))}
    if len(found) < 2:
        return {}
    for letters in _LETTERS:
        marks = list(_counted(found, letters))
        if len(marks) > 1 and [mark.number for _, mark in marks] == list(range(1, len(marks) + 1)):
            return dict(marks)
    return {}


def _counted(found: dict[int, re.Match[str]], letters: Sequence[str]) -> Iterator[tuple[int, Mark]]:
    for place, match in found.items():
        letter = (match["boxed"] or match["plain"]).lower()
        if letter in letters:
            yield place, Mark(letters.index(letter) + 1, match.end())


def _number(found: re.Match[str]) -> int:
    groups = found.groupdict()
    if groups.get("circled"):
        return CIRCLED[groups["circled"]]
    digits = next(value for name in ("boxed", "round", "noted", "plain") if (value := groups.get(name)))
    return int(unicodedata.normalize("NFKC", digits))

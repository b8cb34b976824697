"""How much sense a legacy body makes when it is read in one encoding: its frequent letters, less what no one writes.

A wrong reading gives letters too, but rare ones, in the wrong case, or glued to those of another alphabet. The tables
hold the commonest letters of each script; together they make up well over half of any page.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

SAMPLE = 200_000  # characters; a longer page says nothing new
_ASIDE = frozenset(  # typography and signs of any language: they tell nothing
    "\u00a0\u00ad©®™°·•–—―‘’‚“”„…‹›«»€£¥§¶¿¡ªº²³¹½¼¾×÷±†‡‰→←↑↓■□▲△▼▽◆◇○●★☆※〒№µ´`¨¸¯\u3000　～〜"
)
_PUNCTUATION = "，。、「」『』（）！？：；《》【】“”ー・"
_HAN_JA = (
    "日本人大学年月時分国会社一二三十上下中東京新開発表研究技術情報記事者高長間後前内外出入行政府市場経済世界米金利用可能"
    "性的対合同様作業生産品力化現実問題方法今回来見言語話思考学習関係以定部全体最多少使手名所書文字画像知先週昨明始期待"
    "動電気車機械計算量数値基礎応動説明確認予告価格選択変更加工場立地区域都県村町女子男児童育教授員験結果調査指導主張"
)
_HAN_ZH = (
    "的一是不了在人有我他这中大来上个国们到说地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然"
    "作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从工业实现应产量力化本长开动高间相关"
    "新闻报技术数据模型企市场美亿元万月今昨京海示表研究机构全部最更被让给为以及其并已但等名位部门政府问题情况认目前很"
    "今些样把第重点体理性度合加计划社文知识智明通交信息程建设管展件使系统制各由因果内外水电车网上路口手话次期"
)
_HAN_TW = (
    "的一是不了在人有我他這中大來上個國們到說地也子時道出而要於就下得可你年生自會那後能對著事其里所去行過家十用發天如然"
    "作方成者多日都三小軍二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從工業實現應產量力化本長開動高間相關"
    "新聞報技術數據資料模型企市場美億元萬月今昨京海示表研究機構全部最更被讓給為以及並已但等名位部門政府問題情況認目前很"
    "些樣把第重點體理性度合加計劃社文知識智明通交信息程建設管展件使系統制各由因果內外水電車網路口手話次期臺灣台"
)
_HANGUL = (
    "이다는의에을를가고하은지로한사도기서자인대어과리해시아나그일들것수보정있부전상게적으제라만장원주면성스까했었니"
    "요당회구세국년월습비조공무소와및동경문개방위신의여거모안건현중명연학생각우때말영미진화심선용산교재식단관물"
    "관결계따른통입발표드받터트업체금력분내외치히며라음야려러데에서간더오늘많같없던였된될되않던임"
)
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёіїє"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊ"
_LATIN = {
    "windows-1252": "éèêëàâäáãåæçñóòôöõøœúùûüíìîïßÉÈÀÇÄÖÜÅÆØÁÍÓÚÑ",
    "windows-1250": "ąćęłńóśźżáčďéěíňřšťúůýžäöüôőűßľĺŕăâîșțşţĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽÄÖÜ",
    "windows-1254": "çğıöşüâîûÇĞİÖŞÜé",
}
_MIXED_CYRILLIC = re.compile("[а-яёіїє][А-ЯЁІЇЄ]|[A-Za-z][а-яё]|[а-яё][A-Za-z]")
_MIXED_GREEK = re.compile("[α-ώ][Α-Ω]|[A-Za-z][α-ω]|[α-ω][A-Za-z]")
_LATIN_RUN = re.compile("[^\x00-\x7f\u2010-\u203a]{5,}|[a-z][À-ÖØ-ÞŁŚŻŹĄĘŞİ]+[a-z]|[a-z][£¥¦³¹²¼¾¿¡ª±]+[a-z]")
_THAI = "านรอกเงยมลวดทสตะปบคหแจพชขใไผถธภ่้ัิีึืุูำ์็"
_HAN_IN_WORD = re.compile("[a-z][\u3400-\u9fff\uff61-\uff9f][a-z]")
_NEVER = re.compile("[\ue000-\uf8ff\u2500-\u257f\u3105-\u312f\u3131-\u318e\u3400-\u4dbf\u0080-\u009f\ufffd]")


@dataclass(frozen=True, slots=True)
class Script:
    """Letters that pages of one script are full of, and what their right reading never shows."""

    frequent: frozenset[str]
    usual: re.Pattern[str] | None = None  # other letters that are no surprise
    odd: re.Pattern[str] | None = None
    is_wide: bool = False


@cache
def _scripts() -> dict[str, Script]:
    japanese = Script(
        frozenset(_HAN_JA + _PUNCTUATION), re.compile("[ぁ-んァ-ヶ]"), re.compile("[\u0400-\u04ff가-힣]"), True
    )
    chinese = Script(frozenset(_HAN_ZH + _HAN_TW + _PUNCTUATION), None, re.compile("[ぁ-んァ-ヶ\u0400-\u04ff]"), True)
    taiwanese = Script(frozenset(_HAN_TW + _PUNCTUATION), None, re.compile("[ぁ-んァ-ヶ\u0400-\u04ff]"), True)
    korean = Script(frozenset(_HANGUL + _PUNCTUATION), None, re.compile("[ぁ-んァ-ヶ\u0400-\u04ff]"), True)
    cyrillic, greek = Script(frozenset(_CYRILLIC), None, _MIXED_CYRILLIC), Script(frozenset(_GREEK), None, _MIXED_GREEK)
    latin = {name: Script(frozenset(letters), None, _LATIN_RUN) for name, letters in _LATIN.items()}
    thai = Script(frozenset(_THAI), None, re.compile("[ฅฃฮฏฎฌฑฒฐฆฯฬฦ๏๚๛]|[\u0e01-\u0e3a][A-Za-z]"))
    return {
        **dict.fromkeys(("shift_jis", "euc-jp", "iso-2022-jp"), japanese),
        **dict.fromkeys(("gbk", "gb18030", "hz-gb-2312"), chinese),
        "big5": taiwanese,
        **dict.fromkeys(("euc-kr", "iso-2022-kr"), korean),
        **dict.fromkeys(("windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "ibm866", "x-mac-cyrillic"), cyrillic),
        **dict.fromkeys(("windows-1253", "iso-8859-7"), greek),
        "windows-874": thai,
        **latin,
        "iso-8859-15": latin["windows-1252"],
        "iso-8859-2": latin["windows-1250"],
    }


def sense(text: str, encoding: str) -> float | None:
    """Return how much of what is beyond ASCII in *text* is what its readers' language is full of.

    1 is all of it; below 0 there is more that no one writes. None when nothing tells: the text is ASCII with signs,
    or we know no letters of the encoding's languages.
    """
    script = _scripts().get(encoding)
    sample = text[:SAMPLE]
    counts = Counter(re.findall("[^\x00-\x7f]", sample))
    n_letters = sum(n for letter, n in counts.items() if letter not in _ASIDE)
    if script is None or not n_letters:
        return None
    n_good = n_odd = 0.0
    for letter, n in counts.items():
        if letter in script.frequent or (script.usual and script.usual.match(letter)):
            n_good += n
        elif _NEVER.match(letter):
            n_odd += 2 * n
    mixed = _HAN_IN_WORD if script.is_wide else None
    n_odd += sum(2 * sum(map(len, pattern.findall(sample))) for pattern in (script.odd, mixed) if pattern)
    return (n_good - n_odd) / n_letters

"""Sources that a text names without a link: outlets, papers by title, public bodies, leaderboards, company blogs.

Precision comes before recall: a company that an article is about is no source until its blog or report is named.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from archive.model import Mention

KATAKANA = "\u30a1-\u30ff"
LATIN = "A-Za-z0-9À-ÿ"
# How the sentence goes on when a public body is the source of what it says.
PUBLISHED = re.compile(
    r"声明|発表|公表|公開|報道官|報告|レポート|計画|文書|述べ|指摘|明らかに|調査|統計|推計|予測|勧告|ガイドライン"
    r"|[がはも](?:示|求め|決め)|方針|指針|提言|決議|採択|可決|白書"
    r"|发布|發布|宣布|公布|报告|報告|文件|表示|指出|发言人|發言人|计划|数据|调查|预测|决议|決議|方针|指南|白皮书|通过了"
    r"|성명|발표|보고서|대변인|밝혔|계획|조사|결의|방침|지침|백서"
    r"|statement|announc|publish|releas|report|spokes|said|says|plan\b|survey|estimate|data\b|warned|document"
    r"|resolution|guideline|guidance|white paper|executive order|unveil"
    r"|déclar|rapport|publi|annonc|porte-parole|erklär|Bericht|Sprecher|veröffentlich|mitteil"
)
# What stands right behind or before a name that is also a word (Nature, Time).
CUE_BEHIND = (
    r"\s?(?:誌|紙|電子版|マガジン|に掲載|によると|によれば|が報じ|は報じ|の報道|の取材|のインタビュー|が伝え|は伝え|の(?:調査|推計|予測|統計)"
    r"|杂志|雜誌|》|的报道|报道|報道|消息|的?(?:数据|統計|统计|預測|预测)(?:显示|顯示)?"
    r"|magazine\b|reported\b|reports\b|journal\b|(?:estimates|data|figures)\b|誌에|지에|에 따르면|가 보도|이 보도|보도)"
)
CUE_BEFORE = (
    r"published in |[Aa]ccording to |appeared in |reported by |an interview with |told |雑誌|学術誌|科学誌|(?<=据)"
)
IN_MARKS = r"杂志|雜誌|期刊|周刊"
# What stands before an alias where it is a part of another word: 中国連合.
OTHER_WORD_BEFORE = {"国連": "中韓米英各全外本他自"}
# What stands between a company and its blog or release, and what before a company that issued one.
OWNS = r"(?:社)?(?:'s|’s|は|が|の|も|、|,|在|于|的|는|은|가|이|의|\s)?\s?(?:said in a |wrote in a )?"
RELEASE_BY = r"(?:blog post|press release|announcement|technical report)s? (?:by|from|of) "
RELEASES = (
    r"(?:ブログ|博客|部落格|블로그|blog\b|blog post|プレスリリース|ニュースリリース|新闻稿|新聞稿|보도자료"
    r"|press release|技術レポート|テクニカルレポート|技术报告|技術報告書?|기술 보고서"
    r"|technical report|system card|システムカード|公告|announcement)"
)
RELEASE = re.compile(RELEASES)
BLOG = (
    r"(?:公式|自社|同社|技術|技术|官方|公司|研究|エンジニアリング|\s|の|其|공식|자사"
    rf"|official|company|engineering|research|tech){{0,3}}{RELEASES}"
)
SHORTEST_TITLE = 8
PAPER_WORDS = re.compile(
    r"論文|论文|預印本|预印本|プレプリント|논문|研究|[Pp]aper|[Pp]reprint|[Ss]tud(?:y|ie)|[Éé]tude|[Aa]rbeit| on | in "
)
QUOTE = re.compile('[「『《〈“"„«‘]')
TITLE = r"[「『《〈“\"„«‘]\s?([^「」『』《》〈〉“”\"„«»\n]{8,300})[」』》〉”\"“»’]"
PAPERS = (
    rf"(?:論文|研究論文|プレプリント|论文|預印本|预印本|논문|paper|preprint|study|papier|étude|Studie|Arbeit)"
    rf"(?:は|の|、|,|:|：|为|\s|titled|entitled|called|intitulée?|mit dem Titel){{0,3}}\s?{TITLE}",
    rf"{TITLE}\s?(?:と題(?:する|した|された)|という(?:題の|タイトルの)?|の)(?:[^。「」]{{0,10}})(?:論文|プレプリント)",
    rf"(?:题为|題為|名为|标题为)\s?{TITLE}\s?的(?:[^。]{{0,8}})(?:论文|研究|報告|报告|預印本|预印本)",
    rf"{TITLE}\s?(?:이라는|라는)\s?(?:제목의\s?)?논문",
    rf"{TITLE},?\s(?:published|posted|appeared)\s(?:in|on)\s",
)
ARXIV = re.compile(
    rf"(?<![{LATIN}])arXiv(?![{LATIN}])(?=[^。.\n]{{0,30}}(?:論文|论文|論文|プレプリント|预印本|預印本|논문|paper|preprint))"
    rf"|(?:論文|论文|プレプリント|预印本|논문|[Pp]aper|[Pp]reprint)[^。.\n]{{0,30}}?(?<![{LATIN}])arXiv(?![{LATIN}])"
)
THIRD_PARTY = re.compile(
    r"(?:サードパーティー?|第三者(?:機関)?)(?:の|による)(?:[^。、]{0,8})(?:統計|データ|調査|推計|分析)"
    r"|第三方(?:机构)?(?:的)?(?:统计|数据|調查|调查|統計|數據)"
    r"|[Tt]hird[- ]party (?:statistics|data|estimates|analysis|research)|제3자(?:의)?\s?(?:통계|데이터|조사)"
    r"|(?:statistiques|données) de tiers|Statistiken von Drittanbietern"
)
THIRD = ("サードパーティ", "第三者", "第三方", "hird", "제3자", "tiers", "Drittanbietern")  # one of them stands in each
TRANSLATED = re.compile(r"^([ -~’–—]{8,}?)\s?[(（][^()（）]*[\u3040-\u9fff\uac00-\ud7a3][^()（）]*[)）]$")
KINDS = {"outlet_by_cue": "outlet", "outlet_in_marks": "outlet", "statistics_by_cue": "statistics"}
SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    name: str
    kind: str


def find_mentions(
    paragraphs: Sequence[str], captions: Sequence[tuple[str, int]] = (), *, leave_out: Collection[str] = ()
) -> list[Mention]:
    """Return the sources named in *paragraphs* and *captions*, each once per paragraph, in the order of the text.

    A caption is (text, number of the paragraph it follows, 0 before the first); what it names counts for that
    paragraph. *leave_out* are usual names that the caller has already, for example of linked sources.

    >>> [(found.name, found.kind) for found in find_mentions(["ロイター通信によると、広告主が離れた。"])]
    [('Reuters', 'outlet')]
    """
    texts = [(number, 0, text) for number, text in enumerate(paragraphs, 1)]
    texts += [(number, 1, text) for text, number in captions]
    whole = "\n".join(text for _, _, text in texts)
    known = _known(whole)
    has_statistics = any(word in whole for word in THIRD) and THIRD_PARTY.search(whole) is not None
    if not (known or has_statistics or ("arXiv" in whole) or (QUOTE.search(whole) and PAPER_WORDS.search(whole))):
        return []
    seen: set[tuple[str, int]] = set()
    mentions = []
    for number, _, text in sorted(texts, key=lambda entry: entry[:2]):
        for found in _find(text, known, has_statistics=has_statistics):
            if found.name not in leave_out and (found.name, number) not in seen:
                seen.add((found.name, number))
                words = text[found.start : found.end].strip()
                mentions.append(Mention(name=found.name, kind=found.kind, text=words, paragraph=number))
    return mentions


def _known(whole: str) -> list[tuple[str, str, str]]:
    """Return the entries of the lexicon that may be named in a text."""
    letters, table = set(whole), _by_letter()
    # Most of the lexicon is in no article, and most of that has a letter that the article has not.
    places = sorted(
        place
        for letter in letters & table.keys()
        for place, alias in table[letter]
        if letters.issuperset(alias) and alias in whole
    )
    known = [_aliases()[place] for place in places]
    return known if RELEASE.search(whole) else [entry for entry in known if entry[2] != "company"]


def _find(text: str, known: Sequence[tuple[str, str, str]], *, has_statistics: bool) -> list[_Found]:
    found = list(_papers(text))
    rest = _masked(text, found)
    if not found and "arXiv" in rest:
        found += [_Found(*match.span(), "arXiv", "paper") for match in ARXIV.finditer(rest)]
    for alias, name, kind in known:
        if alias in rest:
            found += [_Found(*match.span(), name, KINDS.get(kind, kind)) for match in _occurrences(alias, kind, rest)]
    if has_statistics:
        found += [_Found(*match.span(), "third-party statistics", "statistics") for match in THIRD_PARTY.finditer(rest)]
    if not found:
        return []
    found.sort(key=lambda one: (one.start, -one.end))
    return [one for place, one in enumerate(found) if not any(one.end <= before.end for before in found[:place])]


def _papers(text: str) -> Iterator[_Found]:
    if not (QUOTE.search(text) and PAPER_WORDS.search(text)):
        return
    taken: set[int] = set()
    for pattern in _paper_patterns():
        for match in pattern.finditer(text):
            title = match[1].strip(" ,.、。")
            if match.start(1) not in taken and len(title) >= SHORTEST_TITLE:
                taken.add(match.start(1))
                original = TRANSLATED.match(title)
                yield _Found(match.start(1), match.end(1), original[1] if original else title, "paper")


def _masked(text: str, found: Iterable[_Found]) -> str:
    """Blank the titles, so that no outlet is found inside one."""
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _occurrences(alias: str, kind: str, text: str) -> Iterator[re.Match[str]]:
    for match in _pattern(alias, kind).finditer(text):
        if kind == "institution":
            end = SENTENCE_END.search(text, match.end())
            if not PUBLISHED.search(text, match.start(), end.start() if end else len(text)):
                continue
        yield match


@cache
def _aliases() -> tuple[tuple[str, str, str], ...]:
    """Return (alias, usual name, kind) of the whole lexicon."""
    table = tomllib.loads((files("archive") / "lexicon.toml").read_text(encoding="utf-8"))
    return tuple(
        (alias, name, kind)
        for kind, entries in table.items()
        for name, aliases in entries.items()
        for alias in (aliases[2:].split("|") if aliases.startswith("-|") else (name, *aliases.split("|")))
        if alias
    )


@cache
def _by_letter() -> Mapping[str, Sequence[tuple[int, str]]]:
    """Return that letter of an alias which fewest others have -> (place in _aliases(), alias)."""
    n_aliases = Counter(letter for alias, _, _ in _aliases() for letter in set(alias))
    table: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, (alias, _, _) in enumerate(_aliases()):
        table[min(alias, key=lambda letter: n_aliases[letter])].append((place, alias))
    return table


@cache
def _pattern(alias: str, kind: str) -> re.Pattern[str]:
    name = _bounded(alias)
    if kind == "outlet_in_marks":
        return re.compile(f"(?<=[《『〈]){name}(?=[》』〉])|{name}(?={IN_MARKS})")
    if kind.endswith("_by_cue"):
        return re.compile(f"{name}(?={CUE_BEHIND})|(?<=《){name}(?=》)|(?:{CUE_BEFORE}){name}")
    if kind == "company":
        return re.compile(f"{name}{OWNS}{BLOG}|(?:{RELEASE_BY}){name}")
    return re.compile(name)


@cache
def _paper_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in PAPERS)


def _bounded(alias: str) -> str:
    """Return the pattern of a name that does not go on in its own script: no CNBC in CNBCX, no メタ in メタル."""
    before, after = _script(alias[0]), _script(alias[-1])
    left = rf"(?<![{before}])" if before else ""
    right = rf"(?![{after}])" if after else ""
    if other := OTHER_WORD_BEFORE.get(alias):
        left = f"(?<![{other}])"
    return f"{left}{re.escape(alias)}{right}"


def _script(char: str) -> str:
    if re.match(f"[{LATIN}]", char):
        return LATIN
    return KATAKANA if re.match(f"[{KATAKANA}]", char) else ""

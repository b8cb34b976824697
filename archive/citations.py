"""What an article cites: the reference list it prints (参考リンク), entry by entry."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from archive.identity import Identity, arxiv_in, doi_in, identify
from archive.model import Reference
from archive.printed_addresses import URL, addresses_in, is_address_like
from archive.urls import INVISIBLE, N_KEPT

__all__ = [
    "Identity",
    "ReferenceLine",
    "ReferenceList",
    "holds_address",
    "identify",
    "is_reference_label",
    "parse_reference_list",
    "printed_number",
    "read_reference_list",
]

# Labels seen on hyper.ai and its language editions, and their siblings on other sites (SITES 5.2).
LABELS = (
    r"[参參]考(?:リンク|文献|資料|サイト|記事|ウェブサイト|ページ|情報|url|ソース|元|链接|鏈接|連結|资料|文章|来源|來源|网址|文獻|內容|内容)?"
    r"(?:一覧|リスト|列表)?|相关参考",
    r"(?:引用|参照)(?:元|文献|リンク|サイト|链接|来源|來源)?(?:一覧|リスト)?|出典(?:一覧|リンク)?|情報源",
    r"(?:资料|資料|信息|消息)?(?:来源|來源)",
    r"참고\s?(?:링크|자료|문헌|사이트|기사)?|참조\s?(?:링크)?|출처|인용",
    r"(?:notes? (?:and|&) )?references?(?: links?| list| (?:and|&) (?:notes|links))?|refs?\.?",
    r"(?:reference|source) links?|(?:primary )?sources?|works cited|bibliography|citations?|literature cited|footnotes",
    r"liens? de r[ée]f[ée]rences?|r[ée]f[ée]rences?|bibliographie",
    r"quellen?(?:angaben?|verzeichnis|nachweise?)?|referenz(?:en|links?)?|einzelnachweise|nachweise",
    r"literatur(?:verzeichnis|angaben|hinweise)?",
    r"referencias?|fuentes?|enlaces de referencia|bibliograf[íi]a|riferimenti|fonti|refer[êe]ncias|links de referência",
    r"источники|ссылки|литература",
)
NAME = rf"(?:{'|'.join(LABELS)})(?![a-zà-ÿ])"
# "参考文献 / References", "Sources and references": two names of one list.
LABEL = re.compile(
    rf"^[^\w\[(（]*[\[【(（「〔]?\s*{NAME}(?:\s*(?:[/／|｜&]|\b(?:and|und|et)\b)\s*{NAME})?\s*"
    r"(?:[(（][^()（）]*[)）])?\s*[\]】)）」〕]?\s*(?P<colon>[:：]?)\s*",
    re.IGNORECASE,
)

CIRCLED = {chr(first + place): number + place for first, last, number in (
    (0x2460, 0x2473, 1), (0x2474, 0x2487, 1), (0x2488, 0x249B, 1), (0x24F5, 0x24FE, 1), (0x2776, 0x277F, 1),
    (0x2780, 0x2789, 1), (0x278A, 0x2793, 1), (0x24EB, 0x24F4, 11), (0x3251, 0x325F, 21), (0x32B1, 0x32BF, 36),
) for place in range(last - first + 1)}  # fmt: skip
DIGITS = r"[0-9０-９]{1,3}"
LABEL_BEFORE_NUMBER = r"参考|文献|出典|資料|引用|来源|참고|[Ss]ource|[Rr]ef(?:erence|\.)?"
# "2.5 billion" and "1.5億" are no entries; "10.1038/…" is a DOI and no tenth entry.
NOT_A_NUMBER = r"(?![0-9０-９]+(?:[\s.．%％]|$|[bmkx]\b|[億万兆亿]))"
MARKER = re.compile(
    rf"\s*(?!10\.\d{{4,9}}/)(?:[\[［【〔]\s*\^?(?P<boxed>{DIGITS})\s*[\]］】〕]\s*[:：.．、]?"
    rf"|[(（]\s*(?P<round>{DIGITS})\s*[)）]|(?:注|※|#|＃|{LABEL_BEFORE_NUMBER})\s*(?P<noted>{DIGITS})\s*[.．:：、)）]?"
    rf"|(?P<plain>{DIGITS})\s*(?:[.．]{NOT_A_NUMBER}|[、)）:：\]］｡。,，](?!\d)|(?=https?:|www\.))"
    rf"|(?P<circled>[{''.join(CIRCLED)}])\s*[.．、:：]?)\s*"
)
# A number before a bare DOI or arXiv number: "1.10.1038/…", "2. 2509.12345".
MARKER_OF_ID = re.compile(rf"\s*(?P<plain>{DIGITS})[.．、]\s*(?=10\.\d{{4,9}}/|\d{{4}}\.\d{{4,5}}\b)")
MARKER_OF_COLUMN = re.compile(rf"\s*(?P<plain>{DIGITS})[ \t\u3000]+(?=\S)")
BULLET = re.compile(r"\s*[・•●○◦▪■□◆◇▶►➢※*＊‣⁃–—-]\s*(?=\S)")
NOT_CLEAN = re.compile(rf"{INVISIBLE.pattern}|[\u00a0\u3000]| {{2}}")
VISIBLE_AS = {"\n": "\n", "\r": "\n", "\t": " ", "\x0b": "\n", "\x0c": "\n"}
WORDS_BESIDE_URL = re.compile(r"(?:url|link|リンク|链接|available|at|from)", re.IGNORECASE)
LONGEST_LINE = 4000  # characters; an entry is a line, not a chapter
LONGEST_ENTRY = 600  # characters of an entry without a number; a longer one is a paragraph with a link
LINES_TO_ADDRESS = 2  # lines that a title may take before its address
LONGEST_CONTINUATION = 300  # characters of a line that goes on with an entry
ACCESSED = re.compile(
    r"[(（\[［]?\s*(?:(?:last )?accessed|retrieved|(?:zuletzt )?abgerufen|consult[ée]|(?:最終)?閲覧|アクセス日|"
    r"访问|접속|검색일)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """One line of a printed reference list; *links* are its anchors as (href, text), in order.

    `is_entry`: the page's structure says that this is one entry, however many lines it has and whether or not it holds
    an address (an item of a list, a row of a table). `number` is then what its marker shows: it counts more than a
    number at the head of the text, which may belong to a title; None when only the text can tell.
    """

    text: str
    links: tuple[tuple[str, str], ...] = ()
    is_entry: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A reference list as read: its entries, and how many of the lines handed in belong to it."""

    references: tuple[Reference, ...]
    n_lines: int


@dataclass(slots=True)
class _Entry:
    number: int
    has_number: bool
    texts: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line taken apart: its printed number, its words without that number, and the addresses it holds."""

    source: int
    number: int | None
    text: str
    urls: tuple[str, ...]
    is_only_url: bool
    is_bullet: bool
    has_id: bool
    is_entry: bool = False


@lru_cache(maxsize=N_KEPT)
def is_reference_label(text: str) -> bool:
    """Return whether *text* opens a reference list: 参考リンク： alone, or followed at once by its first entry.

    Source: the labels of SITES 5.2 in ja, zh, ko, en, fr, de; with ":", "：" or none. Prose that begins with such a
    word (参考文献によると…) is no label.
    """
    line = _clean(text)
    found = LABEL.match(line)
    if not found:
        return False
    rest = line[found.end() :].strip(" .:：。-–—=_*|\n")
    return not rest or _opens_with_entry(rest, after_colon=bool(found["colon"]))


def printed_number(text: str) -> int | None:
    """Return the number that *text* begins with as an entry does (1. [1] ① 参考1:); None when there is none."""
    marker = _marker(_clean(text))
    return _number(marker) if marker else None


def holds_address(line: ReferenceLine) -> bool:
    """Return whether *line* holds an address, a DOI or an arXiv number, printed or behind an anchor."""
    text = _clean(line.text)[:LONGEST_LINE]
    return bool(addresses_in(text, line.links)[0] or doi_in(text) or arxiv_in(text))


def parse_reference_list(lines: Sequence[ReferenceLine | str]) -> list[Reference]:
    """Return the entries of the reference list that begins in the first of *lines*, complete and in order.

    The label may be among the lines. Numbers are kept as printed; entries without one count from 1. An entry without
    an address keeps its text; one with two addresses becomes two references of one number. Where an anchor's href and
    its text differ, the href counts. The list ends at the first line that is no entry. Nothing is raised.

    >>> [(found.number, found.url) for found in parse_reference_list(["参考リンク：", "①https://sacra.com/c/xai/。"])]
    [(1, 'https://sacra.com/c/xai/')]
    """
    return list(read_reference_list(lines).references)


def read_reference_list(lines: Sequence[ReferenceLine | str]) -> ReferenceList:
    """Return the list as parse_reference_list() does, and how many of *lines* (with the label) it takes up."""
    return _read_list(tuple(lines))


@lru_cache(maxsize=32)  # where a list ends is asked before what it says
def _read_list(lines: tuple[ReferenceLine | str, ...]) -> ReferenceList:
    taken: list[_Entry] = []
    read = list(_lines(lines))
    n_lines = 0
    for place, line in enumerate(read):
        ahead = read[place + 1 : place + 1 + LINES_TO_ADDRESS]
        if (line.text or line.urls) and not _take(line, ahead, taken):
            break
        n_lines = line.source + 1
    if taken or n_lines:
        references = tuple(reference for entry in taken for reference in _references(entry))
        return ReferenceList(references, n_lines)
    return ReferenceList((), 0)


def _take(line: _Line, ahead: Sequence[_Line], taken: list[_Entry]) -> bool:
    """Add *line* to the entries; False when it is no part of the list."""
    last = taken[-1] if taken else None
    if line.number is not None:
        is_lower = bool(last and last.has_number and line.number < last.number)
        if is_lower and not (line.urls or line.has_id or line.is_entry):
            return False
        taken.append(_Entry(line.number, True, [line.text], list(line.urls)))
        return True
    numbered = bool(last and last.has_number)
    if last and line.is_only_url and (numbered or not last.urls):
        last.urls.extend(line.urls)
        return True
    comes = _address_comes(ahead)
    if last and ((comes and not last.urls and not line.urls) or _goes_on(line, last, ahead)):
        last.texts.append(line.text)
        last.urls.extend(line.urls)
        return True
    if numbered or len(line.text) > LONGEST_ENTRY or not (line.urls or line.has_id or line.is_bullet or comes):
        return False
    taken.append(_Entry(len(taken) + 1, False, [line.text], list(line.urls)))
    return True


def _goes_on(line: _Line, last: _Entry, ahead: Sequence[_Line]) -> bool:
    """Return whether *line* belongs to the entry before it: the next number follows, or it says when that was read."""
    if len(line.text) > LONGEST_CONTINUATION:
        return False
    is_between = last.has_number and any(later.number == last.number + 1 for later in ahead)
    return is_between or bool(last.urls and ACCESSED.match(line.text))


def _address_comes(ahead: Sequence[_Line]) -> bool:
    for line in ahead:
        if line.number is not None or line.is_bullet:
            return False
        if line.is_only_url:
            return True
    return False


def _references(entry: _Entry) -> Iterator[Reference]:
    text = " ".join(part for part in entry.texts if part).strip()
    urls: list[str | None] = list(entry.urls)
    doi, arxiv = doi_in(text), arxiv_in(text)
    if not urls:
        urls = [f"https://doi.org/{doi}" if doi else f"https://arxiv.org/abs/{arxiv[0]}{arxiv[1]}" if arxiv else None]
    for url in urls:
        if url is None:
            yield Reference(number=entry.number, url=None, text=text)
            continue
        found = identify(url)
        alone = len(urls) == 1
        yield Reference(
            number=entry.number,
            url=found.url,
            text=text,
            kind=found.kind,
            doi=found.doi or (doi if alone else None),
            arxiv_id=found.arxiv_id or (arxiv[0] if arxiv and alone else None),
        )


def _lines(lines: Sequence[ReferenceLine | str]) -> Iterator[_Line]:
    """Take the lines apart, without the label; one line may hold several entries whose breaks were lost."""
    expected, is_first = 1, True
    for source, line in enumerate(lines):
        whole = ReferenceLine(line) if isinstance(line, str) else line
        if whole.is_entry:
            read = _read_entry(whole, source=source, expected=expected)
            expected, is_first = (read.number or 0) + 1, False
            yield read
            continue
        for text, links in _parts(whole):
            rest = text
            if is_first and is_reference_label(text):
                rest = LABEL.sub("", text, count=1)
            is_first = is_first and not text
            for piece, piece_links in _pieces(rest, links, expected):
                read = _read_line(piece, piece_links, source=source, expected=expected)
                expected = read.number + 1 if read.number is not None else expected
                yield read


def _parts(line: ReferenceLine) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Split a line at the breaks inside it and hand each part its anchors."""
    parts = [_clean(part) for part in line.text[: LONGEST_LINE * 25].splitlines()] or [""]
    yield from zip(parts, _shared_out(line.links, parts), strict=True)


def _pieces(
    text: str, links: tuple[tuple[str, str], ...], expected: int
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Split "1.https://a.example/2.https://b.example/" at the next number that an address or a linked title follows."""
    pieces, number = [], expected + 1
    while (start := _start_of(number, text, links)) is not None:
        pieces.append(text[:start])
        text, number = text[start:].lstrip(), number + 1
    pieces.append(text)
    yield from zip(pieces, _shared_out(links, pieces), strict=True)


def _start_of(number: int, text: str, links: Sequence[tuple[str, str]]) -> int | None:
    """Return where in *text*, after its beginning, the entry *number* starts."""
    mark = rf"[\[(（【]?{number}\s*[.．、)）\]】]\s*(?=https?:)"
    found = re.search(rf"(?:(?<=[^\s\d])\s?(?<![\d.])|(?<=\d)\s){mark}", text)
    titles = (shown for _, shown in links[1:] if printed_number(shown) == number)
    starts = [found.start()] if found else [start for shown in titles if (start := text.find(shown)) > 0]
    return min(starts, default=None)


def _shared_out(links: Sequence[tuple[str, str]], parts: Sequence[str]) -> list[tuple[tuple[str, str], ...]]:
    """Hand every link to the first part, from the one before it on, that shows its text."""
    shares: list[list[tuple[str, str]]] = [[] for _ in parts]
    place = 0
    for href, shown in links:
        text = _clean(shown)
        place = next((index for index in range(place, len(parts)) if text and text in parts[index]), place)
        shares[place].append((href, text))
    return [tuple(share) for share in shares]


def _read_entry(line: ReferenceLine, *, source: int, expected: int) -> _Line:
    """Read an entry whose extent the page's structure tells; its number is printed, or the marker's, or its place."""
    text = _clean(" ".join(line.text.split("\n")))[:LONGEST_LINE]
    links = tuple((href, _clean(shown)) for href, shown in line.links)
    marker = _marker(text)
    if marker and line.number not in (None, _number(marker)):
        marker = None  # "3. Auflage", the title of an item that is not the third
    read = _read_words(text, links, marker, source=source)
    number = next(one for one in (line.number, read.number, expected) if one is not None)
    return replace(read, number=number, is_only_url=False, is_entry=True)


def _read_line(text: str, links: tuple[tuple[str, str], ...], *, source: int, expected: int) -> _Line:
    text = text[:LONGEST_LINE]
    marker = _marker(text)
    if not marker and (column := MARKER_OF_COLUMN.match(text)):
        is_next = _number(column) == expected and (links or URL.search(text, column.end()))
        marker = column if is_next else None
    return _read_words(text, links, marker, source=source)


def _read_words(text: str, links: tuple[tuple[str, str], ...], marker: re.Match[str] | None, *, source: int) -> _Line:
    bullet = None if marker else BULLET.match(text)
    start = marker.end() if marker else bullet.end() if bullet else 0
    words = text[start:].strip()
    urls, beside = addresses_in(words, links)
    beside = WORDS_BESIDE_URL.sub("", beside)
    return _Line(
        source=source,
        number=_number(marker) if marker else None,
        text=words,
        urls=urls,
        is_only_url=bool(urls) and not (marker or bullet) and _are_bare(links) and not re.search(r"\w", beside),
        is_bullet=bool(bullet),
        has_id=bool(doi_in(words) or arxiv_in(words)),
    )


def _marker(text: str) -> re.Match[str] | None:
    return MARKER_OF_ID.match(text) or MARKER.match(text)


def _are_bare(links: Sequence[tuple[str, str]]) -> bool:
    # A linked title is an entry of its own, or a related article below the list; a linked address belongs to a title.
    return all(is_address_like(shown) for _, shown in links)


def _number(marker: re.Match[str]) -> int:
    found = marker.groupdict()
    if found.get("circled"):
        return CIRCLED[found["circled"]]
    digits = next(value for name in ("boxed", "round", "noted", "plain") if (value := found.get(name)))
    return int(unicodedata.normalize("NFKC", digits))


def _opens_with_entry(text: str, *, after_colon: bool) -> bool:
    first = text.splitlines()[0]
    if MARKER.match(first) or BULLET.match(first) or URL.match(first):
        return True
    return after_colon and bool(addresses_in(first)[0] or doi_in(first) or arxiv_in(first))


def _clean(text: str) -> str:
    """Drop what cannot be seen, keep line breaks, and make one blank of several."""
    if not NOT_CLEAN.search(text):
        return text.strip()
    return re.sub(r"[ \t\u00a0\u3000]+", " ", INVISIBLE.sub(lambda found: VISIBLE_AS.get(found[0], ""), text)).strip()

"""What an article cites: the reference list it prints (参考リンク), entry by entry."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from archive.bibliographic import n_signs
from archive.identity import Identity, arxiv_in, doi_in, identify
from archive.model import Reference
from archive.printed_addresses import URL, addresses_in, is_address_like
from archive.reference_labels import NO_LABEL, Certainty, Label, read_label
from archive.reference_marks import Mark, begins_entry, bullet_end, letter_marks, mark_in_order, mark_of
from archive.reference_pieces import Links, pieces, shared_out
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
    "reference_label",
]

NOT_CLEAN = re.compile(rf"{INVISIBLE.pattern[:-1]}\u00a0\u3000]")
VISIBLE_AS = {"\n": "\n", "\r": "\n", "\t": " ", "\x0b": "\n", "\x0c": "\n"}
WORDS_BESIDE_URL = re.compile(r"(?:url|link|リンク|链接|available|at|from)", re.IGNORECASE)
LONGEST_LINE = 4000  # characters; an entry is a line, not a chapter
LONGEST_ENTRY = 600  # characters of an entry without a number; a longer one is a paragraph with a link
LINES_TO_ADDRESS = 2  # lines that a title may take before its address
LONGEST_DAY = 60  # characters of a line that gives publisher and day of the title above it
LONGEST_FRAGMENT = 40  # characters beside its address, wide ones counted twice, of what is no sentence yet
SENTENCE_END = re.compile(r"[。.!?！？][」』”\"')）]*$")
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


_Part: TypeAlias = tuple[int, str, Links, ReferenceLine]  # which line it is of, its text and links, that line


@dataclass(slots=True)
class _Entry:
    number: int
    has_number: bool
    is_bullet: bool = False
    is_sentence: bool = False
    texts: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    @property
    def has_title(self) -> bool:
        """Return whether the entry says more than an address."""
        return not all(URL.match(text) and len(text.split()) == 1 for text in self.texts)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line taken apart: its printed number, its words without that number, and the addresses it holds."""

    number: int | None
    text: str
    urls: tuple[str, ...]
    is_only_url: bool
    is_bullet: bool
    has_id: bool
    is_sentence: bool = False
    is_day: bool = False
    is_entry: bool = False
    source: int = 0


@lru_cache(maxsize=N_KEPT)
def reference_label(text: str) -> Label:
    """Return what *text* is as a label of a reference list: 参考リンク： alone, or with its first entry on the line.

    Source: the labels of SITES 5.2 in ja, zh, ko, en, fr, de; with ":", "：" or none. Prose that begins with such a
    word (参考文献によると…) is no label.
    """
    if len(text) > LONGEST_LINE:
        return NO_LABEL
    label = read_label(_clean(text).partition("\n")[0])
    if label.rest and not _opens_with_entry(label.rest, after_colon=label.has_colon):
        return NO_LABEL
    return label


def is_reference_label(text: str) -> bool:
    """Return whether *text* surely opens a reference list."""
    return reference_label(text).certainty is Certainty.SURE


def printed_number(text: str) -> int | None:
    """Return the number that *text* begins with as an entry does (1. [1] ① 参考1:); None when there is none."""
    mark = mark_of(_clean(text))
    return mark.number if mark else None


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
        taken.append(_Entry(line.number, True, line.is_bullet, line.is_sentence, [line.text], list(line.urls)))
        return True
    numbered = bool(last and last.has_number)
    are_bare = len(taken) > 1 and not any(entry.has_title for entry in taken[:-1])
    if last and line.is_only_url and (numbered or not (last.urls or are_bare)):
        last.urls.extend(line.urls)
        return True
    comes = _address_comes(ahead)
    if last and not line.is_entry and ((comes and not last.urls and not line.urls) or _goes_on(line, last, ahead)):
        last.texts.append(line.text)
        last.urls.extend(line.urls)
        return True
    if not line.is_entry and (numbered or not (comes or _is_entry(line, taken))):
        return False
    taken.append(
        _Entry(last.number + 1 if last else 1, False, line.is_bullet, line.is_sentence, [line.text], list(line.urls))
    )
    return True


def _is_entry(line: _Line, taken: Sequence[_Entry]) -> bool:
    """Return whether a line without number is an entry like those before it: marked as they are, no prose."""
    if len(line.text) > LONGEST_ENTRY or (taken and taken[-1].is_bullet and not line.is_bullet):
        return False
    if line.is_bullet or line.has_id or n_signs(line.text) > 1:
        return True
    return bool(line.urls) and not (taken and line.is_sentence and not any(one.is_sentence for one in taken))


def _goes_on(line: _Line, last: _Entry, ahead: Sequence[_Line]) -> bool:
    """Return whether *line* belongs to the entry before it: the next number follows, or it says when that was read."""
    if len(line.text) > LONGEST_CONTINUATION:
        return False
    is_between = last.has_number and any(later.number == last.number + 1 for later in ahead)
    is_between |= last.is_bullet and not line.is_bullet and any(later.is_bullet for later in ahead)
    # The publisher and the day, between two linked titles.
    is_between |= bool(last.urls and not line.urls and not line.is_bullet and ahead and ahead[0].urls and line.is_day)
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
    parts = list(_without_label(_parts(lines)))
    letters = _letters([text for _, text, _, _ in parts])
    expected, form = 1, ""
    for place, (source, text, links, whole) in enumerate(parts):
        if whole.is_entry:
            read = _read_entry(text, links, letters.get(place), shown=whole.number, expected=expected)
            expected = (expected if read.number is None else read.number) + 1
            yield replace(read, source=source)
            continue
        for piece, piece_links in [(text, links)] if place in letters else pieces(text, links, expected):
            mark = mark_of(piece) or letters.get(place) or _mark_in_order(piece, expected, piece_links, form)
            read = _read_words(piece[:LONGEST_LINE], piece_links, mark)
            expected, form = (mark.number + 1, mark.form) if mark else (expected, form)
            yield replace(read, source=source)


def _parts(lines: Sequence[ReferenceLine | str]) -> Iterator[_Part]:
    """Split the lines at the breaks inside them and hand each part its anchors; an entry stays whole."""
    for source, line in enumerate(lines):
        whole = ReferenceLine(line) if isinstance(line, str) else line
        if whole.is_entry:
            text = _clean(" ".join(whole.text.split("\n")))[:LONGEST_LINE]
            yield source, text, _clean_links(whole.links), whole
            continue
        texts = [_clean(part) for part in whole.text[: LONGEST_LINE * 25].splitlines()] or [""]
        for text, links in zip(texts, shared_out(_clean_links(whole.links), texts), strict=True):
            yield source, text, links, whole


def _without_label(parts: Iterator[_Part]) -> Iterator[_Part]:
    is_first = True
    for source, text, links, whole in parts:
        rest = text
        if is_first and text and not whole.is_entry and (label := reference_label(text)).certainty is Certainty.SURE:
            rest = label.rest
        is_first = is_first and not text
        yield source, rest, links, whole


def _letters(texts: Sequence[str]) -> dict[int, Mark]:
    """Return the letters that count through *texts*, when no numbers do."""
    marks = letter_marks(texts)
    return marks if marks and sum(mark_of(text) is not None for text in texts) < len(marks) else {}


def _read_entry(text: str, links: Links, letter: Mark | None, *, shown: int | None, expected: int) -> _Line:
    """Read an entry whose extent the page's structure tells; *shown* is the number of its marker, if it has one."""
    mark = mark_of(text) or letter or _mark_in_order(text, expected if shown is None else shown, links, "")
    if mark and shown not in (None, mark.number):
        mark = None  # "3. Auflage", the title of an item that is not the third
    read = _read_words(text, links, mark)
    return replace(read, number=read.number if shown is None else shown, is_only_url=False, is_entry=True)


def _mark_in_order(text: str, expected: int, links: Links, form: str) -> Mark | None:
    """Return a number that looks like a figure of the title: in the *form* of the one before, or with an address."""
    mark = mark_in_order(text, expected)
    return mark if mark and (mark.form == form != "" or links or URL.search(text, mark.end)) else None


def _read_words(text: str, links: Links, mark: Mark | None) -> _Line:
    start = mark.end if mark else bullet_end(text)
    if start and not mark and (inner := mark_of(text[start:])):
        mark, start = inner, start + inner.end  # "・1. …"
    words = text[start:].strip()
    urls, beside = addresses_in(words, links)
    beside = WORDS_BESIDE_URL.sub("", beside)
    return _Line(
        number=mark.number if mark else None,
        text=words,
        urls=urls,
        is_only_url=bool(urls) and not start and _are_bare(links) and not re.search(r"\w", beside),
        is_bullet=bool(start and not mark),
        has_id=bool(doi_in(words) or arxiv_in(words)),
        is_sentence=_is_sentence(words, beside),
        is_day=len(words) <= LONGEST_DAY and n_signs(words) == 1 and bool(re.search(r"\d", words)),
    )


def _is_sentence(words: str, beside: str) -> bool:
    """Return whether *words* are prose rather than an entry; *beside* is what they say beside their addresses."""
    weight = sum(1 if char.isascii() else 2 for char in beside if char.isalnum())
    is_ended = bool(SENTENCE_END.search(words) or SENTENCE_END.search(beside.rstrip()))
    return is_ended and weight > LONGEST_FRAGMENT and n_signs(words) < 2


def _are_bare(links: Sequence[tuple[str, str]]) -> bool:
    # A linked title is an entry of its own, or a related article below the list; a linked address belongs to a title.
    return all(is_address_like(shown) for _, shown in links)


def _opens_with_entry(text: str, *, after_colon: bool) -> bool:
    first = text.splitlines()[0]
    if begins_entry(first) or URL.match(first):
        return True
    return after_colon and bool(addresses_in(first)[0] or doi_in(first) or arxiv_in(first))


def _clean_links(links: Links) -> Links:
    return tuple((href, _clean(shown)) for href, shown in links)


def _clean(text: str) -> str:
    """Drop what cannot be seen, keep line breaks, and make one blank of several."""
    if "  " not in text and not NOT_CLEAN.search(text):
        return text.strip()
    return re.sub(r"[ \t\u00a0\u3000]+", " ", INVISIBLE.sub(lambda found: VISIBLE_AS.get(found[0], ""), text)).strip()

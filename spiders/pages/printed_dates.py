"""The dates that a reader of a page sees: near the headline, behind a label, in an element named for a date."""

import re
from collections.abc import Iterable, Iterator

from archive.dates import Label, label_of, parse_date
from spiders.pages.carriers import NAMED_DATE, UPDATED
from spiders.pages.dating import Carrier
from spiders.pages.document import Document, Element, collapse, direct_text

_SOLE = re.compile(
    r"publi[sc]|posted|submitted|pubdate|entry-date|post-?date|article-?date|news-?date|story-?date|datestamp", re.I
)
_DATED = re.compile(r"\d|日|昨|today|gestern|hier")
_PARTS_OF_TEXT = frozenset(
    {"a", "blockquote", "caption", "del", "dl", "figcaption", "figure", "ins", "ol", "pre", "q", "table", "ul"}
    | {"h2", "h3", "h4", "h5", "h6"}
)
_PARTS = re.compile(r"\s+[|·•–—-]\s+|\s*[|·•]\s*")
_PLACE = re.compile(r"^[^\d,.:!?]{2,30},\s+(?=\d)")  # "Hamburg, 3. Juli 2018" of a press release
_OF_OTHERS = re.compile(r"comment|kommentar|coment|reply|related|teaser|recommend|sidebar|widget", re.I)
# What blogs print below a text by default, in their languages; the clock and the categories follow the year.
_ENTRY = re.compile(
    r"(?:this (?:entry|post|article) was (?:posted|published|written)|dieser (?:beitrag|eintrag|artikel) wurde|"
    r"cet(?:te)? (?:article|entrée) a été (?:posté|publiée?)|esta entrada (?:fue publicada|se publicó)|"
    r"este (?:post|artigo) foi publicado|questo (?:articolo|post) è stato (?:pubblicato|scritto)|"
    r"dit (?:bericht|artikel) (?:werd|is) (?:geplaatst|gepubliceerd))(?: \w{1,4}){0,2} (?P<date>[^:]{4,36}?\b\d{4})\b",
    re.I,
)
_OF_A_POST = re.compile(
    r"categor|kategori|catégor|tags?\b|schlagw|author|autor|auteur|カテゴリ|タグ|标签|分类|標籤", re.I
)
_WRITTEN = re.compile(r"\s*\w*date\w*\(\s*[\"'](\d{4}[-/.]\d\d?[-/.]\d\d?)\b[^\"']*[\"']\s*\);?\s*", re.I)
_LABELLED = ("li", "dd", "h2", "h3", "h4", "h5")
_LONGEST, _LONGEST_LINE = 60, 100  # characters of a text with a date; of one that a label opens
_LEAST_FACTS, _LONGEST_FACT, _LONGEST_ROW = 3, 40, 160  # parts of a line that is a row of facts; characters
_MOST_CHILDREN = 6
_NUMBER = re.compile(r"\d\d")
_BEHIND = re.compile(r"\s+(?:geändert|bearbeitet)\.?$")


def near_headline(document: Document, near: list[Element], lang: str | None = None) -> Iterator[Carrier]:
    """Yield the date printed among *near*, the elements around the headline: in one named for a date, else in any.

    *lang* (BCP 47) decides what 12/11/2025 means; without it such a date is none.
    """
    around = set(near)
    named = [node for node in named_for_dates(document.root) if node in around]
    current = [node for node in named if not UPDATED.search(_names(node))]
    # A blog's only date may bear the class "updated" (the microformat hAtom asks for it).
    for nodes in (current, _outside_the_text(near), named):
        if found := next(_dates_in(document, nodes, lang), None):
            yield Carrier("visible", found, is_visible=True)
            return


def anywhere(document: Document, lang: str | None = None) -> Iterator[Carrier]:
    """Yield the date that a page prints as its own, wherever: behind a label ("published on"), else by its markup.

    Nothing when several such dates differ.
    """
    found = labelled(document, "published", lang) or _sole(document, lang) or _same(document, _facts(document), lang)
    found = found or _same(document, _written(document), lang)
    if found:
        yield Carrier("visible", found, is_visible=True)


def labelled(document: Document, label: Label, lang: str | None = None) -> str | None:
    """Return the printed date behind a label of that meaning; None when there is none, or several that differ."""
    lines = (line for node in document.root.iter() for line in _labelled_lines(node, label))
    return _same(document, lines, lang)


def named_for_dates(root: Element) -> Iterator[Element]:
    """Yield the elements of *root* whose tag, class, id or itemprop says that they hold a date."""
    for node in root.iter("time", "span", "div", "p", "li", "small", "em", "a", "dd", "td"):
        if node.tag == "time" or NAMED_DATE.search(_names(node)):
            yield node


def _facts(document: Document) -> Iterator[str]:
    """Yield the dates of lists that tell of a post: "Date: …" beside "Category: …"; those of an event have a place."""
    for box in document.root.iter("dl"):
        names = [_short_text(node) for node in box.iter("dt")]
        if any(map(_OF_A_POST.match, names)):
            yield from (_short_text(node) for node in box.iter("dd") if _is_date_label(node.getprevious()))


def _is_date_label(node: Element | None) -> bool:
    return node is not None and node.tag == "dt" and label_of(_short_text(node)) in ("date", "published")


def _written(document: Document) -> Iterator[str]:
    """Yield the dates that a script writes where it stands: `showDate("2025-11-12 10:30")`."""
    for node in document.root.iter("script"):
        if found := _WRITTEN.fullmatch((node.text or "")[:_LONGEST_LINE]):
            yield found[1]


def _dates_in(document: Document, nodes: Iterable[Element], lang: str | None) -> Iterator[str]:
    """Yield each text of *nodes* that is a date and nothing else (a label aside), or has one as a part."""
    for node in nodes:
        text = _short_text(node) or _row(node)
        if len(text) <= 2 or not _DATED.search(text) or UPDATED.search(text):
            continue
        own = (collapse(part or "") for part in (node.text, *(child.tail for child in node)))
        for part in (text, _PLACE.sub("", text), *_PARTS.split(text), *own):
            found = parse_date(part, seen_at=document.seen_at, lang=lang) if _DATED.search(part) else None
            if found is not None:
                inner = (direct_text(child) for child in (node if part is text else ()) if isinstance(child.tag, str))
                same = (own for own in inner if parse_date(own, seen_at=document.seen_at, lang=lang) == found)
                yield next(same, part)  # what stands beside the date (a source) is no part of it
                break


def _outside_the_text(nodes: Iterable[Element]) -> Iterator[Element]:
    """Yield those of *nodes* that are no part of a text: a quotation, a list, a caption or a link may be a date too.

    A heading or an entry of a list counts when it says what its date is ("Date: 12 May 2024").
    """
    for node in nodes:
        if UPDATED.search(_names(node)):
            continue
        if (node.tag in _LABELLED and label_of(_short_text(node))) or not any(
            box.tag in _PARTS_OF_TEXT for box in (node, *node.iterancestors())
        ):
            yield node


def _sole(document: Document, lang: str | None) -> str | None:
    """Return the date that elements named for a publication date show when all show the same."""
    named = (node for node in named_for_dates(document.root) if _SOLE.search(f"{node.get('class')} {node.get('id')}"))
    return _same(document, _dates_in(document, named, lang), lang)


def _same(document: Document, lines: Iterable[str], lang: str | None) -> str | None:
    found: dict[str, str] = {}
    for line in lines:
        if date := parse_date(line, seen_at=document.seen_at, lang=lang):
            found.setdefault(date.value[:10], line)
    return next(iter(found.values())) if len(found) == 1 else None


def _labelled_lines(node: Element, label: Label) -> Iterator[str]:
    """Yield the lines of *node* and behind it that a label opens: in the line itself, or in the element before."""
    if not isinstance(node.tag, str) or node.tag in ("script", "style"):
        return
    for text, is_tail in ((node.text, False), (node.tail, True)):
        if not text or len(text) > 2 * _LONGEST_LINE or not _NUMBER.search(text):
            continue
        line = _BEHIND.sub("", collapse(text)).strip("[]()")
        if label == "published" and (entry := _ENTRY.match(line)):
            yield entry["date"]
            continue
        if label_of(line) is None:
            before = node if is_tail else node.getprevious()
            line = f"{'' if before is None else _short_text(before)} {line}".strip()
        if len(line) <= _LONGEST_LINE and label_of(line) == label and not _is_of_others(node):
            yield line


def _is_of_others(node: Element) -> bool:
    """Return whether *node* stands in a comment, or in a list of other articles."""
    boxes = (node, *node.iterancestors())
    return any(box.tag in ("nav", "aside") or _OF_OTHERS.search(_names(box)) for box in boxes)


def _short_text(node: Element) -> str:
    """Return the text of a small element; empty when it has many parts or a long text."""
    if len(node) >= _MOST_CHILDREN:
        return ""
    text = direct_text(node)
    return text if len(text) <= _LONGEST else ""


def _row(node: Element) -> str:
    """Return the text of an element that shows a row of short facts ("22/11/2020 - 04:30 - Source"), else nothing."""
    if len(node) >= _MOST_CHILDREN or len(text := direct_text(node)) > _LONGEST_ROW:
        return ""
    facts = _PARTS.split(text)
    return text if len(facts) >= _LEAST_FACTS and max(map(len, facts)) <= _LONGEST_FACT else ""


def _names(node: Element) -> str:
    return " ".join((node.get("class") or "", node.get("id") or "", node.get("itemprop") or ""))

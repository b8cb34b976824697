"""Reading an article by its landmarks: the short labels between headline and body, and where the body ends.

For a site whose markup is generated: no class name is looked at. The order is SITES 1.4 (hyper.ai, 2025-12): date,
category, author, hero image, body, reference list, related items, footer.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from archive.citations import is_reference_label
from archive.reference_marks import mark_of
from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element, direct_text
from spiders.pages.outcomes import weight
from spiders.pages.people import tuple_of_names
from spiders.pages.titles import fold


def _folded(*lines: str) -> frozenset[str]:
    return frozenset(fold(word) for line in lines for word in line.split("|"))


SECTION_WORDS = _folded(
    "ニュース|百科事典|論文|トレンド|ヘッドライン|情報",
    "热门资讯|资讯|新闻|论文|头条|数据集|百科|教程|最新论文|信息",
    "News|Papers|Latest Papers|Trending Stories|Stories|Headlines|Wiki|Datasets|Tutorials|Information|Informations",
    "뉴스|소식|논문|최신 연구 논문|최신 논문|인기 소식|헤드라인|정보",
    "Actualités|Articles|Articles de recherche|Histoires tendance|Nachrichten|Neuigkeiten|Artikel|Trendgeschichten",
)
CHROME = _folded(
    "HyperAI|HyperAIHyperAI|HyperAI超神経|HyperAI超神经|Command Palette|Search for a command to run...|Console",
    "Featured Image|コンソール|控制台|콘솔|Share|Copy link|共有|分享|공유|Partager|Teilen",
)
HERO = _folded("Featured Image|アイキャッチ画像|特色图片|题图|대표 이미지|Image à la une|Beitragsbild")
_RELATED = re.compile(
    r"^\W*(?:関連|おすすめ|こちらも|次の記事|最新(?:記事|ニュース)|相关|相關|推荐|更多|往期|关联|관련|추천|더 보기|"
    r"related|recommended|more (?:news|stories|from)|read (?:more|next)|you may also|latest (?:news|stories)|trending|"
    r"articles? (?:similaires?|connexes?|liés)|à lire aussi|voir aussi|ähnliche|verwandte|"
    r"mehr (?:zum|dazu|nachrichten)|weitere)",
    re.I,
)
_BRAND_LINE = re.compile(r"HyperAI(?:超神経|超神经)?\s*(?:[·•|｜—–-]|$)")
_COPYRIGHT = re.compile(r"©|\bcopyright\b|all rights reserved|ICP备", re.I)
_HANDLE = re.compile(r"^[A-Za-z][\w-]*(?:[.\-_][A-Za-z][\w-]*)+$")
_SEPARATOR = re.compile(r"\s+[·•|｜/]\s+|[·•｜|]")
_SENTENCE_END = re.compile(r"[。．.!?！？…][」』”’\"')）]*$")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_LABEL = 60
_LONGEST_OPENING = 300  # of a text that may be a label; references.py asks for the same, so that it is read once
_LONGEST_NAME = 20  # of a service to which a page may be shared
_NEARLY_ALL = 0.9
_NO_PROSE = frozenset({"script", "style", "noscript", "h1", "h2", "h3", "h4"})
_LONG_PARAGRAPH = 120  # weight of a text: from here on it is the body
_LEAD_KEY = 40  # folded letters
_NEXT = frozenset({"h2", "h3", "h4", "section", "aside", "footer", "nav"})  # after a lead: something else begins
_AFTER_LEAD = 20  # elements
_BEFORE, _AFTER = 25, 150  # elements around a headline where a date is the article's own
_HEADER_BLOCKS = 12  # the header is over within so many blocks


@dataclass(frozen=True, slots=True)
class Header:
    """What stands between the headline and the body, as printed."""

    date: str | None = None
    category: str | None = None
    authors: tuple[str, ...] = ()
    hero: Block | None = None
    n_blocks: int = 0


def read_header(blocks: Sequence[Block], known: Collection[str], is_date: Callable[[str], bool]) -> Header:
    """Return the header that opens *blocks*; *known* are folded names (authors, category) that metadata gives."""
    labels: list[str] = []
    date: str | None = None
    hero: Block | None = None
    end = 0
    for place, block in enumerate(blocks[:_HEADER_BLOCKS]):
        if block.kind is BlockKind.IMAGE:
            if hero is not None or _has_caption(blocks, place):
                break
            hero, end = block, place + 1
            continue
        found = _labels(block)
        is_own = not labels or block.node.getparent() is blocks[place - 1].node.getparent()
        dates = [label for label in found if is_own and is_date(label)]
        may_go_on = date is not None and len(labels) < 3 and hero is None and _is_label_by_place(blocks, place)
        if not found or not (may_go_on or (dates and date is None) or _is_familiar(found, known)):
            break
        date = date or next(iter(dates), None)
        labels.extend(label for label in found if label not in dates and fold(label) not in HERO | CHROME)
        end = place + 1
    category, authors = _category_and_authors(labels, known)
    return Header(date, category, authors, hero, end)


def _has_caption(blocks: Sequence[Block], place: int) -> bool:
    """Return whether the image at *place* is a captioned figure of the body rather than the hero."""
    following = blocks[place + 1] if place + 1 < len(blocks) else None
    return following is not None and following.kind is BlockKind.CAPTION and fold(blocks[place].text) not in HERO


def _is_familiar(labels: Sequence[str], known: Collection[str]) -> bool:
    return any(
        (key := fold(label)) in known or key in HERO or key in CHROME or key in SECTION_WORDS or _HANDLE.match(label)
        for label in labels
    )


def _labels(block: Block) -> list[str]:
    """Return the short labels of a header block; nothing when the block is prose."""
    if block.kind in (BlockKind.TABLE, BlockKind.CODE, BlockKind.QUOTE):
        return []
    pieces = block.pieces or (block.text,)
    labels = [part.strip() for piece in pieces for part in _SEPARATOR.split(piece) if part.strip()]
    if (
        is_sentence(block.text)
        or block.kind is BlockKind.HEADING
        or any(len(label) > _LONGEST_LABEL or "。" in label for label in labels)
    ):
        return []
    return labels


def _is_label_by_place(blocks: Sequence[Block], place: int) -> bool:
    """Return whether a block directly after the date is a label (category, author): short and no sentence."""
    text = blocks[place].text
    return len(text) <= 30 and not _SENTENCE_END.search(text) and place + 1 < len(blocks)


def _category_and_authors(labels: Sequence[str], known: Collection[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return category and authors: in that order when there are both, told by their form when there is one."""
    marked = [label for label in labels if label]
    if not marked:
        return None, ()
    first = marked[0]
    is_author = bool(_HANDLE.match(first)) or (
        fold(first) in known and len(marked) == 1 and fold(first) not in SECTION_WORDS
    )
    category = None if is_author else first
    return category, tuple_of_names(marked if is_author else marked[1:])


def in_article_box(blocks: Sequence[Block], headline: Element) -> list[Block]:
    """Return those of *blocks* in the smallest box around *headline* that has nearly all prose and the reference list.

    What stands beside that box is the site's: related items, a newsletter, columns of links.
    """
    boxes = {box: level for level, box in enumerate(headline.iterancestors())}
    levels = [_level(block.node, boxes) for block in blocks]
    prose = [len(block.text) if is_sentence(block.text) else 0 for block in blocks]
    labels = [
        level for level, block in zip(levels, blocks, strict=True) if is_reference_label(block.text[:_LONGEST_OPENING])
    ]
    enough = _NEARLY_ALL * sum(prose)
    for level in sorted(set(levels)):
        inside = sum(part for part, own in zip(prose, levels, strict=True) if own <= level)
        if inside >= enough and all(own <= level for own in labels):
            return [block for block, own in zip(blocks, levels, strict=True) if own <= level]
    return list(blocks)


def _level(node: Element, boxes: Mapping[Element, int]) -> int:
    return next((boxes[box] for box in (node, *node.iterancestors()) if box in boxes), 0)


def without_tail(blocks: Sequence[Block], own_host: str) -> list[Block]:
    """Return *blocks* without related items, sharing links and copyright at their end.

    The tail begins at the first block that is surely no article (a label such as 関連記事, a card that is one link to
    *own_host*) and after which nothing but such blocks and short labels follow.
    """
    start = len(blocks)
    for place in range(len(blocks) - 1, -1, -1):
        is_tail = _is_surely_tail(blocks[place], own_host)
        if not (is_tail or _is_weak(blocks[place], own_host)):
            break
        if is_tail or (blocks[place].kind is BlockKind.HEADING and start == place + 1):
            start = place
    for place, block in enumerate(blocks[:start]):
        is_label = block.kind is BlockKind.HEADING and _is_related(block.text)
        if is_label and _are_mostly_cards(blocks[place + 1 :], own_host):
            return list(blocks[:place])
    return list(blocks[:start])


def _are_mostly_cards(blocks: Sequence[Block], own_host: str) -> bool:
    n_cards = sum(1 for block in blocks if _is_surely_tail(block, own_host) or _is_weak(block, own_host))
    return bool(blocks) and n_cards >= 0.7 * len(blocks)


def _is_surely_tail(block: Block, own_host: str) -> bool:
    text = block.text
    if not block.is_text:
        return False
    if len(text) <= 30 and not _SENTENCE_END.search(text) and _is_related(text):
        return True
    if (_COPYRIGHT.search(text) or _BRAND_LINE.match(text)) and len(text) <= 200:
        return True
    linked = "".join(anchor.text for anchor in block.anchors if _leads_inside(anchor.href, own_host))
    if linked and fold(linked) == fold(text) and not re.match(r"https?://", text):
        return True
    names = [anchor.text for anchor in block.anchors]  # a row of links: where the article may be shared
    is_row = len(names) > 1 and max(map(len, names)) <= _LONGEST_NAME and fold("".join(names)) == fold(text)
    return is_row and "://" not in text and mark_of(text) is None


def _is_related(text: str) -> bool:
    return bool(_RELATED.match(text)) and not is_reference_label(text[:80])


def _leads_inside(href: str, own_host: str) -> bool:
    found = re.match(r"(?:https?:)?//([^/?#]+)", href)
    return found.group(1) == own_host if found else not re.match(r"[a-z][a-z0-9+.-]*:|#", href)


def _is_weak(block: Block, own_host: str) -> bool:
    """Return whether a block may stand among the cards of related items: an image, a date, a short label."""
    if block.kind is BlockKind.IMAGE:
        return True
    text = block.text
    if any(_leads_inside(anchor.href, own_host) and fold(anchor.text) == fold(text) for anchor in block.anchors):
        return True
    return len(text) <= _LONGEST_LABEL and not is_sentence(text) and "://" not in text


def is_sentence(text: str) -> bool:
    """Return whether *text* ends as a sentence does."""
    return bool(_SENTENCE_END.search(text[-12:]) and _LETTER.search(text))  # "2025. 11. 12." is none


def is_chrome(block: Block) -> bool:
    """Return whether a block is a label of the site's frame (Command Palette, Console)."""
    return block.is_text and len(block.text) <= _LONGEST_LABEL and fold(block.text) in CHROME


def is_within(node: Element, box: Element) -> bool:
    """Return whether *node* is *box* or stands in it."""
    return node is box or any(parent is box for parent in node.iterancestors())


def holds_header(node: Element, headline: Element) -> bool:
    """Return whether *node* is a <header> beside the headline, in the article: that one is read."""
    parent = headline.getparent()
    return node.tag == "header" and parent is not None and any(box is parent for box in node.iterancestors())


def holds_references(node: Element) -> bool:
    """Return whether *node*, an <aside> or <footer>, begins with the label of a reference list."""
    if node.tag not in ("aside", "footer"):
        return False
    first = next((text for text in node.itertext() if text.strip()), "")
    return is_reference_label(first.strip()[:80])


def around_headline(root: Element, headline: Element | None, summary: str = "") -> list[Element]:
    """Return the elements near *headline*, up to the first long paragraph: a date there is the article's own.

    A paragraph that says what *summary* (the page's own) says is a lead: what follows directly is near as well.
    """
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    place = next((place for place, node in enumerate(nodes) if node is headline), None)
    if headline is None or place is None:
        return []
    near: list[Element] = []
    end, lead = place + _AFTER, fold(summary)
    for number, node in enumerate(nodes[place:], start=place):
        if number >= end or (end < place + _AFTER and node.tag in _NEXT):
            break
        if _is_prose(node) and not is_within(node, headline):
            if not _is_lead(node, lead):
                break
            end = min(end, number + _AFTER_LEAD)
        near.append(node)
    above = set(headline.iterancestors())
    before = (node for node in nodes[max(0, place - _BEFORE) : place] if node not in above)
    return near + [node for node in before if not _is_of_the_site(node, headline, above)]


def _is_of_the_site(node: Element, headline: Element, above: Collection[Element]) -> bool:
    """Return whether *node* stands in the frame of the site (a masthead with today's date), not in the article."""
    boxes = (box for box in (node, *node.iterancestors()) if box not in above)
    return any(
        box.tag in ("nav", "aside", "footer") or (box.tag == "header" and not holds_header(box, headline))
        for box in boxes
    )


def _is_lead(node: Element, lead: str) -> bool:
    key = fold(direct_text(node))[:_LEAD_KEY]
    return len(key) == _LEAD_KEY and lead.startswith(key)


def _is_prose(node: Element) -> bool:
    own = direct_text(node) if node.tag == "p" else node.text or ""
    if weight(own) < _LONG_PARAGRAPH or node.tag in _NO_PROSE:
        return False
    return not any(box.tag in ("figcaption", "figure") for box in node.iterancestors())

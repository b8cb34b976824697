"""What tells main text from the rest of a page, as numbers: one row a block, read by block_classifier.

No host, no language and no single site is looked at: length, links, punctuation, where the block stands, what stands
beside it, how much prose its boxes hold, and which words their class names are made of.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log1p

from spiders.pages.blocks import Block, BlockKind
from spiders.pages.document import Element
from spiders.pages.tables import table_anchors
from spiders.pages.titles import fold

NAMES = (
    *("length", "words", "links", "ends_sentence", "boilerplate", "in_description", "is_repeated"),
    *("prose_on_page", "text_before", "prose_before", "from_headline", "same_form_prose"),
    *("prose_own", "prose_1", "prose_2", "prose_3", "blocks_1", "levels_to_core", "links_of_core"),
    *("words_least_own", "words_most_1", "words_sum_1", "words_most_2", "words_least", "words_most"),
    *("links_before", "links_after_2", "length_after", "next_prose"),
)
_WIDE = re.compile("[぀-ヿ㐀-䶿一-鿿가-힣\u0e00-\u0e7f]")
_END = re.compile(r"[.!?。！？…۔।][”\"’'»」』）)\]]*\s*$")
_STOP = re.compile(r"[.!?;；]+(?=\s|$|[”\"’'»」』]|[぀-ヿ㐀-鿿])|[。！？]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_BOILERPLATE = re.compile(
    r"^\W*(?:read (?:more|also|next|full)|see also|related|more (?:on|from|about|stories|news)|sign up|subscribe|"
    r"newsletter|follow (?:us|@)|share|tweet|advertis|copyright|©|\(c\)|all rights|photo(?:s|graph)?\b|image|source|"
    r"credit|tags?\b|topics?\b|categor|filed under|posted|published|updated|by\b|from\b|print|e-?mail|comment|"
    r"repl(?:y|ies)|log ?in|register|click here|watch|listen|video|gallery|loading|you (?:may|might)|recommended|"
    r"most (?:read|popular)|trending|popular|don'?t miss|support|donate|contact|about|next|prev|continue|tap here|"
    r"scroll|skip|download|get the|terms|privacy|cookie|lesen sie|mehr (?:zum|zu)|auch interessant|foto|bild|quelle|"
    r"teilen|drucken|kommentar|anzeige|von\b|abonn|lire (?:aussi|la)|à lire|partager|publié|mis à jour|crédit|par\b|"
    r"leer|lea (?:también|más)|compart|suscr|publicad|por\b|leia|veja|czytaj|zobacz|udost|fot\b|читайте|фото|подпи|"
    r"lees|"
    r"来源|來源|责任编辑|責任編輯|编辑|編輯|作者|记者|分享|相关|相關|推荐|推薦|更多|上一篇|下一篇|版权|版權|声明|聲明|原标题|扫码|"
    r"關注|关注|点击|點擊|评论|返回|阅读|関連|おすすめ|シェア|写真|画像|記事|続き|会員|登録|ランキング|コメント|提供|出典|あわせて|"
    r"前の|次の|관련|공유|기자|사진|댓글|추천|구독|저작권|무단)",
    re.I,
)
_ASIDE = re.compile(
    r"comment|disqus|replies|respond|discuss|leserbrief|kommentar|reactie|pinglun|(?:^|[\s_-])reply|related|recommend|"
    r"newsletter|popular|trending|most-?read|breadcrumb|more-?(?:stories|news|from)|read-?(?:more|next)|"
    r"author-?(?:bio|box|info)|about-?author|cookie|consent|outbrain|taboola|copyright|disclaimer",
    re.I,
)
# Words of what stands beside an article, and of how a page is laid out: "sidebar-grid", "elementor-widget".
_LAYOUT = re.compile(r"side-?bar|promo|footer|subscri|share|social|teaser|widget|advert|sponsor", re.I)
_ASIDE_TAGS = ("aside", "footer", "nav")
_PROSE, _PROSE_WHOLE = 80, 300  # weight of a text with a sentence end that counts as prose; of one without
_LONGEST_NAMES, _MOST_LAYOUTS = 200, 20  # characters of a class or id; names of layouts
_PART = 24  # folded letters compared at once
_FAR = 50.0  # blocks; further away is just as far
_NO_LEVEL = 30.0  # levels to a core that the block shares no box with


@dataclass(frozen=True, slots=True)
class PageText:
    """What is known of a page before its blocks are judged, each folded: headline and summary."""

    title: str
    description: str


@dataclass(slots=True)
class _Page:
    """The blocks of a page with what is counted once for all of them."""

    blocks: Sequence[Block]
    known: PageText
    texts: list[str]
    keys: list[str]
    weights: list[float]
    links: list[float]
    chains: list[tuple[Element, ...]]
    headline: int
    spine: frozenset[Element]
    layouts: tuple[str, ...] = ()
    prose: list[float] = field(default_factory=list)
    prose_in: dict[Element, float] = field(default_factory=lambda: defaultdict(float))
    weight_in: dict[Element, float] = field(default_factory=lambda: defaultdict(float))
    linked_in: dict[Element, float] = field(default_factory=lambda: defaultdict(float))
    n_in: dict[Element, int] = field(default_factory=lambda: defaultdict(int))


def features(blocks: Sequence[Block], known: PageText, odds: Mapping[str, float]) -> list[list[float]]:
    """Return one row of numbers (`NAMES`) a block; *odds* tells how often a class-name word stands at main text."""
    if not blocks:
        return []
    page = _page(blocks, known)
    _count(page)
    columns = (_own_facts(page), _places(page), _boxes(page), _class_words(page, odds), _neighbours(page))
    return [[value for part in parts for value in part] for parts in zip(*columns, strict=True)]


def with_library_text(rows: Sequence[Sequence[float]], blocks: Sequence[Block], library_text: str) -> list[list[float]]:
    """Return *rows* of `features`, each with the share of its block that stands in the folded *library_text*."""
    return [[*row, covered_share(fold(text_of(block)), library_text)] for row, block in zip(rows, blocks, strict=True)]


def text_of(block: Block) -> str:
    """Return the text that a block shows: a table's cells in reading order."""
    return " ".join(cell for row in block.rows for cell in row if cell) if block.rows else block.text


def name_words(node: Element, layouts: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the tag of *node* and the words that its class, id, itemprop and role are made of.

    Names that begin with one of *layouts* are left out.

    >>> from lxml import html
    >>> sorted(name_words(html.fragment_fromstring('<div class="entryBody c-12"></div>')))
    ['<div', 'body', 'entry']
    """
    names = " ".join((node.get(name) or "")[:_LONGEST_NAMES] for name in ("class", "id", "itemprop", "role"))
    words = _NAME_WORD.findall(_told(names, layouts))
    return frozenset([f"<{node.tag}", *(word.lower() for word in words if 2 < len(word) < 20)])


def headline_place(blocks: Sequence[Block], keys: Sequence[str], title: str) -> int:
    """Return the place of the heading that says *title* (folded), else of the first h1, else -1."""
    heads = [
        place
        for place, block in enumerate(blocks)
        if block.kind is BlockKind.HEADING and (block.node.tag == "h1" or keys[place] == title)
    ]
    same = [place for place in heads if keys[place] == title]
    alike = [place for place in heads if len(keys[place]) > 8 and (keys[place] in title or title[:40] in keys[place])]
    return next(iter(same or alike or heads), -1)


def spine_of(blocks: Sequence[Block], headline: int) -> frozenset[Element]:
    """Return the elements around the headline, and <html> and <body>: their names speak of the whole page."""
    node = blocks[headline].node if headline >= 0 else blocks[0].node
    around = (node, *node.iterancestors())
    return frozenset(around if headline >= 0 else (box for box in around if box.tag in ("html", "body")))


def covered_share(key: str, whole: str) -> float:
    """Return how much of *key* stands in *whole*, both folded, compared in short parts."""
    if not key:
        return 0.0
    starts = range(0, max(1, len(key) - _PART + 1), _PART)
    return sum(key[start : start + _PART] in whole for start in starts) / len(starts)


def _page(blocks: Sequence[Block], known: PageText) -> _Page:
    texts = [text_of(block) for block in blocks]
    keys = [fold(text) for text in texts]
    headline = headline_place(blocks, keys, known.title)
    chains: dict[Element, tuple[Element, ...]] = {}
    return _Page(
        blocks,
        known,
        texts,
        keys,
        weights=[
            0.0 if block.kind is BlockKind.IMAGE else _weight(block_text)
            for block, block_text in zip(blocks, texts, strict=True)
        ],
        links=[linked_share(block, text) for block, text in zip(blocks, texts, strict=True)],
        chains=[_chain(block.node, chains) for block in blocks],
        headline=headline,
        spine=spine_of(blocks, headline),
    )


def _weight(text: str) -> float:
    return len(text) + 1.5 * len(_WIDE.findall(text))


def linked_share(block: Block, text: str) -> float:
    """Return how much of *text*, which *block* shows, stands within links, from 0 to 1."""
    anchors = table_anchors(block.node) if block.rows else block.anchors
    return min(1.0, sum(len(anchor.text) for anchor in anchors) / max(1, len(text)))


def _chain(node: Element, known: dict[Element, tuple[Element, ...]]) -> tuple[Element, ...]:
    """Return *node* and the elements around it, innermost first."""
    found = known.get(node)
    if found is None:
        found = known[node] = (node, *node.iterancestors())
    return found


def _count(page: _Page) -> None:
    """Count prose, text and links of every element of *page*."""
    asides: dict[Element, bool] = {}
    seen: set[str] = set()
    anywhere = [_prose(page, place) for place in range(len(page.blocks))]
    page.layouts = _layouts(page.chains, anywhere)
    for place, chain in enumerate(page.chains):
        prose = 0.0 if page.keys[place] in seen else anywhere[place]
        if prose and _is_aside(chain, page, asides):
            prose = 0.0
        if prose:
            seen.add(page.keys[place])
        page.prose.append(prose)
        weight = page.weights[place]
        for node in chain:
            page.weight_in[node] += weight
            page.linked_in[node] += weight * page.links[place]
            page.n_in[node] += 1
            page.prose_in[node] += prose


def _prose(page: _Page, place: int) -> float:
    """Return the weight of the block at *place* if it is prose: long, ended sentences, few links; else 0."""
    kind, weight, linked = page.blocks[place].kind, page.weights[place], page.links[place]
    if kind in (BlockKind.CAPTION, BlockKind.IMAGE, BlockKind.TABLE) or weight < _PROSE or linked >= 0.5:
        return 0.0
    return weight * (1 - linked) if weight > _PROSE_WHOLE or _STOP.search(page.texts[place]) else 0.0


def _layouts(chains: Sequence[Sequence[Element]], prose: Sequence[float]) -> tuple[str, ...]:
    """Return the class names that are made of layout words and name boxes around more than half of the *prose*.

    Neither they nor names that they begin ("sidebar-grid", "sidebar-grid__content") tell of what stands beside it.
    """
    held: dict[Element, float] = defaultdict(float)
    for chain, weight in zip(chains, prose, strict=True):
        if weight:
            for node in chain:
                held[node] += weight
    half = 0.5 * sum(prose)
    around = (node for node, weight in held.items() if weight > half)
    names = (name for node in around for name in (node.get("class") or "")[:_LONGEST_NAMES].split())
    return tuple(islice(dict.fromkeys(name for name in names if _LAYOUT.search(name)), _MOST_LAYOUTS))


def _told(names: str, layouts: tuple[str, ...]) -> str:
    """Return *names* without those that only tell of the page's layout."""
    return " ".join(name for name in names.split() if not name.startswith(layouts)) if layouts else names


def _is_aside(chain: Sequence[Element], page: _Page, known: dict[Element, bool]) -> bool:
    """Return whether a box beside the headline's own is named for what is no article (comments, related, footer)."""
    for node in chain:
        if node in page.spine:
            return False
        if node not in known:
            names = f"{(node.get('class') or '')[:_LONGEST_NAMES]} {(node.get('id') or '')[:_LONGEST_NAMES]}"
            names = _told(names, page.layouts)
            known[node] = node.tag in _ASIDE_TAGS or bool(_ASIDE.search(names) or _LAYOUT.search(names))
        if known[node]:
            return True
    return False


def _own_facts(page: _Page) -> list[list[float]]:
    count = Counter(page.keys)
    rows = []
    for place, text in enumerate(page.texts):
        key, description = page.keys[place], page.known.description
        is_summary = (len(key) > 20 and key in description) or (len(description) > 20 and description[:60] in key)
        rows.append(
            [
                log1p(page.weights[place]),
                log1p(len(_WORD.findall(text))),
                page.links[place],
                float(bool(_END.search(text))),
                float(bool(_BOILERPLATE.search(text))),
                float(is_summary),
                float(count[key] > 1),
            ]
        )
    return rows


def _places(page: _Page) -> list[list[float]]:
    prose, text = sum(page.prose) or 1.0, sum(page.weights) or 1.0
    forms = [_form(block, chain) for block, chain in zip(page.blocks, page.chains, strict=True)]
    prose_of: dict[tuple[object, ...], float] = defaultdict(float)
    for form, weight in zip(forms, page.prose, strict=True):
        prose_of[form] += weight
    text_before = prose_before = 0.0
    rows = []
    for place, form in enumerate(forms):
        from_headline = float(place - page.headline) if page.headline >= 0 else -_FAR
        rows.append([log1p(prose), text_before / text, prose_before / prose, from_headline, prose_of[form] / prose])
        text_before += page.weights[place]
        prose_before += page.prose[place]
    return rows


def _form(block: Block, chain: Sequence[Element]) -> tuple[object, ...]:
    """Return what blocks of one form share: kind, own and outer tag and class."""
    node, outer = chain[0], chain[1] if len(chain) > 1 else chain[0]
    return block.kind, node.tag, node.get("class"), outer.tag, outer.get("class")


def _boxes(page: _Page) -> list[list[float]]:
    """Return how much of the page's prose the boxes of a block hold, and how far it is from the core of the prose."""
    prose = sum(page.prose) or 1.0
    core = _core(page, prose)
    levels = {node: float(level) for level, node in enumerate(core)}
    linked_core = page.linked_in[core[0]] / (page.weight_in[core[0]] + 1) if core else 1.0
    rows = []
    for chain in page.chains:
        held = [page.prose_in[chain[min(level, len(chain) - 1)]] / prose for level in range(4)]
        n_beside = log1p(page.n_in[chain[min(1, len(chain) - 1)]])
        level = next((levels[node] for node in chain if node in levels), _NO_LEVEL)
        rows.append([*held, n_beside, level, linked_core])
    return rows


def _core(page: _Page, prose: float) -> tuple[Element, ...]:
    """Return the innermost element that holds more than half of the prose, and those around it."""
    longest: tuple[Element, ...] = ()
    for chain in page.chains:
        level = next((level for level, node in enumerate(chain) if page.prose_in[node] > 0.5 * prose), None)
        if level is not None and len(chain) - level > len(longest):
            longest = chain[level:]
    return longest


def _class_words(page: _Page, odds: Mapping[str, float]) -> list[list[float]]:
    known: dict[Element, tuple[float, float, float]] = {}
    rows = []
    for chain in page.chains:
        boxes = [_odds_of(node, odds, page.layouts, known) for node in chain if node not in page.spine]
        near = (boxes + [(0.0, 0.0, 0.0)] * 3)[:3]
        least = min((box[0] for box in boxes), default=0.0)
        most = max((box[1] for box in boxes), default=0.0)
        rows.append([near[0][0], near[1][1], near[1][2], near[2][1], min(least, 0.0), max(most, 0.0)])
    return rows


def _odds_of(
    node: Element, odds: Mapping[str, float], layouts: tuple[str, ...], known: dict[Element, tuple[float, float, float]]
) -> tuple[float, float, float]:
    """Return the least, the greatest and the sum of the odds of the words that *node* is named with."""
    if node not in known:
        own = [odds[word] for word in name_words(node, layouts) if word in odds]
        known[node] = (min(own), max(own), sum(own)) if own else (0.0, 0.0, 0.0)
    return known[node]


def _neighbours(page: _Page) -> list[list[float]]:
    n = len(page.blocks)
    rows: list[list[float]] = [[] for _ in range(n)]
    distance = _FAR
    for place in range(n - 1, -1, -1):
        rows[place] = [
            page.links[place - 1] if place else 0.0,
            page.links[place + 2] if place + 2 < n else 0.0,
            log1p(page.weights[place + 1]) if place + 1 < n else 0.0,
            distance,
        ]
        distance = 0.0 if page.prose[place] else min(_FAR, distance + 1)
    return rows

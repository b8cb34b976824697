"""hyper.ai: AI news in several languages; a numbered reference list closes each article.

Nothing here depends on class names, which are generated: the headline is the anchor, then come, in this order, a date
(relative, 23日前), a category (情報), an author's handle (h.li), the hero image ("Featured Image"), the body, the
reference list. Source: SITES 1.4 (text of two articles, 2025-12); the markup is unknown, so several forms are read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import urlsplit

from archive.dates import parse_date
from archive.model import Article, Image, Outcome
from archive.records import Seed, Source
from archive.reference_labels import NO_LABEL, Certainty, Label
from archive.urls import site_key
from spiders.pages import carriers
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, serialise
from spiders.pages.body import Body
from spiders.pages.dating import Carrier
from spiders.pages.document import Element, direct_text
from spiders.pages.landmarks import (
    CHROME,
    HERO,
    SECTION_WORDS,
    Header,
    holds_header,
    holds_references,
    in_article_box,
    is_chrome,
    is_within,
    read_header,
    without_tail,
)
from spiders.pages.languages import SURE, language_of, language_tag
from spiders.pages.outcomes import ENOUGH_SHORT, weight
from spiders.pages.payload_body import payload_document
from spiders.pages.people import authors_of, tuple_of_names
from spiders.pages.references import end_of_references, split_references
from spiders.pages.spacing import without_forced_blanks
from spiders.pages.structured import as_list, as_text
from spiders.pages.titles import fold

SOURCE = Source(key="hyper.ai", name="HyperAI", home="https://hyper.ai/", language="zh")
LOCALES = ("ja", "en", "cn", "kr", "fr", "de", None)  # None: prefixless, once Chinese, now unknown
SECTIONS = ("news", "stories", "headlines", "papers")
FEEDS = ("/feed", "/rss", "/cn/feed.xml")  # claimed by public repositories, none shown to work (SITES 1.6)

_ITEM = re.compile(r"^(?:/[a-z]{2})?/(?P<section>news|stories|headlines|papers)/(?P<id>[^/?#]+)", re.I)
_BRAND = re.compile(r"^HyperAI(?:\b.*|超神経|超神经)?$", re.I)
_LOCALE = re.compile(r"^/(ja|en|cn|kr|fr|de)/")
# The one link of a story: to the report that it retells (SITES 5.3).
_RELATED_LINK = re.compile(
    r"\W*(?:related links?|original (?:article|report|story|link)|関連リンク|元記事|相关链接|原文(?:链接|リンク)?|"
    r"관련 링크|원문(?: 링크)?|liens? (?:connexe|associé)s?|article d'origine|(?:zugehörige|verwandte)r? links?|"
    r"originalartikel)\W*",
    re.I,
)
_TITLE_SEPARATOR = re.compile(r"\s*[|｜]\s*|\s+/\s+")


def _listing_paths() -> Iterator[tuple[str | None, str, str]]:
    for locale in LOCALES:
        for section in SECTIONS:
            yield locale, section, f"/{locale}/{section}" if locale else f"/{section}"


SEEDS = (
    Seed(url="https://hyper.ai/robots.txt", kind="robots", source="hyper.ai", every_hours=24.0),
    Seed(url="https://hyper.ai/sitemap.xml", kind="sitemap", source="hyper.ai", every_hours=24.0),
    *(Seed(url=f"https://hyper.ai{path}", kind="feed", source="hyper.ai") for path in FEEDS),
    *(
        Seed(url=f"https://hyper.ai{path}", kind="listing", source="hyper.ai", locale=locale, section=section)
        for locale, section, path in _listing_paths()
    ),
)


def work_id(url: str) -> str | None:
    """Return the identity that the language editions of an item share: "hyper.ai/news/123"; None for other pages.

    Only the path is read, so that a mirror's address gives the same. Ids are shared by the locales (SITES 1.5).
    """
    found = _ITEM.match(urlsplit(url).path)
    if not found:
        return None
    section = found["section"].lower()
    return f"hyper.ai/{'stories' if section == 'headlines' else section}/{found['id']}"


class NewsPage(ArticlePage):
    """An article of any section (news, story, paper), or a page in the same frame that articles lead to."""

    handles = re.compile(
        r"^https?://[^/]+(?:/[a-z]{2})?/(?P<section>news|stories|headlines|papers|wiki|datasets|tutorials)/[^/?#]+",
        re.I,
    )

    def title(self) -> str | None:
        """Return the headline: the h1, else <title> without brand and section word (SITES 1.3)."""
        h1s = [text for text in self.h1s() if fold(text) not in CHROME]
        stated = [without_brand(title, h1s) for title in self.stated_titles()]
        own = next((h1 for h1 in h1s if fold(h1) in map(fold, stated)), None) or next(iter([*h1s[:1], *stated]), None)
        return without_forced_blanks(own) if own else None

    def authors(self) -> tuple[str, ...]:
        """Return the authors verbatim: structured data, else the header's line."""
        stated = tuple(name for name in authors_of(self.document.structured) if not _BRAND.match(name))
        return stated or self.header.authors or tuple_of_names(self._payload_texts("author", "authors", "authorName"))

    def category(self) -> str | None:
        """Return the category as the header prints it, else as structured data does."""
        by_page = self.header.category or super().category()
        return by_page or next(iter(self._payload_texts("category", "categoryName", "categories")), None)

    def section(self) -> str | None:
        """Return the section in the address; headlines are the old name of stories."""
        found = self.handles.search(self.document.url)
        section = found["section"].lower() if found else None
        return "stories" if section == "headlines" else section

    def visible_dates(self) -> Iterator[Carrier]:
        """Yield the date of the header."""
        if self.header.date:
            yield Carrier("visible", self.header.date, is_visible=True)

    def headline_element(self) -> Element | None:
        """Return the element of the headline."""
        return self.anchor

    def lead_image(self) -> Image | None:
        """Return the hero image of the header, else the one of the metadata."""
        hero = self.header.hero
        url = self.document.absolute(hero.source) if hero else ""
        if hero and url:
            return Image(url=url, caption=hero.text if hero.text and fold(hero.text) not in HERO else None)
        stated = super().lead_image()
        if stated and stated.caption and fold(stated.caption) in HERO:
            return Image(url=stated.url)
        return stated

    def blocks(self) -> list[Block]:
        """Return the blocks after the header, without related items and footer."""
        below = self.content[self.header.n_blocks :]
        own = below if self.anchor is None else in_article_box(below, self.anchor)
        kept = [_respaced(block) for block in own if not is_chrome(block)]
        if self.section() == "stories":
            label = next((place for place in range(len(kept)) if self._is_related_link(kept[place : place + 2])), None)
            kept = kept[:label]
        end = end_of_references(kept, self.document.absolute)  # entries may lead inside, as related items do
        return [*kept[:end], *without_tail(kept[end:], urlsplit(self.document.url).netloc)]

    def body(self) -> Body:
        """Return the body; the related link of a story is its reference."""
        body = super().body()
        if body.references:
            return body
        after = (self.content[place : place + 2] for place in range(self.header.n_blocks, len(self.content)))
        pair = next((pair for pair in after if self._is_related_link(pair)), [])
        return replace(body, references=split_references(pair, self.document.absolute, label_of=_related_label)[1])

    def _is_related_link(self, pair: Sequence[Block]) -> bool:
        """Return whether *pair* is a story's label and the link to the report that it retells."""
        if self.section() != "stories" or len(pair) < 2 or not _RELATED_LINK.fullmatch(pair[0].text):
            return False
        links = [self.document.absolute(anchor.href) for anchor in pair[1].anchors]
        return any(link and site_key(link) != self.site for link in links)

    def language(self, title: str | None, body: Body) -> str | None:
        """Return the language of the text; an edition that shows the untranslated text is a warning."""
        lang = language_of(body.text or title or "", self.declared_languages())
        found = _LOCALE.match(urlsplit(self.document.url).path)
        stated = language_tag(found[1]) if found else None
        of_title = language_of(title or "", at_least=SURE)
        if body.text and lang and stated and lang != stated:
            self.warnings.append(f"lang: the address says {stated}, the text is {lang}")
        elif body.text and of_title and lang != of_title and (of_title, lang) != ("zh", "ja"):
            self.warnings.append(f"lang: the text is {lang}, the title is {of_title}")  # 日本銀行金利据置 has no kana
        return lang

    def outcome(self, article: Article) -> Outcome:
        """Return the outcome; a page that shows nothing but the site's own frame is a shell."""
        if self.document.status < 400 and not article.text and self._shows_frame_only():
            return Outcome.SHELL
        outcome = super().outcome(article)
        is_short = outcome is Outcome.STUB and self.header.date and weight(article.text) >= ENOUGH_SHORT
        return Outcome.OK if is_short else outcome

    def _shows_frame_only(self) -> bool:
        words = fold(self.document.shown)
        for chrome in sorted(CHROME, key=len, reverse=True):
            words = words.replace(chrome, "")
        return weight(words) < ENOUGH_SHORT

    @cached_property
    def content(self) -> list[Block]:
        """Return the blocks after the headline; those of the script state when the markup has none."""
        own = self.own_content()
        if sum(weight(block.text) for block in own if block.is_text) >= ENOUGH_SHORT:
            return own
        other = payload_document(self.document, self.own_titles())
        return (NewsPage(other, site=self.site).own_content() if other else []) or own

    def own_titles(self) -> list[str]:
        """Return the headline as h1 and metadata give it, without brand: the script state may use any."""
        return [*self.h1s(), *(without_brand(title, []) for title in self.stated_titles())]

    def own_content(self) -> list[Block]:
        """Return the blocks of the markup after the headline, page navigation and footers left out."""
        anchor = self.anchor
        if anchor is None:
            return []
        body = self.document.root.find("body")
        inside = {anchor, *anchor.iterancestors()}
        frame = ("header", "footer", "nav", "aside")
        blocks = serialise(
            self.document.root if body is None else body,
            is_skipped=lambda node: (
                node.tag in frame
                and node not in inside
                and not holds_header(node, anchor)
                and not holds_references(node)
            ),
        )
        place = next((place for place, block in enumerate(blocks) if is_within(block.node, anchor)), None)
        if place is None:
            place = next(
                (place for place, block in enumerate(blocks) if fold(block.text) == fold(direct_text(anchor))), -1
            )
        return blocks[place + 1 :]

    @cached_property
    def anchor(self) -> Element | None:
        """Return the element of the headline: the h1, else an element that holds the title and nothing else."""
        h1s = [node for node in self.document.root.iter("h1") if (key := fold(direct_text(node))) and key not in CHROME]
        stated = {fold(without_brand(title, [])) for title in self.stated_titles()}
        chosen = next((node for node in h1s if fold(direct_text(node)) in stated), next(iter(h1s), None))
        body = self.document.root.find("body")
        if chosen is not None or body is None:
            return chosen
        nodes = [
            node for node in body.iter("h2", "h3", "p", "div", "span", "strong") if fold(direct_text(node)) in stated
        ]
        return nodes[0] if nodes else None

    @cached_property
    def header(self) -> Header:
        """Return what the header prints: date, category, authors, hero image, in the order of SITES 1.4."""
        facts = self.document.structured
        known = {fold(name) for name in authors_of(self.document.structured)} | {
            fold(as_text(facts.article().get("articleSection")) or "")
        } - {""}
        return read_header(
            self.content, known, lambda text: parse_date(text, seen_at=self.document.seen_at) is not None
        )

    def _payload_texts(self, *keys: str) -> list[str]:
        """Return the texts (or names) that the script state's own article has under the first of *keys* it has."""
        own = carriers.own_object(self.document, self.own_titles()) or {}
        value = next((own[key] for key in keys if own.get(key)), None)
        return [text for item in as_list(value) if (text := as_text(item))]


def _respaced(block: Block) -> Block:
    text = without_forced_blanks(block.text)
    return block if text == block.text else replace(block, text=text)


def _related_label(text: str) -> Label:
    return Label(Certainty.SURE) if _RELATED_LINK.fullmatch(text) else NO_LABEL


class ListPage(NewsPage):
    """A list of articles: never an article itself."""

    handles = re.compile(
        r"^https?://[^/]+(?:/[a-z]{2})?(?:/(?:news|stories|headlines|papers|datasets|tutorials|wiki|sota))?/?(?:\?|#|$)"
    )

    def outcome(self, article: Article) -> Outcome:
        """Return that the page is a listing, unless it is a wall or a shell."""
        outcome = super().outcome(article)
        return Outcome.LISTING if outcome in (Outcome.OK, Outcome.STUB, Outcome.PAYWALLED) else outcome


def without_brand(title: str, h1s: Sequence[str]) -> str:
    """Return *title* without the brand, and at most one section word before it; never less than an h1 says.

    >>> without_brand("xAIの賭け | ニュース | HyperAI超神経", [])
    'xAIの賭け'
    """
    whole = {fold(h1) for h1 in h1s}
    has_brand = False
    while fold(title) not in whole and (cuts := list(_TITLE_SEPARATOR.finditer(title))):
        segment = title[cuts[-1].end() :].strip()
        is_brand = bool(_BRAND.match(segment))
        if not is_brand and not (has_brand and fold(segment) in SECTION_WORDS):
            break
        title = title[: cuts[-1].start()].strip()
        if not is_brand:
            break
        has_brand = True
    return title

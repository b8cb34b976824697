"""hyper.ai: AI news in several languages; a numbered reference list closes each article.

Nothing here depends on class names, which are generated: the headline is the anchor, then come, in this order, a date
(relative, 23日前), a category (情報), an author's handle (h.li), the hero image ("Featured Image"), the body, the
reference list. Source: SITES 1.4 (text of two articles, 2025-12); the markup is unknown, so several forms are read.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from urllib.parse import urlsplit

from archive.dates import parse_date
from archive.model import Article, Image, Outcome
from archive.records import Seed, Source
from spiders.pages import carriers
from spiders.pages.base import ArticlePage
from spiders.pages.blocks import Block, serialise
from spiders.pages.dating import Carrier
from spiders.pages.document import Element, direct_text
from spiders.pages.landmarks import (
    CHROME,
    HERO,
    SECTION_WORDS,
    Header,
    holds_header,
    is_chrome,
    is_within,
    read_header,
    without_tail,
)
from spiders.pages.outcomes import ENOUGH_SHORT, shown_text, weight
from spiders.pages.payload_body import payload_document
from spiders.pages.people import tuple_of_names
from spiders.pages.structured import as_list, as_text
from spiders.pages.titles import fold

SOURCE = Source(key="hyper.ai", name="HyperAI", home="https://hyper.ai/", language="zh")
LOCALES = ("ja", "en", "cn", "kr", "fr", "de", None)  # None: prefixless, once Chinese, now unknown
SECTIONS = ("news", "stories", "headlines", "papers")
FEEDS = ("/feed", "/rss", "/cn/feed.xml")  # claimed by public repositories, none shown to work (SITES 1.6)

_ITEM = re.compile(r"^(?:/[a-z]{2})?/(?P<section>news|stories|headlines|papers)/(?P<id>[^/?#]+)", re.I)
_BRAND = re.compile(r"^HyperAI(?:\b.*|超神経|超神经)?$", re.I)
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
    """An article of any section: news, story, paper."""

    handles = re.compile(r"^https?://[^/]+(?:/[a-z]{2})?/(?:news|stories|headlines|papers)/[^/?#]+", re.I)

    def title(self) -> str | None:
        """Return the headline: the h1, else <title> without brand and section word (SITES 1.3)."""
        h1s = [text for text in self.h1s() if fold(text) not in CHROME]
        stated = [without_brand(title, h1s) for title in self.stated_titles()]
        return next((h1 for h1 in h1s if fold(h1) in map(fold, stated)), None) or next(iter([*h1s[:1], *stated]), None)

    def authors(self) -> tuple[str, ...]:
        """Return the authors verbatim: structured data, else the header's line."""
        stated = tuple(name for name in super().authors() if not _BRAND.match(name))
        return stated or self.header.authors or tuple_of_names(self._payload_texts("author", "authors", "authorName"))

    def category(self) -> str | None:
        """Return the category as the header prints it, else as structured data does."""
        by_payload = next(iter(self._payload_texts("category", "categoryName", "categories")), None)
        return self.header.category or super().category() or by_payload

    def section(self) -> str | None:
        """Return the section in the address; headlines are the old name of stories."""
        found = _ITEM.match(urlsplit(self.document.url).path)
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
        kept = [block for block in self.content[self.header.n_blocks :] if not is_chrome(block)]
        return without_tail(kept, urlsplit(self.document.url).netloc)

    def outcome(self, article: Article) -> Outcome:
        """Return the outcome; a page that shows nothing but the site's own frame is a shell."""
        words = fold(shown_text(self.document.root))
        for chrome in sorted(CHROME, key=len, reverse=True):
            words = words.replace(chrome, "")
        if self.document.status < 400 and not article.text and weight(words) < ENOUGH_SHORT:
            return Outcome.SHELL
        return super().outcome(article)

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
            is_skipped=lambda node: node.tag in frame and node not in inside and not holds_header(node, anchor),
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
        known = {fold(name) for name in super().authors()} | {
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

"""The page object: HTML in, `Article` out. A site's page class overrides only what that site prints differently."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import ClassVar, TypeVar
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from lxml import etree

from archive.dates import parse_date
from archive.errors import AddressError
from archive.mentions import find_mentions
from archive.model import Article, Image, Mention, Outcome
from archive.urls import canonical_url, host_of
from spiders.pages import carriers, printed_dates
from spiders.pages.blocks import Block
from spiders.pages.body import Body, make_body
from spiders.pages.bylines import completed, visible_authors
from spiders.pages.dating import Carrier, Dating, date_of
from spiders.pages.document import PAGE_FAULTS, Document, Element, collapse, direct_text
from spiders.pages.landmarks import around_headline
from spiders.pages.languages import language_of
from spiders.pages.outcomes import judge
from spiders.pages.people import authors_of
from spiders.pages.structured import as_list, as_text
from spiders.pages.titles import fold, headline

T = TypeVar("T")
_LOCALE = re.compile(r"^/([a-z]{2})(?:[-_][a-zA-Z]{2,4})?(?:/|$)")
_LONGEST_PARAGRAPH, _MOST_READ = 8_000, 200_000  # characters searched for mentions: a book is not an article
_LANGUAGE_PATHS = frozenset({"ja", "jp", "en", "cn", "zh", "kr", "ko", "fr", "de", "es", "it", "pt", "nl"})


class ArticlePage:
    """Reads structured data and main text of one page; every field is a method that a site may override.

    `handles` tells by the path of an address whether this class reads it; `until` is the last day of an old layout
    (the class then reads only captures up to that day).
    """

    handles: ClassVar[re.Pattern[str]] = re.compile(r"")
    until: ClassVar[date | None] = None

    def __init__(self, document: Document, *, site: str) -> None:
        self.document = document
        self.site = site
        self.warnings: list[str] = []

    # -- what the page prints ------------------------------------------------------------------

    def title(self) -> str | None:
        """Return the headline without the site's suffix."""
        return headline(self.stated_titles(), self.h1s(), self.site_names())

    def authors(self) -> tuple[str, ...]:
        """Return the authors verbatim, in order."""
        stated = authors_of(self.document.structured)
        own_names = {fold(name) for name in self.site_names()}
        people = tuple(name for name in stated if fold(name) not in own_names)
        # A site that states itself as the author often prints a person's name.
        if people:
            return completed(people, self.head_elements())
        return visible_authors(self.document.root, self.head_elements()) or stated

    def category(self) -> str | None:
        """Return the category as printed."""
        facts = self.document.structured
        return as_text(facts.article().get("articleSection")) or facts.first("article:section", "og:section")

    def tags(self) -> tuple[str, ...]:
        """Return the tags as printed."""
        facts = self.document.structured
        stated = facts.meta.get("article:tag") or facts.meta.get("og:article:tag") or ()
        listed = as_list(facts.article().get("keywords"))
        words = [word for item in (stated or listed) if isinstance(item, str) for word in _split_tags(item)]
        return tuple(dict.fromkeys(words))[:50]

    def section(self) -> str | None:
        """Return the section of the site."""
        return None

    def dating(self) -> Dating:
        """Return when it was published, from the most trusted carrier that has a date."""
        seen_at, lang = self.document.seen_at, self.printed_language
        found = date_of(self.carriers(), seen_at=seen_at, lang=lang)
        if found.date is None and (apart := date_of(self.distant_dates(), seen_at=seen_at, lang=lang)).date:
            doubt = f"published_at: {apart.carrier} {(apart.raw or '')[:40]!r} stands apart from the headline"
            return replace(apart, warnings=(*found.warnings, doubt))
        return found

    def carriers(self) -> Iterator[Carrier]:
        """Yield the places that state a publication date, most trusted first."""
        yield from carriers.json_ld(self.document)
        yield from carriers.meta(self.document)
        yield from carriers.time_elements(self.head_elements())
        yield from carriers.payload(self.document, [*self.h1s(), *self.stated_titles()])
        yield from self.visible_dates()
        yield from carriers.of_address(self.document)

    def visible_dates(self) -> Iterator[Carrier]:
        """Yield the date that a reader sees beside the headline."""
        yield from printed_dates.near_headline(self.document, self.head_elements(), self.printed_language)

    def distant_dates(self) -> Iterator[Carrier]:
        """Yield the date that a reader sees elsewhere: looked for only when nothing else states one."""
        yield from printed_dates.anywhere(self.document, self.printed_language)

    def modified_at(self) -> str | None:
        """Return when the page says it was last changed."""
        facts = self.document.structured
        raw = as_text(facts.article().get("dateModified")) or facts.first(*carriers.MODIFIED_META)
        raw = raw or printed_dates.labelled(self.document, "updated", self.printed_language)
        found = parse_date(raw, seen_at=self.document.seen_at, lang=self.printed_language) if raw else None
        return found.value if found else None

    def description(self) -> str | None:
        """Return the page's own summary."""
        facts = self.document.structured
        stated = facts.first("og:description", "description", "twitter:description", "dc.description")
        return collapse(stated or as_text(facts.article().get("description")) or "") or None

    def lead_image(self) -> Image | None:
        """Return the hero image."""
        facts = self.document.structured
        url = facts.first("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
        if not url:
            image = next(iter(as_list(facts.article().get("image"))), None)
            url = as_text(image.get("url") or image.get("contentUrl")) if isinstance(image, dict) else as_text(image)
        absolute = self.document.absolute(url)
        return Image(url=absolute, caption=facts.first("og:image:alt", "twitter:image:alt")) if absolute else None

    def blocks(self) -> list[Block]:
        """Return the blocks of the article's body, in order."""
        raise NotImplementedError

    def body(self) -> Body:
        """Return the body: text, headings, figures, tables, links, references."""
        return make_body(self.blocks(), self.document.absolute)

    def mentions(self, body: Body) -> tuple[Mention, ...]:
        """Return the sources that the text names without a link."""
        captions = [(figure.caption, figure.after_paragraph) for figure in body.figures if figure.caption]
        read, paragraphs = 0, []
        for paragraph in body.paragraphs:
            paragraphs.append(paragraph[:_LONGEST_PARAGRAPH] if read < _MOST_READ else "")
            read += len(paragraph)
        return tuple(find_mentions(paragraphs, captions))

    def language(self, title: str | None, body: Body) -> str | None:
        """Return the language of what the page says (BCP 47)."""
        return language_of(f"{title or ''}\n{body.text}", self.declared_languages())

    def outcome(self, article: Article) -> Outcome:
        """Return whether this page is an article, or what it is instead."""
        return judge(self.document, article)

    # -- what the fields are read from ---------------------------------------------------------

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Return the article's part of the page (the box around its h1) for BeautifulSoup."""
        return BeautifulSoup(etree.tostring(self.article_box(), encoding="unicode", with_tail=False), "lxml")

    def text(self, css: str) -> str | None:
        """Return the text of the first element that *css* selects on the whole page; None when there is none."""
        found = self.document.root.cssselect(css)
        return (direct_text(found[0]) or None) if found else None

    def article_box(self) -> Element:
        """Return the element that holds the article: <article> or <main> around the h1, else the body."""
        h1 = self.headline_element()
        around = [] if h1 is None else list(h1.iterancestors("article", "main"))
        body = self.document.root.find("body")
        return around[0] if around else self.document.root if body is None else body

    def h1s(self) -> list[str]:
        """Return the texts of the page's h1 elements."""
        return [text for node in self.document.root.iter("h1") if (text := direct_text(node))]

    def stated_titles(self) -> list[str]:
        """Return the titles that the page states about itself, most trusted first."""
        facts = self.document.structured
        node = self.document.root.find(".//title")
        stated = (
            as_text(facts.article().get("headline")),
            facts.first("citation_title", "og:title", "twitter:title", "dc.title"),
            "" if node is None else direct_text(node),
        )
        return [title for title in stated if title]

    def site_names(self) -> list[str]:
        """Return the names under which the site puts itself into titles."""
        facts = self.document.structured
        publisher = as_text(facts.article().get("publisher"))
        names = [facts.first("og:site_name", "application-name"), publisher, self.site, self.site.split(".")[0]]
        return [name for name in names if name]

    @cached_property
    def printed_language(self) -> str | None:
        """Return the language that titles and declarations tell: it decides what 12/11/2025 means."""
        return language_of(" ".join([*self.h1s()[:2], *self.stated_titles()]), self.declared_languages())

    def headline_element(self) -> Element | None:
        """Return the element of the headline: the first h1 of an article, else the first that says something."""
        h1s = [node for node in self.document.root.iter("h1") if direct_text(node)]
        inside = (node for node in h1s if any(box.tag in ("article", "main") for box in node.iterancestors()))
        return next(inside, next(iter(h1s), None))

    def head_elements(self) -> list[Element]:
        """Return the elements near the headline: a date there is the article's own."""
        return around_headline(self.document.root, self.headline_element(), self.description() or "")

    def declared_languages(self) -> list[str | None]:
        """Return the language tags that the page and its address give, most trusted first."""
        facts = self.document.structured
        found = _LOCALE.match(urlsplit(self.document.url).path)
        by_path = found.group(1) if found and found.group(1) in _LANGUAGE_PATHS else None
        root = self.document.root
        return [
            root.get("lang"),
            by_path,
            facts.first("og:locale", "content-language", "language"),
            root.get("xml:lang"),
        ]

    # -- all of it -----------------------------------------------------------------------------

    def to_article(self) -> Article:
        """Return what the page says; a field that cannot be read is a warning, never a lost article."""
        body = self._read("text", self.body, Body())
        title = self._read("title", self.title, None)
        dating = self._read("published_at", self.dating, Dating())
        self.warnings.extend(dating.warnings)
        article = Article(
            url=self.document.url,
            canonical_url=self._read("canonical_url", self.canonical_url, self.document.url),
            site=self.site,
            section=self._read("section", self.section, None),
            lang=self._read("lang", lambda: self.language(title, body), None),
            title=title,
            authors=self._read("authors", self.authors, ()),
            category=self._read("category", self.category, None),
            tags=self._read("tags", self.tags, ()),
            published_at=dating.date.value if dating.date else None,
            published_precision=dating.date.precision if dating.date else None,
            published_raw=dating.raw,
            published_from=dating.carrier,
            modified_at=self._read("modified_at", self.modified_at, None),
            description=self._read("description", self.description, None),
            lead_image=self._read("lead_image", self.lead_image, None),
            text=body.text,
            headings=body.headings,
            figures=body.figures,
            tables=body.tables,
            references=body.references,
            links=body.links,
            mentions=self._read("mentions", lambda: self.mentions(body), ()),
        )
        outcome = self._read("outcome", lambda: self.outcome(article), Outcome.ERROR)
        if outcome not in (Outcome.OK, Outcome.PAYWALLED):
            # The words of a wall or a shell are nobody's article: they are in the capture, and nowhere else.
            article = Article(
                url=article.url, canonical_url=article.canonical_url, site=article.site, lang=article.lang, title=title
            )
        return replace(article, outcome=outcome, warnings=tuple(self.warnings))

    def canonical_url(self) -> str:
        """Return the article's own address: rel=canonical (or og:url) on the same host, else the address."""
        try:
            own = canonical_url(self.document.url)
        except AddressError:
            return self.document.url  # a file that is tried without an address
        links = self.document.root.iterfind(".//link[@rel][@href]")
        hrefs = [node.get("href") for node in links if "canonical" in node.get("rel").lower().split()]
        for href in [*hrefs, self.document.structured.first("og:url")]:
            try:
                stated = canonical_url(href, base=self.document.url) if href else own
            except AddressError:
                continue
            # A canonical link to the front page, or to another host, says nothing about this article.
            if stated != own and host_of(stated) == host_of(own) and len(urlsplit(stated).path) > 1:
                return stated
        return own

    def _read(self, field: str, read: Callable[[], T], otherwise: T) -> T:
        """Return what *read* gives; what it raises becomes a warning, because a page may hold anything."""
        try:
            return read()
        except PAGE_FAULTS as error:
            self.warnings.append(f"{field}: could not be read ({type(error).__name__}: {str(error)[:80]})")
            return otherwise


def _split_tags(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,，、;；]", text) if 0 < len(word.strip()) <= 60]

"""Which of HyperAI's addresses a crawl takes in, by locale, section and date; from the address alone (SITES 1.2)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from archive.dates import parse_date
from archive.errors import AddressError
from archive.model import Article
from archive.records import FrontierEntry
from archive.urls import canonical_url, host_of, site_key, surt

LOCALES = ("en", "cn", "ja", "kr", "fr", "de")
SECTIONS = ("news", "stories", "papers")
ARTICLE_PATH = re.compile(
    rf"^https?://[^/]+/(?:(?P<locale>{'|'.join(LOCALES)})/)?(?P<section>news|stories|headlines|papers)/(?P<id>[^/?#]+)/?$"
)
# Newest first: the first entry of a listing goes before the second, and all of them before the listing's next page.
FIRST_PRIORITY, LAST_PRIORITY, SITEMAP_PRIORITY, LINKED_PRIORITY = 5000, 4001, 3000, 2000
ROOT_PRIORITY = 10_000  # lists that a crawl starts from, or is led to by a list that is none of pages
DEEP_PRIORITY = 4000  # a listing's further page, after the articles of the page before; due only when that leads to it
CITED_PRIORITY = 100  # and a point for every week since FIRST_WEEK: what the newest articles cite goes first
FIRST_WEEK = date(2020, 1, 6)
LISTS = ("listing", "feed", "sitemap")
"""Kinds of addresses that name articles."""

SOURCE_KEY = "hyper.ai"
# Hosts that serve HyperAI's own pages; its other hosts (go., docs.) are cited as any other site.
OWN_HOSTS = frozenset(("hyper.ai", "beta.hyper.ai", "next.hyper.ai", "www.hyper.ai"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the crawl takes in."""

    origin: Annotated[str, "Where HyperAI is asked."]
    locales: Annotated[tuple[str, ...], "Locales; empty means all, prefixless too."] = ()
    sections: Annotated[tuple[str, ...], "Sections."] = SECTIONS
    since: Annotated[datetime | None, "Nothing that is dated before this."] = None

    @property
    def words(self) -> str:
        """Return the scope as text, to be compared by is_covered_by()."""
        since = self.since.isoformat() if self.since else None
        return json.dumps({"locales": sorted(self.locales), "sections": sorted(self.sections), "since": since})

    def is_covered_by(self, words: str) -> bool:
        """Return whether what was read for the scope *words* was read for all of this one."""
        try:
            held = json.loads(words)
            locales, sections, since = held["locales"], held["sections"], held["since"]
        except (ValueError, KeyError, TypeError):
            return False
        has_locales = not locales or (bool(self.locales) and set(self.locales) <= set(locales))
        is_since = since is None or (self.since is not None and self.since >= datetime.fromisoformat(since))
        return has_locales and set(self.sections) <= set(sections) and is_since

    def entry(
        self,
        url: str,
        *,
        found_on: str | None = None,
        priority: int = LINKED_PRIORITY,
        hint: str | None = None,
        lastmod: str | None = None,
    ) -> FrontierEntry | None:
        """Return the frontier entry of an article's address; None when it is none, or outside the scope."""
        try:
            plain = canonical_url(url).partition("?")[0]
            if host_of(plain) != host_of(self.origin):
                return None
        except AddressError:
            return None
        found = ARTICLE_PATH.match(plain)
        if not found or not self._takes(found["locale"], found["section"]):
            return None
        return FrontierEntry(
            surt=surt(plain),
            url=plain,
            kind="article",
            source=SOURCE_KEY,
            priority=priority,
            found_on=found_on,
            published_hint=hint,
            modified_hint=lastmod or None,
        )

    def cited_entries(self, article: Article) -> Iterator[FrontierEntry]:
        """Yield what *article* cites as frontier entries; HyperAI's own pages only when they are in the scope."""
        own_hosts = {*OWN_HOSTS, host_of(self.origin)}
        urls = [*(reference.url for reference in article.references), *(link.url for link in article.links)]
        for url in filter(None, urls):
            try:
                plain = canonical_url(url)
            except AddressError:
                continue
            if host_of(plain) in own_hosts:
                inside = self.entry(plain, found_on=article.url)
                if inside:
                    yield inside
                continue
            yield FrontierEntry(
                surt=surt(plain),
                url=plain,
                kind="cited",
                priority=cited_priority(article.published_at),
                found_on=article.url,
            )

    def is_own_article(self, url: str) -> bool:
        """Return whether *url* is an article of HyperAI, at the origin, inside the scope or not."""
        try:
            is_here = host_of(url) == host_of(self.origin)
            return is_here and bool(ARTICLE_PATH.match(canonical_url(url).partition("?")[0]))
        except AddressError:
            return False

    def source_of(self, url: str) -> str:
        """Return the source key by which pages of *url* are read: a mirror given as origin is HyperAI too."""
        return SOURCE_KEY if host_of(url) == host_of(self.origin) else site_key(url)

    def is_old(self, published_raw: str, *, seen_at: datetime) -> bool:
        """Return whether a date printed beside an entry lies before `since`; an unreadable one is never old."""
        if self.since is None or not published_raw:
            return False
        found = parse_date(published_raw, seen_at=seen_at)
        return found is not None and found.value < self.since.isoformat()[: len(found.value)]

    def _takes(self, locale: str | None, section: str) -> bool:
        section = "stories" if section == "headlines" else section
        return section in self.sections and (not self.locales or (locale or "") in self.locales)


def cited_priority(published_at: str | None) -> int:
    """Return the priority of what an article of that date (as stored) cites: first what the newest weeks cite.

    >>> cited_priority("2025-11-12") - cited_priority("2025-10-30T08:00:00Z")
    2
    """
    if not published_at or len(published_at) < len("2025-11-12"):
        return CITED_PRIORITY
    days = (date.fromisoformat(published_at[:10]) - FIRST_WEEK).days
    return min(CITED_PRIORITY + max(days // 7, 0), LINKED_PRIORITY - 1)


def priority_of(kind: str, place: int) -> int:
    """Return the priority of the article that a list of *kind* names at *place* (0 for the newest)."""
    first, last = (SITEMAP_PRIORITY, LINKED_PRIORITY + 1) if kind == "sitemap" else (FIRST_PRIORITY, LAST_PRIORITY)
    return max(first - place, last)

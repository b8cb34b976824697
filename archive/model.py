"""The words of this project: the vocabularies, and a page as read (`Article`, the JSON of `archive extract`).

The rows of the file are in archive/records.py.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated


class Outcome(StrEnum):
    """What came of asking for a page; only `OK` is an article."""

    OK = "ok"
    PAYWALLED = "paywalled"
    CHALLENGE = "challenge"
    CONSENT = "consent"
    LOGIN = "login"
    SOFT_404 = "soft-404"
    GONE = "gone"
    STUB = "stub"
    SHELL = "shell"
    LISTING = "listing"
    NOT_HTML = "not-html"
    UNDECODABLE = "undecodable"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    ROBOTS = "robots"
    BLOCKED_ADDRESS = "blocked-address"
    CITE_ONLY = "cite-only"
    TAKEN_DOWN = "taken-down"
    ERROR = "error"


class Precision(StrEnum):
    """How sharp a date is: never sharper than the page printed it."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Policy(StrEnum):
    """What we do with a publisher's pages."""

    CRAWL = "crawl"
    METADATA_ONLY = "metadata-only"
    CITE_ONLY = "cite-only"


class CitedKind(StrEnum):
    """What sort of thing an article cites."""

    ARTICLE = "article"
    JOURNAL = "journal"
    DOI = "doi"
    ARXIV = "arxiv"
    CONFERENCE = "conference"
    STATISTICS = "statistics"
    PDF = "pdf"
    REPOSITORY = "repository"
    POST = "post"
    VIDEO = "video"
    GOVERNMENT = "government"
    INTERNAL = "internal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The hero image of a page."""

    url: Annotated[str, "Absolute address of the image."]
    caption: Annotated[str | None, "Its caption, or its alt text when it has none."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An image in the body; on hyper.ai its caption often is the citation."""

    url: Annotated[str, "Absolute address of the image; empty when the page gives none."] = ""
    alt: Annotated[str, "Alternative text as printed."] = ""
    caption: Annotated[str, "Caption as printed; empty when there is none."] = ""
    after_paragraph: Annotated[int, "Number (from 1) of the paragraph of text it follows; 0 before the first."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A data table in the body, as rows of cell texts; the header row comes first."""

    caption: Annotated[str, "Caption as printed; empty when there is none."] = ""
    rows: Annotated[tuple[tuple[str, ...], ...], "Cell texts row by row."] = ()
    after_paragraph: Annotated[int, "Number (from 1) of the paragraph of text it follows; 0 before the first."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of the reference list that an article prints (参考リンク)."""

    number: Annotated[int, "Number as printed; its place in the list (from 1) when the list has no numbers."]
    url: Annotated[str | None, "Address, repaired; None when the entry has none."] = None
    text: Annotated[str, "The entry as printed, without its number."] = ""
    kind: Annotated[CitedKind, "What sort of thing is cited."] = CitedKind.OTHER
    doi: Annotated[str | None, "DOI, lower case, without resolver."] = None
    arxiv_id: Annotated[str | None, "arXiv identifier without version."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the body text."""

    url: Annotated[str, "Absolute address."]
    text: Annotated[str, "Anchor text as printed."] = ""
    paragraph: Annotated[int, "Number (from 1) of the paragraph of text it stands in; 0: a caption or table."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A source that the text names without a link."""

    name: Annotated[str, "The source's usual name (Reuters for ロイター通信), or a paper's title."]
    kind: Annotated[str, "outlet, paper, institution, leaderboard, company or statistics."]
    text: Annotated[str, "The words of the text that name it."]
    paragraph: Annotated[int, "Number (from 1) of the paragraph it stands in; for a caption, the one it follows."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What one page says: the JSON object of `archive extract` (names follow schema.org NewsArticle)."""

    url: Annotated[str, "Address the page was read from."]
    canonical_url: Annotated[str, "The article's own address: rel=canonical on the same host, else the address."]
    site: Annotated[str, "Source key: the registrable domain."]
    section: Annotated[str | None, "Section of the site (news, stories, papers)."] = None
    lang: Annotated[str | None, "Language, BCP 47."] = None
    title: Annotated[str | None, "Headline without the site's suffix."] = None
    authors: Annotated[tuple[str, ...], "Authors verbatim, in order."] = ()
    category: Annotated[str | None, "Category as printed (情報)."] = None
    tags: Annotated[tuple[str, ...], "Tags as printed."] = ()
    published_at: Annotated[
        str | None,
        "When published, UTC, ISO 8601, no sharper than published_precision: 2025-11-12T08:30:00Z, 2025-11-12, 2025-11",
    ] = None
    published_precision: Annotated[Precision | None, "How sharp published_at is."] = None
    published_raw: Annotated[str | None, "The date as the page prints it."] = None
    published_from: Annotated[str | None, "Carrier: json-ld meta time payload visible url feed sitemap."] = None
    modified_at: Annotated[str | None, "When last changed according to the page; as published_at."] = None
    description: Annotated[str | None, "The page's own summary."] = None
    lead_image: Annotated[Image | None, "Hero image."] = None
    text: Annotated[
        str, "Paragraphs and headings parted by a blank line; no page chrome, captions, tables or reference list."
    ] = ""
    headings: Annotated[tuple[str, ...], "Headings of the body in order; each is also a paragraph of text."] = ()
    figures: Annotated[tuple[Figure, ...], "Images of the body in order."] = ()
    tables: Annotated[tuple[Table, ...], "Data tables of the body in order."] = ()
    references: Annotated[tuple[Reference, ...], "The printed reference list, complete and in order."] = ()
    links: Annotated[tuple[Link, ...], "Links in the body text, in order."] = ()
    mentions: Annotated[tuple[Mention, ...], "Sources named without a link, in order."] = ()
    outcome: Annotated[Outcome, "ok, or why this page is no article."] = Outcome.OK
    warnings: Annotated[tuple[str, ...], "What could not be read or is doubtful, as 'field: words'."] = ()
    extractor: Annotated[str, "What read it: release, and a digest of the rules that read pages."] = ""

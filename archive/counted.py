"""Rows of the kept counts: what archive/totals.py counts at the end of a crawl, for pages and pictures."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A number of things in the archive."""

    about: Annotated[str, "held, month (of HyperAI's articles), or a kind of the frontier (article, cited, listing …)."]
    name: Annotated[str, "What is counted: articles, captures …; the month; of the frontier an outcome or state."]
    n: Annotated[int, "How many."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWeek:
    """HyperAI's articles of one week, section and language."""

    week: Annotated[str, "Its Monday; articles dated to the day or sharper are counted."]
    section: Annotated[str, "Section of the site, '' for none."]
    lang: Annotated[str, "Language, '' when unknown."]
    n_articles: Annotated[int, "Articles published in it."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationMonth:
    """How often HyperAI's articles of one month cite one publisher."""

    source: Annotated[str, "Source key of the cited publisher."]
    month: Annotated[str, "Month of publication of the citing articles."]
    n_citations: Annotated[int, "Its pages that an article cites, added up; a page that one names twice counts once."]
    n_articles: Annotated[int, "Articles that hold them."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTotal:
    """How often one publisher is cited and what became of its cited pages."""

    source: Annotated[str, "Source key."]
    n_cited_pages: Annotated[int, "Pages of it that are cited."]
    n_citations: Annotated[int, "Articles that cite each of them, added up."]
    n_held: Annotated[int, "Cited pages of which we hold a copy."]
    n_lost: Annotated[int, "Cited pages that are gone (gone, soft-404)."]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAge:
    """Cited pages of one publisher by age when last known: the survival of links."""

    source: Annotated[str, "Source key; '' for all together."]
    days: Annotated[int, "Days from the first citing article to the loss of the page, or to its last answer."]
    n_lost: Annotated[int, "Pages found lost at this age."]
    n_seen: Annotated[int, "Pages not lost that last answered at this age."]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCoverage:
    """On how many pages of a publisher a field is filled."""

    source: Annotated[str, "Source key; '' for all together."]
    kind: Annotated[str, "article or source."]
    field: Annotated[str, "Field."]
    n_articles: Annotated[int, "Pages we hold."]
    n_filled: Annotated[int, "Those on which it is filled."]

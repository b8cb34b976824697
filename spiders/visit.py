"""A visit: what came of asking for one frontier entry, on its way from the spider to the store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from archive.model import Article, Outcome, Policy
from archive.opt_out import withholds
from archive.records import FrontierEntry, ListReading, Sighting
from archive.warc import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a list that says something new changes in the archive; SURT -> lastmod as printed."""

    reading: Annotated[ListReading, "What it names now."]
    sightings: Annotated[tuple[Sighting, ...], "Which articles, by which way."] = ()
    announced: Annotated[Mapping[str, str], "Pages to be asked at once: their lastmod changed."]
    parts: Annotated[Mapping[str, str], "The same of the sitemaps of an index."]
    noted: Annotated[Mapping[str, str], "Pages whose first lastmod announces nothing."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Everything that is stored about one visit, in one transaction."""

    entry: Annotated[FrontierEntry, "Address that was due."]
    hops: Annotated[tuple[Exchange, ...], "Answers in order: redirects, then the last one."] = ()
    outcome: Annotated[Outcome, "What came of it."]
    detail: Annotated[str | None, "That outcome in words."] = None
    refused_url: Annotated[str | None, "Address that was not asked, or gave no answer, after these hops."] = None
    article: Annotated[Article | None, "What the page says, when it is one to keep."] = None
    found: Annotated[tuple[FrontierEntry, ...], "Addresses it led to."] = ()
    listing_kind: Annotated[str | None, "For a listing: what it turned out to be."] = None
    leads_to: Annotated[FrontierEntry | None, "Entry that it redirects to and that is asked by itself."] = None
    n_new: Annotated[int, "For a listing: how many articles it named that were not known."] = 0
    naming: Annotated[Naming | None, "For a listing that names something new: what that changes."] = None
    is_same: Annotated[bool, "Whether the answer is 304, or the body that we hold already: nothing was read."] = False
    passing: Annotated[bool, "Whether the failure may pass: asked again, in this run or a later one."] = False
    retry_after_s: Annotated[float | None, "How long the server asked us to wait, seconds."] = None
    opt_out: Annotated[str | None, "What the last answer asks us not to do, when its page was looked at."] = None
    extractor: Annotated[str | None, "What read the last answer, when it was read."] = None
    shown: Annotated[bytes | None, "The page as a browser shows it, when it was read so; HTML in UTF-8."] = None
    problem: Annotated[str | None, "Why reading the page failed, when it raised."] = None

    @property
    def last(self) -> Exchange | None:
        """Return the last answer; None when none came."""
        return self.hops[-1] if self.hops else None

    @property
    def final_url(self) -> str:
        """Return the address that the page was read from."""
        return self.hops[-1].url if self.hops else self.entry.url


def allowed_part(article: Article, policy: Policy, opt_out: str | None) -> Article:
    """Return what of *article* may enter the tables, which are published: by our policy, and by the page's own wishes.

    Of a metadata-only source neither text nor pictures nor tables; what *opt_out* withholds stays in the WARC file.
    """
    is_text_kept = policy is not Policy.METADATA_ONLY and not withholds(opt_out, "text")
    if policy is Policy.METADATA_ONLY or withholds(opt_out, "images"):
        article = replace(article, figures=(), lead_image=None)
    if is_text_kept:
        return article
    description = None if withholds(opt_out, "text") else article.description
    return replace(article, text="", headings=(), figures=(), tables=(), description=description)

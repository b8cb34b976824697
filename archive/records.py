"""The rows of the file: one frozen dataclass a table, one field a column.

The annotation beside each field is the note shown in Datasette and in docs/schema.md.
"""

from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from archive.cited_records import CitedAddress, CitedSource
from archive.counted import ArticleWeek, CitationMonth, FieldCoverage, LinkAge, SourceTotal, Total
from archive.model import Outcome, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher and our policy for it."""

    key: Annotated[str, "Registrable domain."]
    name: Annotated[str, "Name as readers know it."] = ""
    home: Annotated[str, "Home page."] = ""
    language: Annotated[str | None, "Main language, BCP 47."] = None
    policy: Annotated[Policy, "crawl, metadata-only or cite-only (no request at all)."] = Policy.CRAWL
    reason: Annotated[str, "Why this policy."] = ""
    browser: Annotated[bool, "Whether its pages need a browser to be read: scripts make their text."] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An address a crawl starts from."""

    url: Annotated[str, "Address."]
    kind: Annotated[str, "listing, feed, sitemap or robots."] = "listing"
    source: Annotated[str, "Source key."] = ""
    every_hours: Annotated[float, "How often it is asked, hours."] = 6.0
    locale: Annotated[str | None, "Locale prefix of the site (ja, cn, kr), None for prefixless."] = None
    section: Annotated[str | None, "Section it lists."] = None
    verdict: Annotated[str | None, "What it turned out to be when last asked, by content."] = None
    verdict_at: Annotated[str | None, "When that was, UTC."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """One execution of a crawl."""

    id: Annotated[int | None, "Runs are ordered by this counter, not by the clock."] = None
    command: Annotated[str, "What was run, with its options."] = ""
    pid: Annotated[int, "Process that ran it."] = 0
    started_at: Annotated[str, "Start, UTC."] = ""
    ended_at: Annotated[str | None, "End, UTC; empty while running or after a kill."] = None
    end_reason: Annotated[str | None, "finished, shutdown, limit, killed or an error."] = None
    counts: Annotated[str, "JSON object: fetched, new, revised, unchanged, cited, refused …"] = "{}"
    alarms: Annotated[
        str, "JSON array: what needed a person when it ended, each with what it is about, in words, and whether told."
    ] = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSource:
    """What one run asked of one source and what came of it; later runs are compared with it."""

    run_id: Annotated[int, "Run."]
    source: Annotated[str, "Source key."]
    kind: Annotated[str, "article (HyperAI's own), cited, or list (listings, feeds, sitemaps)."]
    n_visits: Annotated[int, "Addresses whose turn in this run came to its end, refusals too."] = 0
    n_ok: Annotated[int, "Of these: pages and lists that were of use, unchanged ones too."] = 0
    n_new: Annotated[int, "Pages that were new to us."] = 0
    n_revised: Annotated[int, "Pages whose text had changed."] = 0
    n_read: Annotated[int, "Pages whose fields were read."] = 0
    fields: Annotated[str, "JSON object: field -> on how many of these pages it was filled."] = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierEntry:
    """An address known to us and what is due for it."""

    surt: Annotated[str, "Identity of the address (SURT of its canonical form)."]
    url: Annotated[str, "Address to ask for."]
    kind: Annotated[str, "robots, sitemap, feed, listing, article or cited."]
    source: Annotated[str, "Source key."] = ""
    host: Annotated[str, "Host (with a port that is not the usual one)."] = ""
    state: Annotated[str, "due, leased, done or dead."] = "due"
    priority: Annotated[int, "Higher goes first."] = 0
    due_at: Annotated[str | None, "Not before this time, UTC; None when nothing is planned."] = None
    lease_until: Annotated[str | None, "While leased: given back after this time, UTC."] = None
    run_id: Annotated[int | None, "Run that holds or last held it."] = None
    attempts: Annotated[int, "Failed attempts in a row."] = 0
    etag: Annotated[str | None, "ETag of the last answer."] = None
    last_modified: Annotated[str | None, "Last-Modified of the last answer."] = None
    outcome: Annotated[Outcome | None, "What came of the last attempt."] = None
    detail: Annotated[str | None, "That outcome in words."] = None
    found_on: Annotated[str | None, "Where it was found (listing, sitemap, citing article)."] = None
    first_seen_at: Annotated[str | None, "When first known, UTC."] = None
    published_hint: Annotated[str | None, "Date that the feed or sitemap gave."] = None
    interval_s: Annotated[float | None, "Interval between checks, adapted to changes, seconds; None before one."] = None
    checked_at: Annotated[str | None, "When it was last asked and settled, UTC."] = None
    changed_at: Annotated[str | None, "Check that last found a change (of a list: news), UTC; None without one."] = None
    modified_hint: Annotated[str | None, "lastmod in the sitemap that its last check knew, as printed."] = None
    leads_to: Annotated[str | None, "SURT of the entry of its own that it redirects to."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReading:
    """What a list (sitemap, feed, listing page) named when it was last read; not rewritten while it names the same."""

    surt: Annotated[str, "Identity of its address."]
    url: Annotated[str, "Its address."]
    kind: Annotated[str, "What it turned out to be: listing, feed, sitemap, sitemap-index; decided by content."]
    read_at: Annotated[str, "When it first named this, UTC."]
    n_entries: Annotated[int, "Addresses it names, outside the crawl's scope too."] = 0
    n_new: Annotated[int, "Articles among them that were not known then."] = 0
    digest: Annotated[str, "sha1 of the addresses in order, of a sitemap with their lastmod."] = ""
    scope: Annotated[str, "JSON object: locales, sections, since of the crawl that read it; - while in doubt."] = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A way by which an article was found; the view `discovery` adds them up to the coverage ledger."""

    surt: Annotated[str, "Identity of the article's address."]
    way: Annotated[str, "sitemap, feed, listing, payload (script state of a listing) or citation."]
    url: Annotated[str, "Address as written there, repaired: a mirror or an old path stays."]
    first_seen_at: Annotated[str, "When it was first seen there, UTC."]
    run_id: Annotated[int | None, "Run that saw it first."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lastmods:
    """How true the lastmod dates of a host's sitemaps have been."""

    host: Annotated[str, "Host, as in frontier."]
    n_announced: Annotated[int, "Pages that were checked because their lastmod changed."] = 0
    n_confirmed: Annotated[int, "Those that had changed."] = 0
    n_silent: Annotated[int, "Pages that were checked while their lastmod stayed."] = 0
    n_unannounced: Annotated[int, "Those that had changed all the same."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer (or refusal) for one address at one time."""

    id: Annotated[int | None, "Number of the capture."] = None
    surt: Annotated[str, "Identity of the address that was asked for; the hops of one redirect chain share it."]
    url: Annotated[str, "Address of this hop."]
    hop: Annotated[int, "0 for the address asked for, 1 for the first redirect target …"] = 0
    source: Annotated[str, "Source key by which the page is read."] = ""
    kind: Annotated[str, "robots, sitemap, feed, listing, article or cited."] = ""
    run_id: Annotated[int | None, "Run that made it."] = None
    fetched_at: Annotated[str, "When it was fetched, UTC."]
    status: Annotated[int | None, "HTTP status; None when no answer came."] = None
    outcome: Annotated[Outcome, "ok, or why there is no article."] = Outcome.OK
    detail: Annotated[str | None, "That outcome in words."] = None
    content_type: Annotated[str | None, "Content-Type as sent."] = None
    n_bytes: Annotated[int | None, "Length of the body as received, bytes."] = None
    payload_digest: Annotated[str | None, "sha1:BASE32 of the body as received (as in the WARC record)."] = None
    record_type: Annotated[str | None, "WARC record: response, revisit, or conversion (as a browser shows it)."] = None
    warc_file: Annotated[str | None, "WARC file, relative to the captures folder."] = None
    warc_offset: Annotated[int | None, "Where the record starts, bytes."] = None
    warc_length: Annotated[int | None, "Length of the compressed record, bytes."] = None
    redirect_to: Annotated[str | None, "Where a redirect pointed."] = None
    opt_out: Annotated[str | None, "What page and headers ask us not to do: noarchive, noindex, noai, tdm …"] = None
    extractor: Annotated[str | None, "What judged its outcome; None when it was not read (redirect, refusal, 304)."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """A normalised article: one row a canonical URL."""

    id: Annotated[int | None, "Number of the article."] = None
    surt: Annotated[str, "Identity of the canonical URL."]
    kind: Annotated[str, "article (HyperAI's own) or source (cited by one)."]
    work_id: Annotated[str | None, "Joins the language editions of one item."] = None
    url: Annotated[str, "Address the page was read from."]
    canonical_url: Annotated[str, "The article's own address."]
    source: Annotated[str, "Source key: the registrable domain."]
    section: Annotated[str | None, "Section of the site (news, stories, papers)."] = None
    lang: Annotated[str | None, "Language, BCP 47."] = None
    title: Annotated[str | None, "Headline without the site's suffix."] = None
    authors: Annotated[str, "JSON array: authors verbatim, in order."] = "[]"
    category: Annotated[str | None, "Category as printed (情報)."] = None
    tags: Annotated[str, "JSON array: tags as printed."] = "[]"
    published_at: Annotated[str | None, "When published, UTC, ISO 8601, no sharper than published_precision."] = None
    published_precision: Annotated[str | None, "second minute hour day week month year."] = None
    published_raw: Annotated[str | None, "The date as the page prints it."] = None
    published_from: Annotated[str | None, "Carrier: json-ld meta time payload visible url feed sitemap."] = None
    modified_at: Annotated[str | None, "When last changed according to the page."] = None
    description: Annotated[str | None, "The page's own summary."] = None
    lead_image_url: Annotated[str | None, "Hero image."] = None
    lead_image_caption: Annotated[str | None, "Its caption or alt text."] = None
    text: Annotated[str, "Paragraphs and headings parted by a blank line."] = ""
    headings: Annotated[str, "JSON array: headings of the body in order."] = "[]"
    outcome: Annotated[Outcome, "ok or paywalled; other pages are never stored as articles."] = Outcome.OK
    warnings: Annotated[str, "JSON array: what could not be read or is doubtful."] = "[]"
    content_digest: Annotated[str, "sha256 of title and text as normalised."] = ""
    capture_id: Annotated[int | None, "Capture that the current text was read from."] = None
    first_captured_at: Annotated[str, "First capture of this article, UTC."] = ""
    last_captured_at: Annotated[str, "Last capture it was read from, UTC; the same body is not read again."] = ""
    n_revisions: Annotated[int, "How many states of its text are kept."] = 1
    opt_out: Annotated[str | None, "What the page asks us not to do, and is honoured: its text may be withheld."] = None
    extractor: Annotated[str, "What read it: release, digest of its rules; one that reads the same is not noted."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of an article's title and text."""

    id: Annotated[int | None, "Number of the row."] = None
    article_id: Annotated[int, "Article."]
    number: Annotated[int, "1 for the first state seen, then 2 …"]
    capture_id: Annotated[int | None, "Capture that first showed this state."] = None
    seen_at: Annotated[str, "When that was, UTC."]
    title: Annotated[str | None, "Headline in this state."] = None
    text: Annotated[str, "Text in this state."] = ""
    content_digest: Annotated[str, "sha256 of title and text as normalised."] = ""
    extractor: Annotated[str, "What read this state."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One thing that an article cites: an entry of its reference list, a link, a caption's link, a mention."""

    id: Annotated[int | None, "Number of the row."] = None
    article_id: Annotated[int, "Article that cites."]
    position: Annotated[int, "Order within the article, from 1: references, then links, then mentions."]
    kind: Annotated[str, "reference, link, caption or mention."]
    number: Annotated[int | None, "Number printed in the reference list."] = None
    text: Annotated[str, "Entry, anchor text or words of the mention as printed."] = ""
    url: Annotated[str | None, "Address as cited, repaired; None for a mention or an entry without one."] = None
    surt: Annotated[str | None, "Identity of that address."] = None
    cited_kind: Annotated[str, "What sort of thing is cited."] = "other"
    doi: Annotated[str | None, "DOI, lower case, without resolver."] = None
    arxiv_id: Annotated[str | None, "arXiv identifier without version."] = None
    name: Annotated[str | None, "For a mention: the source's usual name."] = None
    paragraph: Annotated[int | None, "Paragraph it stands in, from 1."] = None
    cited_article_id: Annotated[int | None, "The cited page in this archive, when we hold it."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFigure:
    """An image in an article's body."""

    id: Annotated[int | None, "Number of the row."] = None
    article_id: Annotated[int, "Article."]
    position: Annotated[int, "Order within the article, from 1."]
    url: Annotated[str, "Absolute address of the image."] = ""
    alt: Annotated[str, "Alternative text as printed."] = ""
    caption: Annotated[str, "Caption as printed."] = ""
    after_paragraph: Annotated[int, "Paragraph of text it follows, from 1; 0 before the first."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """A data table in an article's body."""

    id: Annotated[int | None, "Number of the row."] = None
    article_id: Annotated[int, "Article."]
    position: Annotated[int, "Order within the article, from 1."]
    caption: Annotated[str, "Caption as printed."] = ""
    rows: Annotated[str, "JSON array of arrays: cell texts row by row."] = "[]"
    after_paragraph: Annotated[int, "Paragraph of text it follows, from 1; 0 before the first."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A field that could not be read or is doubtful, and why."""

    id: Annotated[int | None, "Number of the row."] = None
    url: Annotated[str, "Address of the page."]
    field: Annotated[str, "Field concerned, or 'page'."]
    message: Annotated[str, "Why, in words."]
    article_id: Annotated[int | None, "Article, when the page is one."] = None
    capture_id: Annotated[int | None, "Capture it was read from."] = None
    seen_at: Annotated[str, "When, UTC."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another address of an article: mirror, old path, redirect, short link."""

    surt: Annotated[str, "Identity of the other address."]
    url: Annotated[str, "The other address."]
    article_id: Annotated[int, "Article it leads to."]
    reason: Annotated[str, "redirect, canonical or mirror."] = "redirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsVerdict:
    """What a host's robots.txt said, and until when we rely on it."""

    origin: Annotated[str, "Scheme, host and port."]
    fetched_at: Annotated[str, "When asked, UTC."]
    expires_at: Annotated[str, "Asked again after this, UTC."]
    status: Annotated[int | None, "HTTP status; None when no answer came."] = None
    verdict: Annotated[str, "rules, allow-all (4xx) or disallow-all (5xx, unreachable)."] = "rules"
    body: Annotated[str, "The file, at most 512 KiB."] = ""
    crawl_delay_s: Annotated[float | None, "Crawl-delay that applies to us, seconds, before our cap."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision of politeness: why a host was asked more slowly, later or not at all."""

    id: Annotated[int | None, "Number of the row."] = None
    run_id: Annotated[int | None, "Run that decided."] = None
    host: Annotated[str, "Host, or the origin whose robots.txt was asked."]
    made_at: Annotated[str, "When, UTC."] = ""
    decision: Annotated[
        str,
        "robots (its robots.txt was asked), crawl-delay, wait (Retry-After), back-off (a growing pause), put-off (not "
        "in this run), host-cap, run-cap or list-cap (enough for this run).",
    ]
    seconds: Annotated[float | None, "How long, seconds."] = None
    until: Annotated[str | None, "Not before this time, UTC, when one was named."] = None
    detail: Annotated[str | None, "Why, in words."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A query under a name: a feed of what it finds, and what is new since it was last asked."""

    name: Annotated[str, "Its name."]
    query: Annotated[str, "The query, as typed."]
    created_at: Annotated[str, "When it was saved, UTC."]
    last_article_id: Annotated[int, "Highest article number when it was last asked; later ones are new to it."] = 0
    last_run_at: Annotated[str | None, "When it was last asked, UTC; None before the first time."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """An address that nothing is stored of: what it said was removed on request."""

    surt: Annotated[str, "Identity of the address."]
    url: Annotated[str, "The address."]
    reason: Annotated[str, "Why, as readers are told."]
    taken_down_at: Annotated[str, "When, UTC."]
    undone_at: Annotated[str | None, "When it was undone, UTC; None while it is in force."] = None
    article_id: Annotated[int | None, "Number that the article had, and gets again; None when we held none."] = None


def row_of(record: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass as a row; asdict() would copy every value, at twenty times the cost."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


TABLES: dict[str, type] = {
    "sources": Source,
    "seeds": Seed,
    "runs": CrawlRun,
    "run_sources": RunSource,
    "frontier": FrontierEntry,
    "lists": ListReading,
    "sightings": Sighting,
    "lastmods": Lastmods,
    "captures": Capture,
    "articles": StoredArticle,
    "revisions": Revision,
    "citations": Citation,
    "cited_addresses": CitedAddress,
    "cited_sources": CitedSource,
    "figures": StoredFigure,
    "data_tables": DataTable,
    "problems": Problem,
    "aliases": Alias,
    "robots": RobotsVerdict,
    "decisions": Decision,
    "saved_searches": SavedSearch,
    "totals": Total,
    "article_weeks": ArticleWeek,
    "citation_months": CitationMonth,
    "source_totals": SourceTotal,
    "link_ages": LinkAge,
    "field_coverage": FieldCoverage,
    "takedowns": Takedown,
}


def field_notes(record: type) -> dict[str, str]:
    """Return the meaning of each field of *record* (a dataclass above), in declaration order."""
    hints = get_type_hints(record, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}

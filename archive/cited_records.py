"""The rows of what is cited, apart from archive/records.py for its length; one field a column, its meaning beside."""

from dataclasses import dataclass
from typing import Annotated

from archive.model import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedAddress:
    """An address that was cited, or that one leads to, and the page it stands for."""

    surt: Annotated[str, "Identity of the address."]
    url: Annotated[str, "The address as first met, repaired."]
    source_surt: Annotated[str, "The page: row of cited_sources. The arXiv paper's, the DOI's, else where it leads."]
    cited_kind: Annotated[str, "What sort of thing this address is."] = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A page that HyperAI's articles cite, once, whatever the address, with what became of it."""

    surt: Annotated[str, "Identity of the page: of an arXiv paper its abstract's, of a DOI its resolver's address."]
    url: Annotated[str, "Its address: of those cited, the one that came to most."]
    domain: Annotated[str, "Publisher (source key)."] = ""
    title: Annotated[str | None, "Title of our copy."] = None
    cited_kind: Annotated[str, "What sort of thing is cited."] = "other"
    state: Annotated[str | None, "due, leased, done or dead; None when it is not asked."] = None
    outcome: Annotated[Outcome | None, "What came of the last attempt."] = None
    first_captured_at: Annotated[str | None, "First answer, UTC."] = None
    last_captured_at: Annotated[str | None, "Last answer, UTC."] = None
    hours_after_publication: Annotated[
        float | None, "First answer minus publication of the earliest citing article, hours; None without its day."
    ] = None
    n_citing: Annotated[int, "Articles that cite it."] = 0
    cited_article_id: Annotated[int | None, "Our copy, when we hold one."] = None
    first_published_at: Annotated[str | None, "Publication of the earliest article that cites it."] = None

"""What an address names: a paper by its DOI or arXiv number, a repository, a post, a statistics page …"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from archive.errors import AddressError
from archive.model import CitedKind
from archive.urls import N_KEPT, canonical_url

# Crossref's own pattern for DOIs, https://www.crossref.org/blog/dois-and-matching-regular-expressions/, a little wider.
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>|^`{}、。，；「」『』（）【】]+", re.IGNORECASE)
DOI_TAIL = re.compile(
    r"(?:/(?:full|pdf|epdf|abstract|abs|html|meta|suppl|references|fulltext)(?:/.*)?|(?:v\d+)?(?:\.(?:full|short|abstract|pdf|html))+"
    r"|(?<=\d)v\d+)$",
    re.IGNORECASE,
)
ARXIV_NEW = r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}"
ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/\d\d(?:0[1-9]|1[0-2])\d{3}"
ARXIV_NUMBER = re.compile(rf"(?<![\w.])({ARXIV_NEW}|{ARXIV_OLD})(v\d+)?(?![\d])")
ARXIV_IN_TEXT = re.compile(rf"arxiv\s*[:：]?\s*({ARXIV_NEW}|{ARXIV_OLD})(v\d+)?(?!\d)", re.IGNORECASE)
ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({ARXIV_NEW}|{ARXIV_OLD.replace('A-Z', 'a-z')})", re.IGNORECASE)
# Hosts that show arXiv papers under their numbers, and the part of the path before the number.
ARXIV_HOSTS = re.compile(
    r"^(?:(?:\w+\.)*arxiv\.org|ar5iv\.org|(?:www\.)?alphaxiv\.org|(?:www\.)?huggingface\.co|hyper\.ai)$"
)
ARXIV_PATHS = re.compile(r"^(?:/[a-z]{2})?/(?:abs|pdf|html|format|ps|papers|overview|src|e-print)/")
NATURE_ARTICLE = re.compile(r"^/articles/([a-z]+[\w.-]*\d[\w.-]*?)(?:\.pdf|_reference\.pdf)?/?$")
ARTICLE_PATH = re.compile(
    r"/(?:19|20)\d\d[/-]\d\d?(?:[/-]|$)|/(?:blogs?|news|articles?|story|stories|posts?|press|newsroom|research|p)/[^/]"
    r"|/(?:[^/-]+-){3}[^/-]|\.s?html?$|/doc-\w"
)
ARTICLE_NUMBER = re.compile(r"\d{5}")
STATISTICS_PATH = re.compile(
    r"/statistics?/|/stats/|-(?:statistics|stats|benchmarks|leaderboard)(?:/|-|$)|/leaderboard(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an address names: its kind, its DOI and arXiv number when it has them, and the address to ask for."""

    kind: CitedKind
    doi: str | None
    arxiv_id: str | None
    url: str


@lru_cache(maxsize=N_KEPT)
def identify(url: str) -> Identity:
    """Return what *url* names, judged by its host and path alone.

    The DOI is in lower case without resolver, the arXiv number without version; the address is canonical and keeps
    form and version (abs, pdf, html), because that page was cited. An address that cannot be asked for is `OTHER`
    and comes back unchanged; nothing is raised.

    >>> identify("https://www.hyper.ai/ja/papers/2509.12345").arxiv_id
    '2509.12345'
    """
    try:
        address = canonical_url(url)
    except AddressError:
        return Identity(CitedKind.OTHER, None, None, url)
    parts = urlsplit(address)
    host, path = parts.hostname or "", unquote(parts.path)
    doi = _doi_of(host, path, parts.query)
    arxiv_id = _arxiv_of(host, path, doi)
    return Identity(_kind(host, path, parts.query, doi=doi, arxiv_id=arxiv_id), doi, arxiv_id, address)


def doi_in(text: str) -> str | None:
    """Return the first DOI printed in *text*, lower case, without resolver; None when there is none or it is cut."""
    found = DOI.search(text)
    if not found or found[0].endswith(("...", "…")):
        return None
    doi = found[0].rstrip(".,;:!?'\"*_\\")
    while doi.endswith((")", "]")) and doi.count(")") + doi.count("]") > doi.count("(") + doi.count("["):
        doi = doi[:-1].rstrip(".,;:")
    return doi.lower() if doi.rpartition("/")[2] else None


def arxiv_in(text: str) -> tuple[str, str] | None:
    """Return number and version ("" when none) of the first arXiv paper that *text* names by number."""
    found = ARXIV_IN_TEXT.search(text)
    return (found[1], found[2] or "") if found else None


def _doi_of(host: str, path: str, query: str) -> str | None:
    if host.removeprefix("www.") == "nature.com" and (article := NATURE_ARTICLE.match(path)):
        return f"10.1038/{article[1].lower()}"
    found = doi_in(path) or (doi_in(unquote(query)) if "doi" in query.lower() else None)
    if not found or host == "doi.org":
        return found
    if host == "academic.oup.com":  # /doi/10.1093/nar/gkaa1038/5998389: the last part is a page number
        found = re.sub(r"(?<=/.)([^/]*)/\d{5,}$", r"\1", found)
    return DOI_TAIL.sub("", found).rstrip("/")


def _arxiv_of(host: str, path: str, doi: str | None) -> str | None:
    if doi and (found := ARXIV_DOI.match(doi)):
        return found[1]
    if ARXIV_HOSTS.match(host) and (prefix := ARXIV_PATHS.match(path)):
        number = ARXIV_NUMBER.match(path, prefix.end())
        return number[1] if number else None
    return None


def _kind(host: str, path: str, query: str, *, doi: str | None, arxiv_id: str | None) -> CitedKind:
    if host == "hyper.ai" or host.endswith(".hyper.ai"):
        return CitedKind.INTERNAL
    if arxiv_id:
        return CitedKind.ARXIV
    if host == "doi.org":
        return CitedKind.DOI if doi else CitedKind.OTHER
    table = _kinds()
    for kind in (CitedKind.VIDEO, CitedKind.POST, CitedKind.CONFERENCE, CitedKind.JOURNAL, CitedKind.STATISTICS):
        if _is_listed(host, path, table[kind]):
            return kind
    return _official(host, path, query, table) or _kind_by_path(host, path, doi, table)


def _official(host: str, path: str, query: str, table: Mapping[str, frozenset[str]]) -> CitedKind | None:
    if _is_listed(host, "", table["government_suffixes"]):
        return CitedKind.GOVERNMENT
    if path.lower().endswith(".pdf") or re.search(r"(?:^|&)(?:type|format)=pdf(?:&|$)", query):
        return CitedKind.PDF
    return None


def _kind_by_path(host: str, path: str, doi: str | None, table: Mapping[str, frozenset[str]]) -> CitedKind:
    if _is_listed(host, path, table[CitedKind.REPOSITORY]) and not path.startswith("/blog"):
        return CitedKind.REPOSITORY
    if doi:
        return CitedKind.JOURNAL
    if STATISTICS_PATH.search(path):
        return CitedKind.STATISTICS
    if ARTICLE_PATH.search(path) or ARTICLE_NUMBER.search(path.rpartition("/")[2]):
        return CitedKind.ARTICLE
    is_page_of_news = _is_listed(host, path, table["news"]) and path.count("/") > 1
    return CitedKind.ARTICLE if is_page_of_news else CitedKind.OTHER


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((files("archive") / "cited_kinds.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(hosts.split()) for kind, hosts in table.items()}


def _is_listed(host: str, path: str, entries: frozenset[str]) -> bool:
    labels = host.split(".")
    names = {".".join(labels[start:]) for start in range(len(labels))}
    if names & entries:
        return True
    return any(f"{name}/{path.split('/')[1]}" in entries for name in names) if path.count("/") else False

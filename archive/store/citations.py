"""What articles cite: the citations of an article, and which of the cited pages we hold.

A cited page is ours when its address is an article's, or an alias of one, or names the same arXiv paper or DOI.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from archive.citations import Identity, identify
from archive.errors import AddressError
from archive.model import Article, CitedKind
from archive.records import Citation, row_of
from archive.store import Store
from archive.store.identities import note_addresses, settle, source_of, surt_of_paper
from archive.urls import surt as surt_of

_COLUMNS = tuple(field.name for field in fields(Citation) if field.name not in ("id", "cited_article_id"))
_INSERT = (
    f"INSERT INTO citations ({', '.join(_COLUMNS)}, cited_article_id) VALUES "  # noqa: S608 - names of our own record
    f"({', '.join(':' + name for name in _COLUMNS)}, :cited_article_id)"
)


def citation_rows(article: Article, article_id: int = 0) -> list[dict[str, Any]]:
    """Return the citations of *article* as rows: references, then links, then mentions; not yet linked to our pages."""
    found: list[dict[str, Any]] = []
    for reference in article.references:
        identity = _identity(reference.url)
        row = row_of(reference) | {"kind": "reference", "cited_kind": str(reference.kind)}
        row["doi"], row["arxiv_id"] = reference.doi or identity.doi, reference.arxiv_id or identity.arxiv_id
        found.append(row)
    for link in article.links:
        identity = _identity(link.url)
        row = row_of(link) | {"kind": "link" if link.paragraph else "caption", "cited_kind": str(identity.kind)}
        found.append(row | {"doi": identity.doi, "arxiv_id": identity.arxiv_id})
    found.extend(row_of(mention) | {"cited_kind": mention.kind, "kind": "mention"} for mention in article.mentions)
    plain = dict.fromkeys(_COLUMNS) | {"cited_kind": "other", "article_id": article_id}
    return [
        {name: (plain | row)[name] for name in _COLUMNS} | {"position": position, "surt": _surt(row.get("url"))}
        for position, row in enumerate(found, start=1)
    ]


def save_citations(store: Store, article_id: int, article: Article, *, is_new: bool = False) -> bool:
    """Store what *article* cites, linked to the pages we hold; say whether anything changed.

    *is_new*: the article was not there before, so nothing is compared.
    """
    new = citation_rows(article, article_id)
    if not is_new and _are_held(store, article_id, new):
        return False
    with store.transaction():
        if not is_new:
            store.connection.execute("DELETE FROM citations WHERE article_id = :id", {"id": article_id})
        note_addresses(store.connection, new)
        store.connection.executemany(_INSERT, [row | {"cited_article_id": _held_page(store, row)} for row in new])
    return True


def _are_held(store: Store, article_id: int, rows: list[dict[str, Any]]) -> bool:
    held = store.connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM citations WHERE article_id = :id ORDER BY position",  # noqa: S608
        {"id": article_id},
    ).fetchall()
    return [dict(row) for row in held] == rows


def link_citations(store: Store, article_id: int, *, surt: str, url: str) -> int:
    """Point the citations of a page at the article it was stored as, and return how many there are."""
    identity = _identity(url)
    row = {"id": article_id, "surt": surt, "doi": identity.doi, "arxiv_id": identity.arxiv_id}
    with store.transaction():
        linked = store.connection.execute(
            "UPDATE citations SET cited_article_id = :id WHERE surt = :surt AND cited_article_id IS NOT :id", row
        ).rowcount
        for column, sql in _LINK_BY_NUMBER.items():
            if row[column]:
                linked += store.connection.execute(sql, row).rowcount
        settle(store.connection, [surt])
    return int(linked)


_LINK_BY_NUMBER = {
    "doi": "UPDATE citations SET cited_article_id = :id WHERE doi = :doi AND cited_article_id IS NULL",
    "arxiv_id": "UPDATE citations SET cited_article_id = :id WHERE arxiv_id = :arxiv_id AND cited_article_id IS NULL",
}


def resolve(store: Store) -> int:
    """Link every citation that is not linked yet to the page we hold, and return how many were."""
    open_rows = store.connection.execute(
        "SELECT id, surt, doi, arxiv_id FROM citations WHERE cited_article_id IS NULL AND "
        "(surt IS NOT NULL OR doi IS NOT NULL OR arxiv_id IS NOT NULL)"
    ).fetchall()
    found = [{"id": row["id"], "page": _held_page(store, row)} for row in open_rows]
    with store.transaction():
        store.connection.executemany(
            "UPDATE citations SET cited_article_id = :page WHERE id = :id", [row for row in found if row["page"]]
        )
    return sum(1 for row in found if row["page"])


def citations_of(store: Store, article_id: int) -> list[dict[str, Any]]:
    """Return what an article cites, in order, each with `state`, `outcome` and `captured_at` of the cited page."""
    return [dict(row) for row in store.connection.execute(_CITATIONS_OF, {"id": article_id})]


def cited_by(store: Store, url_or_domain: str) -> list[dict[str, Any]]:
    """Return the citations of a page, or of all pages of a domain, with the citing article; newest article first.

    A word without a scheme and a path (reuters.com) is a domain, its subdomains included.
    Raises AddressError when it is neither.
    """
    target = surt_of(url_or_domain)
    domain, _, path = target.partition(")")
    is_domain = "://" not in url_or_domain and path in ("", "/")
    identity = Identity(CitedKind.OTHER, None, None, "") if is_domain else _identity(url_or_domain)
    parameters = {"surt": target, "domain": domain, "doi": identity.doi, "arxiv_id": identity.arxiv_id}
    if not is_domain:
        parameters["source"] = source_of(store.connection, url_or_domain)
    return [dict(row) for row in store.connection.execute(_CITED_DOMAIN if is_domain else _CITED_PAGE, parameters)]


_CITATIONS_OF = """
SELECT citations.*, frontier.state, frontier.outcome, frontier.source, held.title AS cited_title,
    (SELECT MIN(fetched_at) FROM captures WHERE captures.surt = citations.surt) AS captured_at
FROM citations
LEFT JOIN frontier ON frontier.surt = citations.surt
LEFT JOIN articles AS held ON held.id = citations.cited_article_id
WHERE citations.article_id = :id
ORDER BY citations.position
"""
_CITING = """
SELECT citations.*, articles.title AS citing_title, articles.canonical_url AS citing_url,
    articles.published_at AS citing_published_at
FROM citations JOIN articles ON articles.id = citations.article_id
WHERE {}
ORDER BY COALESCE(articles.published_at, articles.first_captured_at) DESC, articles.id DESC, citations.position
"""
_CITED_PAGE = _CITING.format("""
    citations.surt = :surt OR citations.doi = :doi OR citations.arxiv_id = :arxiv_id
    OR citations.surt IN (SELECT surt FROM cited_addresses WHERE source_surt = :source)
    OR citations.cited_article_id IN
        (SELECT id FROM articles WHERE surt = :surt UNION SELECT article_id FROM aliases WHERE surt = :surt)
""")
# A SURT of the domain goes on with ) (the path), : (a port) or , (a subdomain); each is one stretch of the index.
_CITED_DOMAIN = _CITING.format("""
    (citations.surt >= :domain || ')' AND citations.surt < :domain || '*')
    OR (citations.surt >= :domain || ',' AND citations.surt < :domain || '-')
    OR (citations.surt >= :domain || ':' AND citations.surt < :domain || ';')
""")


def page_of(store: Store, surt: str) -> int | None:
    """Return the article with this address or alias; None when we hold none."""
    row = store.connection.execute(
        "SELECT id FROM articles WHERE surt = :surt "
        "UNION ALL SELECT article_id FROM aliases WHERE surt = :surt LIMIT 1",
        {"surt": surt},
    ).fetchone()
    return int(row[0]) if row else None


def _held_page(store: Store, row: Mapping[str, Any]) -> int | None:
    papers = [surt_of_paper(None, row["arxiv_id"]), surt_of_paper(row["doi"], None)]
    for address in filter(None, [row["surt"], *papers]):
        page = page_of(store, address)
        if page:
            return page
    for paper in filter(None, papers):
        held = store.connection.execute(_HELD_BY_OTHER_ADDRESS, {"paper": paper}).fetchone()
        if held:
            return int(held[0])
    return None


_HELD_BY_OTHER_ADDRESS = """
SELECT articles.id FROM cited_addresses JOIN articles ON articles.surt = cited_addresses.surt
WHERE cited_addresses.source_surt = :paper
UNION ALL
SELECT aliases.article_id FROM cited_addresses JOIN aliases ON aliases.surt = cited_addresses.surt
WHERE cited_addresses.source_surt = :paper
LIMIT 1
"""


def _identity(url: str | None) -> Identity:
    return identify(url) if url else Identity(CitedKind.OTHER, None, None, "")


def _surt(url: str | None) -> str | None:
    try:
        return surt_of(url) if url else None
    except AddressError:
        return None

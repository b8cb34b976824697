"""Which addresses are one cited page: the forms of a paper, a DOI and its landing page, a short link and its target.

An address that names an arXiv paper or a DOI is that paper's, whatever leads where. Any other is the page's that it
leads to: the paper's when exactly one is named among the addresses of that page, else that page's own.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from archive.errors import AddressError
from archive.identity import identify
from archive.urls import surt as surt_of

if TYPE_CHECKING:
    from archive.store import Connection

_LONGEST_CHAIN = 10  # redirects that lead to redirects


def note_addresses(connection: "Connection", citations: Iterable[Mapping[str, Any]]) -> None:
    """Record the addresses of *citations* (rows with surt and url), each with the cited page that it stands for."""
    urls = {row["surt"]: row["url"] for row in citations if row["surt"]}
    unknown = connection.execute(_UNKNOWN, {"surts": json.dumps(list(urls))}).fetchall()
    connection.executemany(_ADD, [_row(surt, urls[surt], paper_of(urls[surt]) or surt) for surt, _ in unknown])
    settle(connection, [surt for surt, leads_on in unknown if leads_on])


def settle(connection: "Connection", surts: Iterable[str]) -> None:
    """Bring up to date what the cited ones among *surts*, and all that lead where they lead, stand for."""
    asked = json.dumps(list(surts))
    targets = [row[0] for row in connection.execute(_TARGETS, {"surts": asked})]
    for page in {_page(connection, surt) for surt in targets}:
        leading = connection.execute(_LEADING, {"surt": page}).fetchall()
        urls = {surt: url for surt, url in leading if surt == page or _page(connection, surt) == page}
        held = dict(connection.execute(_KNOWN, {"surts": json.dumps(list(urls))}).fetchall())
        if not held:
            continue
        papers = {surt: paper for surt, url in urls.items() if (paper := paper_of(url))}
        own = next(iter(papers.values())) if len(set(papers.values())) == 1 else page
        for surt, url in urls.items():
            source = papers.get(surt, own)
            if held.get(surt) != source:
                connection.execute(_ADD, _row(surt, url, source))


def source_of(connection: "Connection", url: str) -> str:
    """Return the SURT of the cited page that *url* stands for; raises AddressError when it is no web address."""
    surt = surt_of(url)
    row = connection.execute("SELECT source_surt FROM cited_addresses WHERE surt = :surt", {"surt": surt}).fetchone()
    return str(row[0]) if row else paper_of(url) or surt


def paper_of(url: str) -> str | None:
    """Return the SURT by which the arXiv paper or DOI that *url* names is known; None when it names none.

    >>> paper_of("https://arxiv.org/pdf/2509.12345v2"), paper_of("https://doi.org/10.48550/arXiv.2509.12345")
    ('org,arxiv)/abs/2509.12345', 'org,arxiv)/abs/2509.12345')
    """
    named = identify(url)
    return surt_of_paper(named.doi, named.arxiv_id)


def surt_of_paper(doi: str | None, arxiv_id: str | None) -> str | None:
    """Return the SURT of an arXiv paper's abstract page, else of a DOI at its resolver; None without either."""
    try:
        if arxiv_id:
            return surt_of(f"https://arxiv.org/abs/{arxiv_id}")
        return surt_of(f"https://doi.org/{doi}") if doi else None
    except AddressError:
        return None


def _page(connection: "Connection", surt: str) -> str:
    """Return where an address leads in the end: to an article of ours, or as far as redirects are known."""
    for _ in range(_LONGEST_CHAIN):
        row = connection.execute(_LEADS_TO, {"surt": surt}).fetchone()
        if row is None:
            break
        surt, is_article = str(row[0]), row[1]
        if is_article:
            break
    return surt


def _row(surt: str, url: str, source_surt: str) -> dict[str, str]:
    return {"surt": surt, "url": url, "source_surt": source_surt, "cited_kind": str(identify(url).kind)}


_ADD = """
INSERT INTO cited_addresses (surt, url, source_surt, cited_kind) VALUES (:surt, :url, :source_surt, :cited_kind)
ON CONFLICT (surt) DO UPDATE SET source_surt = excluded.source_surt
"""
_UNKNOWN = """
SELECT asked.value, EXISTS (SELECT 1 FROM articles WHERE articles.surt = asked.value)
    OR EXISTS (SELECT 1 FROM aliases WHERE aliases.surt = asked.value)
    OR EXISTS (SELECT 1 FROM frontier WHERE frontier.leads_to = asked.value)
    OR EXISTS (SELECT 1 FROM frontier WHERE frontier.surt = asked.value AND frontier.leads_to IS NOT NULL)
FROM json_each(:surts) AS asked
WHERE NOT EXISTS (SELECT 1 FROM cited_addresses WHERE cited_addresses.surt = asked.value)
"""
_KNOWN = "SELECT surt, source_surt FROM cited_addresses WHERE surt IN (SELECT value FROM json_each(:surts))"
# A page of ours may redirect by now: what leads to its target as well has one address less.
_TARGETS = """
SELECT value FROM json_each(:surts)
UNION SELECT leads_to FROM frontier JOIN json_each(:surts) ON frontier.surt = value WHERE leads_to IS NOT NULL
"""
_LEADS_TO = """
SELECT surt, 1 FROM articles WHERE surt = :surt
UNION ALL SELECT articles.surt, 1 FROM aliases JOIN articles ON articles.id = aliases.article_id
    WHERE aliases.surt = :surt
UNION ALL SELECT leads_to, 0 FROM frontier WHERE surt = :surt AND leads_to IS NOT NULL
LIMIT 1
"""
_LEADING = """
WITH RECURSIVE leading (surt) AS (
    SELECT :surt
    UNION SELECT frontier.surt FROM leading JOIN frontier ON frontier.leads_to = leading.surt
    UNION SELECT aliases.surt FROM leading JOIN articles ON articles.surt = leading.surt
        JOIN aliases ON aliases.article_id = articles.id
)
SELECT surt, COALESCE(
    (SELECT url FROM cited_addresses WHERE cited_addresses.surt = leading.surt),
    (SELECT url FROM frontier WHERE frontier.surt = leading.surt),
    (SELECT canonical_url FROM articles WHERE articles.surt = leading.surt),
    (SELECT MIN(url) FROM aliases WHERE aliases.surt = leading.surt)
) AS url
FROM leading WHERE url IS NOT NULL
"""

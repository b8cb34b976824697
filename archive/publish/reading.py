"""What the pages show of one article, one cited address or one publisher: read from the file, as plain mappings.

Every function takes a read-only connection whose rows have names; the mappings are also the pages' JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from archive.publish.addresses import publisher_of
from archive.publish.states import drift
from archive.text import paragraphs
from archive.urls import surt

N_LATEST = 30
N_CHANGED = 6

ARTICLE_SQL = "SELECT * FROM articles WHERE id = :id"
EDITIONS_SQL = """
SELECT id, lang, title FROM articles
WHERE work_id = :work_id AND kind = 'article' ORDER BY lang, id LIMIT 20
"""
CITATIONS_SQL = """
SELECT
    citations.position, citations.kind, citations.number, citations.text, citations.url, citations.surt,
    citations.cited_kind, citations.doi, citations.arxiv_id, citations.name, citations.paragraph,
    citations.cited_article_id, held.title, held.source AS held_source, held.outcome AS held_outcome,
    held.n_revisions AS n_states, COALESCE(
        (SELECT MAX(number) FROM revisions WHERE article_id = held.id AND seen_at <= articles.published_at), 1
    ) AS state_when_cited,
    COALESCE(held.first_captured_at, (
        SELECT MIN(fetched_at) FROM captures WHERE captures.surt = citations.surt AND status IS NOT NULL
    )) AS captured_at,
    frontier.state, frontier.outcome, frontier.detail
FROM citations
JOIN articles ON articles.id = citations.article_id
LEFT JOIN articles AS held ON held.id = citations.cited_article_id
LEFT JOIN frontier ON frontier.surt = citations.surt
WHERE citations.article_id = :id ORDER BY citations.position
"""
FIGURES_SQL = "SELECT url, alt, caption, after_paragraph FROM figures WHERE article_id = :id ORDER BY position"
TABLES_SQL = "SELECT caption, rows, after_paragraph FROM data_tables WHERE article_id = :id ORDER BY position"
REVISIONS_SQL = "SELECT number, seen_at, capture_id, title FROM revisions WHERE article_id = :id ORDER BY number DESC"
PROBLEMS_SQL = "SELECT DISTINCT field, message FROM problems WHERE article_id = :id ORDER BY id LIMIT 50"
# Of a page that thousands cite, the citations of the newest articles we found are looked at, not all.
CITING_SQL = """
WITH places AS (
    SELECT id FROM (SELECT id FROM citations WHERE cited_article_id = :id ORDER BY id DESC LIMIT 400)
    UNION SELECT id FROM (SELECT id FROM citations WHERE surt = :surt ORDER BY article_id DESC LIMIT 400)
)
SELECT
    articles.id, articles.title, articles.lang, articles.source, articles.published_at, articles.published_precision,
    citations.kind, citations.number, citations.text
FROM places
JOIN citations ON citations.id = places.id
JOIN articles ON articles.id = citations.article_id
ORDER BY articles.published_at DESC, articles.id DESC, citations.position LIMIT 200
"""
N_CITING_SQL = """
SELECT n_citing FROM cited_sources
WHERE surt = COALESCE((SELECT source_surt FROM cited_addresses WHERE surt = :surt), :surt)
"""
LATEST_SQL = """
SELECT
    id, title, lang, category, section, source, published_at, published_precision, description,
    SUBSTR(COALESCE(published_at, first_captured_at), 1, 10) AS day,
    (SELECT COUNT(*) FROM citations WHERE article_id = articles.id AND kind = 'reference') AS n_references
FROM articles WHERE kind = 'article'
ORDER BY COALESCE(published_at, first_captured_at) DESC, id DESC LIMIT :limit
"""
# Kept at the end of each crawl; an archive of before, or one that was never crawled, is counted.
_KEPT = "(SELECT n FROM totals WHERE about = 'held' AND name = '{}')"
COUNTS_SQL = f"""
SELECT
    COALESCE({_KEPT.format("articles")}, (SELECT COUNT(*) FROM articles WHERE kind = 'article')) AS articles,
    COALESCE({_KEPT.format("sources")}, (SELECT COUNT(*) FROM articles WHERE kind = 'source')) AS sources,
    COALESCE({_KEPT.format("references")}, (SELECT COUNT(*) FROM citations WHERE kind = 'reference')) AS "references",
    COALESCE({_KEPT.format("captures")}, (SELECT COUNT(*) FROM captures)) AS captures
"""  # noqa: S608 - constants
KEPT_COUNTS_SQL = "SELECT name, n FROM totals WHERE about = 'held'"
CHANGED_SQL = """
SELECT revisions.article_id AS id, revisions.number, revisions.seen_at, articles.title, articles.lang, articles.kind,
    articles.source
FROM revisions JOIN articles ON articles.id = revisions.article_id
WHERE revisions.number > 1 ORDER BY revisions.seen_at DESC LIMIT :limit
"""
LAST_RUN_SQL = "SELECT id, command, started_at, ended_at, end_reason, counts, alarms FROM runs ORDER BY id DESC LIMIT 1"
KNOWN_SQL = "SELECT url, source, state, outcome, detail FROM frontier WHERE surt = :surt"
CAPTURES_SQL = """
SELECT fetched_at, url, status, outcome, detail, redirect_to FROM captures
WHERE surt = :surt ORDER BY fetched_at DESC, id DESC LIMIT 50
"""
# A page's other addresses were asked too; what redirected there shares its address with the first hop.
CAPTURES_OF_PAGE_SQL = """
SELECT
    fetched_at, url, status, outcome, detail,
    (SELECT number FROM revisions WHERE article_id = :id AND capture_id = captures.id) AS state_number
FROM captures
WHERE surt IN (SELECT :surt UNION SELECT surt FROM aliases WHERE article_id = :id) AND redirect_to IS NULL
ORDER BY fetched_at DESC, id DESC LIMIT 50
"""
HELD_SQL = """
SELECT id FROM articles WHERE surt = :surt
UNION ALL SELECT article_id FROM aliases WHERE surt = :surt
UNION ALL SELECT cited_article_id FROM citations WHERE surt = :surt AND cited_article_id IS NOT NULL LIMIT 1
"""
JSON_COLUMNS = ("authors", "tags", "headings", "warnings")


def read_article(connection: Any, article_id: int) -> dict[str, Any] | None:
    """Return everything the page of article *article_id* shows; None when there is no such article."""
    row = connection.execute(ARTICLE_SQL, {"id": article_id}).fetchone()
    if row is None:
        return None
    article = {name: json.loads(row[name] or "[]") if name in JSON_COLUMNS else row[name] for name in row.keys()}  # noqa: SIM118
    key = {"id": article_id}
    citations = [_citation(row) for row in connection.execute(CITATIONS_SQL, key)]
    article["blocks"] = _blocks(article, _rows(connection, FIGURES_SQL, key), _rows(connection, TABLES_SQL, key))
    article["editions"] = _rows(connection, EDITIONS_SQL, {"work_id": article["work_id"]}) if article["work_id"] else []
    article["references"] = [each for each in citations if each["kind"] == "reference"]
    article["links"] = _links_apart(citations)
    article["mentions"] = [each for each in citations if each["kind"] == "mention"]
    article["revisions"] = _rows(connection, REVISIONS_SQL, key)
    article["problems"] = _rows(connection, PROBLEMS_SQL, key)
    article["drift"] = drift(connection, article_id, article["n_revisions"])
    article["captures"] = _captures_of(connection, article)
    article["cited_by"] = read_citing(connection, surt_key=article["surt"], article_id=article_id)
    article["n_citing"] = _n_citing(connection, article["surt"], article["cited_by"])
    return article


def read_citing(connection: Any, *, surt_key: str, article_id: int | None = None) -> list[dict[str, Any]]:
    """Return the articles that cite an address or a held page, newest first, each with the places it cites from."""
    citing: dict[int, dict[str, Any]] = {}
    for row in _rows(connection, CITING_SQL, {"id": article_id, "surt": surt_key}):
        place = {name: row.pop(name) for name in ("kind", "number", "text")}
        citing.setdefault(row["id"], {**row, "places": []})["places"].append(place)
    return list(citing.values())


def read_home(connection: Any) -> dict[str, Any]:
    """Return counts, the last run and the latest articles of HyperAI, grouped by day."""
    latest = _rows(connection, LATEST_SQL, {"limit": N_LATEST})
    days: dict[str | None, list[dict[str, Any]]] = {}
    for article in latest:
        days.setdefault(article["day"] if article["published_at"] else None, []).append(article)
    run = connection.execute(LAST_RUN_SQL).fetchone()
    return {
        "counts": _counts(connection),
        "changed": _rows(connection, CHANGED_SQL, {"limit": N_CHANGED}),
        "days": [{"day": day, "articles": articles} for day, articles in days.items()],
        "last_run": _run(dict(run)) if run else None,
    }


def read_cited(connection: Any, url: str) -> dict[str, Any] | None:
    """Return what is known of a cited address: its copy if any, every capture, who cites it; None when unknown here.

    Raises AddressError when *url* is no web address.
    """
    key = {"surt": surt(url)}
    known = connection.execute(KNOWN_SQL, key).fetchone()
    held = connection.execute(HELD_SQL, key).fetchone()
    citing = read_citing(connection, surt_key=key["surt"])
    if not (known or held or citing):
        return None
    cited = dict(known) if known else {"url": url, "source": None, "state": None, "outcome": None, "detail": None}
    cited["source"] = cited["source"] or publisher_of(cited["url"])
    cited["article_id"] = held["id"] if held else None
    cited["n_citing"] = _n_citing(connection, key["surt"], citing)
    return {**cited, **key, "captures": _rows(connection, CAPTURES_SQL, key), "cited_by": citing}


def _n_citing(connection: Any, surt_key: str, listed: Sequence[Any]) -> int:
    """Return how many articles cite a page; those *listed* are the newest of them."""
    row = connection.execute(N_CITING_SQL, {"surt": surt_key}).fetchone()
    return max(len(listed), row["n_citing"] if row else 0)


def _captures_of(connection: Any, article: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _rows(connection, CAPTURES_OF_PAGE_SQL, article) if article["kind"] == "source" else []


def _counts(connection: Any) -> dict[str, int]:
    """Return the counts that the last crawl kept; where none did, counted now."""
    kept = {row["name"]: row["n"] for row in connection.execute(KEPT_COUNTS_SQL)}
    names = ("articles", "sources", "references", "captures")
    return {name: kept.get(name, 0) for name in names} if kept else dict(connection.execute(COUNTS_SQL).fetchone())


def _run(row: dict[str, Any]) -> dict[str, Any]:
    alarms = [alarm["words"] for alarm in json.loads(row["alarms"])]
    return row | {"counts": json.loads(row["counts"] or "{}"), "alarms": alarms}


def _rows(connection: Any, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql, values)]


def _citation(row: Any) -> dict[str, Any]:
    citation = dict(row)
    citation["site"] = citation.pop("held_source") or publisher_of(citation["url"])
    return citation


def _links_apart(citations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return links and captions' links to addresses that the reference list has not, each address once."""
    seen = {each["surt"] for each in citations if each["kind"] == "reference"}
    links = []
    for each in citations:
        if each["kind"] in ("link", "caption") and each["surt"] not in seen:
            seen.add(each["surt"])
            links.append(each)
    return links


def _blocks(
    article: Mapping[str, Any], figures: Sequence[dict[str, Any]], tables: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return headings, paragraphs, figures and tables in the order of the page."""
    insets: dict[int, list[dict[str, Any]]] = {}
    for figure in figures:
        insets.setdefault(figure["after_paragraph"], []).append({"type": "figure", **figure})
    for table in tables:
        insets.setdefault(table["after_paragraph"], []).append(
            {"type": "table", **table, "rows": json.loads(table["rows"] or "[]")}
        )
    texts = paragraphs(article["text"])
    headings = iter(article["headings"])
    heading = next(headings, None)
    blocks = insets.pop(0, [])
    for number, text in enumerate(texts, start=1):
        is_heading = heading is not None and text == heading.strip()
        blocks.append({"type": "heading" if is_heading else "paragraph", "text": text, "number": number})
        if is_heading:
            heading = next(headings, None)
        blocks += insets.pop(number, [])
    return blocks + [block for number in sorted(insets) for block in insets[number]]

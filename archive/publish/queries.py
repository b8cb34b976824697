"""Stored queries: questions readers ask the tables, each with a name, a title, a description and its SQL."""

from typing import Any

QUERIES: dict[str, dict[str, Any]] = {
    "most_cited_publishers": {
        "title": "Most cited publishers",
        "description": "How often HyperAI articles cite each publisher, and how many of the cited pages we hold.",
        "sql": """
SELECT source AS publisher, n_cited_pages AS cited_pages, n_citations AS citations, n_held AS pages_held
FROM source_totals ORDER BY n_citations DESC, source LIMIT 200
""",
    },
    "fate_of_cited_pages": {
        "title": "What became of the cited pages",
        "description": "Cited addresses by the outcome of the last attempt; no outcome means not asked yet.",
        "sql": """
SELECT COALESCE(outcome, 'not asked yet') AS outcome, COUNT(*) AS cited_pages
FROM frontier WHERE kind = 'cited' GROUP BY 1 ORDER BY cited_pages DESC
""",
    },
    "cited_pages_we_lost": {
        "title": "Cited pages without a copy",
        "description": "Cited addresses that answered with something else than an article, most cited first.",
        "sql": """
SELECT cited_sources.url, domain AS source, cited_sources.outcome, frontier.detail, n_citing
FROM cited_sources LEFT JOIN frontier ON frontier.surt = cited_sources.surt
WHERE cited_sources.outcome NOT IN ('ok', 'paywalled') ORDER BY n_citing DESC, cited_sources.surt LIMIT 200
""",
    },
    "citations_of_an_address": {
        "title": "Who cites an address",
        "description": "Articles whose citations hold these words in the address, e.g. arxiv.org or a DOI.",
        "sql": """
WITH found AS (SELECT surt FROM cited_addresses WHERE :words != '' AND INSTR(url, :words) > 0 LIMIT 500)
SELECT articles.id, articles.title, articles.published_at, citations.number, citations.url
FROM found JOIN citations ON citations.surt = found.surt JOIN articles ON articles.id = citations.article_id
ORDER BY articles.published_at DESC LIMIT 200
""",
    },
    "articles_by_week": {
        "title": "Articles by week, section and language",
        "description": "How many HyperAI articles we hold of each week (its Monday), counted at the end of each crawl.",
        "sql": """
SELECT week, section, lang, n_articles AS articles FROM article_weeks
ORDER BY week DESC, articles DESC, section, lang LIMIT 500
""",
    },
    "fields_that_could_not_be_read": {
        "title": "Fields that could not be read",
        "description": "Problems by field and message, with one page as an example.",
        "sql": """
SELECT field, message, COUNT(*) AS pages, MIN(url) AS example FROM problems
GROUP BY field, message ORDER BY pages DESC LIMIT 200
""",
    },
    "runs_and_what_they_did": {
        "title": "Crawl runs",
        "description": "Each run with the captures it made, newest first.",
        "sql": """
SELECT runs.id, runs.command, runs.started_at, runs.ended_at, runs.end_reason,
    (SELECT COUNT(*) FROM captures WHERE captures.run_id = runs.id) AS captures,
    (SELECT group_concat(json_extract(value, '$.words'), '; ') FROM json_each(runs.alarms)) AS alarms
FROM runs ORDER BY runs.id DESC LIMIT 100
""",
    },
}

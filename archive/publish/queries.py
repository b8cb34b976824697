"""Stored queries: questions readers ask the tables, each with a name, a title, a description and its SQL."""

from typing import Any

QUERIES: dict[str, dict[str, Any]] = {
    "most_cited_publishers": {
        "title": "Most cited publishers",
        "description": "How often HyperAI articles cite each publisher, and how many of the cited pages we hold.",
        "sql": """
SELECT frontier.source AS publisher, COUNT(DISTINCT citations.surt) AS cited_pages, COUNT(*) AS citations,
    COUNT(DISTINCT citations.cited_article_id) AS pages_held
FROM citations JOIN frontier ON frontier.surt = citations.surt
GROUP BY frontier.source ORDER BY citations DESC, publisher LIMIT 200
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
SELECT url, source, outcome, detail,
    (SELECT COUNT(DISTINCT article_id) FROM citations WHERE citations.surt = frontier.surt) AS n_citing
FROM frontier WHERE kind = 'cited' AND outcome NOT IN ('ok', 'paywalled')
ORDER BY n_citing DESC, url LIMIT 500
""",
    },
    "citations_of_an_address": {
        "title": "Who cites an address",
        "description": "Articles whose citations hold these words in the address, e.g. arxiv.org or a DOI.",
        "sql": """
SELECT articles.id, articles.title, articles.published_at, citations.number, citations.url
FROM citations JOIN articles ON articles.id = citations.article_id
WHERE :words != '' AND INSTR(citations.url, :words) > 0 ORDER BY articles.published_at DESC LIMIT 500
""",
    },
    "articles_by_month": {
        "title": "Articles by month and language",
        "description": "How many HyperAI articles we hold of each month.",
        "sql": """
SELECT SUBSTR(published_at, 1, 7) AS month, lang, COUNT(*) AS articles FROM articles
WHERE kind = 'article' GROUP BY month, lang ORDER BY month DESC, articles DESC
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

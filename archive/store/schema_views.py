"""The views for readers, as migrations.py makes them; never edited once released."""

CITED_SOURCES = """
CREATE VIEW cited_sources AS
WITH cited AS (
    SELECT
        citations.surt,
        MIN(citations.url) AS url,
        MIN(citations.cited_kind) AS cited_kind,
        COUNT(DISTINCT citations.article_id) AS n_citing,
        MIN(articles.published_at) AS first_published_at,
        MAX(citations.cited_article_id) AS cited_article_id
    FROM citations
    JOIN articles ON articles.id = citations.article_id
    WHERE citations.surt IS NOT NULL AND articles.kind = 'article'
    GROUP BY citations.surt
)
SELECT
    cited.surt,
    COALESCE(frontier.url, cited.url) AS url,
    COALESCE(frontier.source, held.source, '') AS domain,
    held.title,
    cited.cited_kind,
    frontier.state,
    frontier.outcome,
    (SELECT MIN(fetched_at) FROM captures WHERE captures.surt = cited.surt AND status IS NOT NULL) AS first_captured_at,
    (SELECT MAX(fetched_at) FROM captures WHERE captures.surt = cited.surt AND status IS NOT NULL) AS last_captured_at,
    ROUND(24 * (
        julianday((SELECT MIN(fetched_at) FROM captures WHERE captures.surt = cited.surt AND status IS NOT NULL))
        - CASE WHEN LENGTH(cited.first_published_at) >= 10 THEN julianday(cited.first_published_at) END
    ), 1) AS hours_after_publication,
    cited.n_citing,
    cited.cited_article_id
FROM cited
LEFT JOIN frontier ON frontier.surt = cited.surt
LEFT JOIN articles AS held ON held.id = cited.cited_article_id;
"""

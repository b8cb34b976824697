"""The tables of discovery and the coverage ledger, as migrations.py makes them; never edited once released."""

REVISITS = """
ALTER TABLE frontier ADD COLUMN interval_s REAL;
ALTER TABLE frontier ADD COLUMN checked_at TEXT;
ALTER TABLE frontier ADD COLUMN changed_at TEXT;
UPDATE frontier SET
    checked_at = (SELECT MAX(fetched_at) FROM captures WHERE captures.surt = frontier.surt),
    priority = CASE WHEN kind IN ('article', 'cited') THEN 10 ELSE priority END
WHERE state = 'done';
-- what a revisit record refers to; a list that is asked every hour has thousands of captures
CREATE INDEX captures_payload ON captures (surt, payload_digest) WHERE record_type = 'response';
"""

DISCOVERY = """
ALTER TABLE frontier ADD COLUMN modified_hint TEXT;
CREATE TABLE lists (
    surt TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    read_at TEXT NOT NULL,
    n_entries INTEGER NOT NULL DEFAULT 0,
    n_new INTEGER NOT NULL DEFAULT 0,
    digest TEXT NOT NULL DEFAULT '',
    scope TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE sightings (
    surt TEXT NOT NULL,
    way TEXT NOT NULL,
    url TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    run_id INTEGER REFERENCES runs (id),
    PRIMARY KEY (surt, way, url)
) WITHOUT ROWID;
CREATE TABLE lastmods (
    host TEXT PRIMARY KEY,
    n_announced INTEGER NOT NULL DEFAULT 0,
    n_confirmed INTEGER NOT NULL DEFAULT 0,
    n_silent INTEGER NOT NULL DEFAULT 0,
    n_unannounced INTEGER NOT NULL DEFAULT 0
);
CREATE VIEW discovery AS
WITH seen AS (
    SELECT DISTINCT frontier.source, sightings.surt, sightings.way
    FROM sightings JOIN frontier ON frontier.surt = sightings.surt
    WHERE frontier.kind = 'article'
),
pages AS (
    SELECT seen.source, seen.surt, COUNT(*) AS n_ways,
        (SELECT MIN(run_id) FROM sightings WHERE sightings.surt = seen.surt) AS first_run
    FROM seen GROUP BY seen.source, seen.surt
),
totals AS (SELECT source, COUNT(*) AS n_known FROM pages GROUP BY source),
begun AS (SELECT way, MIN(run_id) AS first_run FROM sightings GROUP BY way),
later AS (
    SELECT pages.source, begun.way, COUNT(*) AS n_later
    FROM begun JOIN pages ON pages.first_run > begun.first_run
    GROUP BY pages.source, begun.way
),
found AS (
    SELECT seen.source, seen.way,
        COUNT(*) AS n_found,
        SUM(pages.n_ways = 1) AS n_alone,
        SUM(pages.first_run > begun.first_run) AS n_found_later
    FROM seen
    JOIN pages ON pages.source = seen.source AND pages.surt = seen.surt
    JOIN begun ON begun.way = seen.way
    GROUP BY seen.source, seen.way
)
SELECT
    found.source,
    found.way,
    found.n_found,
    found.n_alone,
    totals.n_known - found.n_found AS n_missed,
    COALESCE(later.n_later, 0) - found.n_found_later AS n_missed_later
FROM found
JOIN totals ON totals.source = found.source
LEFT JOIN later ON later.source = found.source AND later.way = found.way;
"""

ADDRESSES = """
CREATE TABLE aliases_by_url (
    surt TEXT NOT NULL,
    url TEXT PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    reason TEXT NOT NULL DEFAULT 'redirect'
);
INSERT OR IGNORE INTO aliases_by_url SELECT surt, url, article_id, reason FROM aliases;
DROP TABLE aliases;
ALTER TABLE aliases_by_url RENAME TO aliases;
-- which article an address leads to
CREATE INDEX aliases_surt ON aliases (surt);
-- one article's other addresses
CREATE INDEX aliases_article ON aliases (article_id);
ALTER TABLE frontier ADD COLUMN leads_to TEXT;
-- what leads to an address
CREATE INDEX frontier_leads_to ON frontier (leads_to) WHERE leads_to IS NOT NULL;
"""

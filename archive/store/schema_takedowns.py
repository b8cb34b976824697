"""The table of what was taken down, as migrations.py makes it; never edited once released."""

TAKEDOWNS = """
CREATE TABLE takedowns (
    surt TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,
    taken_down_at TEXT NOT NULL,
    undone_at TEXT,
    article_id INTEGER
);
-- what stands at the number of an article that is not there; which numbers are not given again
CREATE INDEX takedowns_article ON takedowns (article_id) WHERE article_id IS NOT NULL;
"""

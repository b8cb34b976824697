"""The kept counts for pages and pictures, as migrations.py makes them; never edited once released."""

TOTALS = """
CREATE TABLE totals (about TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (about, name));
CREATE TABLE article_weeks (
    week TEXT NOT NULL,
    section TEXT NOT NULL,
    lang TEXT NOT NULL,
    n_articles INTEGER NOT NULL,
    PRIMARY KEY (week, section, lang)
);
CREATE TABLE citation_months (
    source TEXT NOT NULL,
    month TEXT NOT NULL,
    n_citations INTEGER NOT NULL,
    n_articles INTEGER NOT NULL,
    PRIMARY KEY (source, month)
);
-- the most cited of one month
CREATE INDEX citation_months_most ON citation_months (month, n_citations DESC, source);
CREATE TABLE source_totals (
    source TEXT PRIMARY KEY,
    n_cited_pages INTEGER NOT NULL,
    n_citations INTEGER NOT NULL,
    n_held INTEGER NOT NULL,
    n_lost INTEGER NOT NULL
);
-- the list of publishers, most cited first
CREATE INDEX source_totals_most ON source_totals (n_citations DESC, source);
CREATE TABLE link_ages (
    source TEXT NOT NULL,
    days INTEGER NOT NULL,
    n_lost INTEGER NOT NULL,
    n_seen INTEGER NOT NULL,
    PRIMARY KEY (source, days)
);
CREATE TABLE field_coverage (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    n_articles INTEGER NOT NULL,
    n_filled INTEGER NOT NULL,
    PRIMARY KEY (source, kind, field)
);
-- articles by day of one month (timeline), and what changed last (front page)
CREATE INDEX revisions_changed ON revisions (seen_at DESC) WHERE number > 1;
"""

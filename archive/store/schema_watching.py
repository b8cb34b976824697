"""What politeness decided and what runs came to, as migrations.py makes it; never edited once released."""

DECISIONS = """
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER REFERENCES runs (id),
    host TEXT NOT NULL,
    made_at TEXT NOT NULL,
    decision TEXT NOT NULL,
    seconds REAL,
    until TEXT,
    detail TEXT
);
-- what one run decided (status --politeness)
CREATE INDEX decisions_run ON decisions (run_id);
-- who named a time that is not yet come, asked at the start of every run
CREATE INDEX decisions_until ON decisions (until) WHERE decision = 'put-off';
"""

WATCHING = """
ALTER TABLE runs ADD COLUMN alarms TEXT NOT NULL DEFAULT '[]';
CREATE TABLE run_sources (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    source TEXT NOT NULL REFERENCES sources (key),
    kind TEXT NOT NULL,
    n_visits INTEGER NOT NULL DEFAULT 0,
    n_ok INTEGER NOT NULL DEFAULT 0,
    n_new INTEGER NOT NULL DEFAULT 0,
    n_revised INTEGER NOT NULL DEFAULT 0,
    n_read INTEGER NOT NULL DEFAULT 0,
    fields TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (run_id, source, kind)
);
-- the last runs of one source, newest first (health)
CREATE INDEX run_sources_source ON run_sources (source, kind, run_id);
"""

"""The first tables, as migrations.py makes them; never edited once released."""

CRAWLING = """
CREATE TABLE sources (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    home TEXT NOT NULL DEFAULT '',
    language TEXT,
    policy TEXT NOT NULL DEFAULT 'crawl',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE TABLE seeds (
    url TEXT PRIMARY KEY,
    kind TEXT NOT NULL DEFAULT 'listing',
    source TEXT NOT NULL DEFAULT '' REFERENCES sources (key),
    every_hours REAL NOT NULL DEFAULT 6.0,
    locale TEXT,
    section TEXT,
    verdict TEXT,
    verdict_at TEXT
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    command TEXT NOT NULL DEFAULT '',
    pid INTEGER NOT NULL DEFAULT 0,
    started_at TEXT NOT NULL DEFAULT '',
    ended_at TEXT,
    end_reason TEXT,
    counts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE frontier (
    surt TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT '' REFERENCES sources (key),
    host TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'due',
    priority INTEGER NOT NULL DEFAULT 0,
    due_at TEXT,
    lease_until TEXT,
    run_id INTEGER REFERENCES runs (id),
    attempts INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    outcome TEXT,
    detail TEXT,
    found_on TEXT,
    first_seen_at TEXT,
    published_hint TEXT
);
-- claim() walks one kind in this order and stops after a window of rows, however many are due; host lets it skip
-- busy hosts without touching the table
CREATE INDEX frontier_due ON frontier (kind, priority DESC, due_at, host) WHERE state = 'due';
-- claim() finds what is to be asked again without looking at the archive's other addresses
CREATE INDEX frontier_again ON frontier (kind, due_at) WHERE state = 'done' AND due_at IS NOT NULL;
-- claim() and release() find leases that ran out; there are never more than requests in flight
CREATE INDEX frontier_leased ON frontier (lease_until) WHERE state = 'leased';
-- status counts by kind and state; readers list what failed
CREATE INDEX frontier_outcome ON frontier (kind, state, outcome);
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    surt TEXT NOT NULL,
    url TEXT NOT NULL,
    hop INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL DEFAULT '' REFERENCES sources (key),
    kind TEXT NOT NULL DEFAULT '',
    run_id INTEGER REFERENCES runs (id),
    fetched_at TEXT NOT NULL,
    status INTEGER,
    outcome TEXT NOT NULL DEFAULT 'ok',
    detail TEXT,
    content_type TEXT,
    n_bytes INTEGER,
    payload_digest TEXT,
    record_type TEXT,
    warc_file TEXT,
    warc_offset INTEGER,
    warc_length INTEGER,
    redirect_to TEXT,
    opt_out TEXT
);
-- the captures of one address in time: latest(), last_payload(), the view cited_sources (which skips refusals)
CREATE INDEX captures_surt ON captures (surt, fetched_at, status);
-- re-reading one publisher's captures in their order
CREATE INDEX captures_source ON captures (source, id);
-- what one run did (status, health)
CREATE INDEX captures_run ON captures (run_id, outcome);
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,
    fetched_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    status INTEGER,
    verdict TEXT NOT NULL DEFAULT 'rules',
    body TEXT NOT NULL DEFAULT '',
    crawl_delay_s REAL
);
"""

ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    surt TEXT NOT NULL,
    kind TEXT NOT NULL,
    work_id TEXT,
    url TEXT NOT NULL,
    canonical_url TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources (key),
    section TEXT,
    lang TEXT,
    title TEXT,
    authors TEXT NOT NULL DEFAULT '[]',
    category TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    published_at TEXT,
    published_precision TEXT,
    published_raw TEXT,
    published_from TEXT,
    modified_at TEXT,
    description TEXT,
    lead_image_url TEXT,
    lead_image_caption TEXT,
    text TEXT NOT NULL DEFAULT '',
    headings TEXT NOT NULL DEFAULT '[]',
    outcome TEXT NOT NULL DEFAULT 'ok',
    warnings TEXT NOT NULL DEFAULT '[]',
    content_digest TEXT NOT NULL DEFAULT '',
    capture_id INTEGER REFERENCES captures (id),
    first_captured_at TEXT NOT NULL DEFAULT '',
    last_captured_at TEXT NOT NULL DEFAULT '',
    n_revisions INTEGER NOT NULL DEFAULT 1
);
-- one canonical address, one article
CREATE UNIQUE INDEX articles_surt ON articles (surt);
-- newest first, of one kind or of all, without reading the texts (home page, search for common words)
CREATE INDEX articles_newest ON articles (COALESCE(published_at, first_captured_at) DESC, id DESC, kind, lang, source);
CREATE INDEX articles_newest_of_kind ON articles (kind, COALESCE(published_at, first_captured_at) DESC, id DESC);
-- one publisher's articles, newest first
CREATE INDEX articles_source ON articles (source, COALESCE(published_at, first_captured_at) DESC);
-- the language editions of one item
CREATE INDEX articles_work ON articles (work_id) WHERE work_id IS NOT NULL;
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    number INTEGER NOT NULL,
    capture_id INTEGER REFERENCES captures (id),
    seen_at TEXT NOT NULL,
    title TEXT,
    text TEXT NOT NULL DEFAULT '',
    content_digest TEXT NOT NULL DEFAULT ''
);
-- the states of one article in order; no number twice
CREATE UNIQUE INDEX revisions_article ON revisions (article_id, number);
CREATE TABLE citations (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER,
    text TEXT NOT NULL DEFAULT '',
    url TEXT,
    surt TEXT,
    cited_kind TEXT NOT NULL DEFAULT 'other',
    doi TEXT,
    arxiv_id TEXT,
    name TEXT,
    paragraph INTEGER,
    cited_article_id INTEGER REFERENCES articles (id)
);
-- what one article cites, in order
CREATE UNIQUE INDEX citations_article ON citations (article_id, position);
-- who cites an address; a page that is stored later finds the citations that wait for it
CREATE INDEX citations_surt ON citations (surt) WHERE surt IS NOT NULL;
-- the same page under another address: arXiv and DOI numbers are identities of their own
CREATE INDEX citations_doi ON citations (doi) WHERE doi IS NOT NULL;
CREATE INDEX citations_arxiv ON citations (arxiv_id) WHERE arxiv_id IS NOT NULL;
-- cited by
CREATE INDEX citations_cited ON citations (cited_article_id) WHERE cited_article_id IS NOT NULL;
CREATE TABLE figures (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    alt TEXT NOT NULL DEFAULT '',
    caption TEXT NOT NULL DEFAULT '',
    after_paragraph INTEGER NOT NULL DEFAULT 0
);
-- one article's figures in order
CREATE UNIQUE INDEX figures_article ON figures (article_id, position);
CREATE TABLE data_tables (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    caption TEXT NOT NULL DEFAULT '',
    rows TEXT NOT NULL DEFAULT '[]',
    after_paragraph INTEGER NOT NULL DEFAULT 0
);
-- one article's tables in order
CREATE UNIQUE INDEX data_tables_article ON data_tables (article_id, position);
CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL,
    article_id INTEGER REFERENCES articles (id),
    capture_id INTEGER REFERENCES captures (id),
    seen_at TEXT NOT NULL DEFAULT ''
);
-- the problems of one page are replaced together
CREATE INDEX problems_url ON problems (url);
CREATE INDEX problems_article ON problems (article_id) WHERE article_id IS NOT NULL;
CREATE TABLE aliases (
    surt TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    reason TEXT NOT NULL DEFAULT 'redirect'
);
-- one article's other addresses
CREATE INDEX aliases_article ON aliases (article_id);
"""

SEARCH = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title_ngrams, body_ngrams, extra_ngrams,
    content="articles", content_rowid="id", tokenize="porter unicode61 remove_diacritics 2"
);
-- ORDER BY rank means this for every reader: a word of the title counts twice, one of a caption or table half
INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(2.0, 1.0, 0.5)');
"""

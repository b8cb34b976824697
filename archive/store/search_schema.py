"""The tables of search, as the migration of that name makes them; never edited once released."""

_SET_OF = "VALUES (NEW.kind, NEW.source, COALESCE(NEW.lang, ''), COALESCE(NEW.section, ''), NEW.outcome)"
_NOTE_FACETS = f"""BEGIN
    INSERT OR IGNORE INTO facet_sets (kind, source, lang, section, outcome) {_SET_OF}; \
    INSERT OR REPLACE INTO search_facets (id, set_id, dated_at)
        SELECT NEW.id, facet_sets.id, COALESCE(NEW.published_at, NEW.first_captured_at) FROM facet_sets
        WHERE (kind, source, lang, section, outcome) = ({_SET_OF}); \
    INSERT INTO search_blocks (block, newest)
        VALUES (NEW.id >> 10, COALESCE(NEW.published_at, NEW.first_captured_at))
        ON CONFLICT (block) DO UPDATE SET newest = MAX(newest, excluded.newest); \
END"""  # noqa: S608 - constants; "; \\" because a statement of _run() ends with ";" and a line's end

# Body first: the postings of the first column of an FTS5 index are two bytes shorter.
SEARCH_ANEW = f"""
DROP TABLE articles_fts;
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    body_ngrams, title_ngrams, extra_ngrams, content="articles", content_rowid="id", tokenize="ascii"
);
-- ORDER BY rank means this for every reader: a word of the title counts twice, one of a caption or table half
INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(1.0, 2.0, 0.5)');
-- in how many articles a common term, or a Latin or katakana word, occurs; counted now and then
CREATE TABLE search_words (word TEXT PRIMARY KEY, n_articles INTEGER NOT NULL) WITHOUT ROWID;
-- the facets of an article in a few bytes, so that thousands of hits are counted without reading the articles
CREATE TABLE facet_sets (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    lang TEXT NOT NULL,
    section TEXT NOT NULL,
    outcome TEXT NOT NULL,
    UNIQUE (kind, source, lang, section, outcome)
);
CREATE TABLE search_facets (id INTEGER PRIMARY KEY, set_id INTEGER NOT NULL, dated_at TEXT NOT NULL);
-- no article of a block (1,024 numbers in a row) is newer: newest first looks at the newest blocks alone
CREATE TABLE search_blocks (block INTEGER PRIMARY KEY, newest TEXT NOT NULL);
CREATE TABLE saved_searches (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_article_id INTEGER NOT NULL DEFAULT 0,
    last_run_at TEXT
);
INSERT INTO facet_sets (kind, source, lang, section, outcome)
SELECT DISTINCT kind, source, COALESCE(lang, ''), COALESCE(section, ''), outcome FROM articles;
INSERT INTO search_facets (id, set_id, dated_at)
SELECT articles.id, facet_sets.id, COALESCE(published_at, first_captured_at) FROM articles
JOIN facet_sets ON (facet_sets.kind, facet_sets.source, facet_sets.lang, facet_sets.section, facet_sets.outcome)
    = (articles.kind, articles.source, COALESCE(articles.lang, ''), COALESCE(articles.section, ''), articles.outcome);
INSERT INTO search_blocks (block, newest)
SELECT id >> 10, MAX(dated_at) FROM search_facets GROUP BY id >> 10;
CREATE TRIGGER articles_stored AFTER INSERT ON articles {_NOTE_FACETS};
CREATE TRIGGER articles_changed
AFTER UPDATE OF kind, source, lang, section, outcome, published_at, first_captured_at ON articles
WHEN (OLD.kind, OLD.source, OLD.lang, OLD.section, OLD.outcome, OLD.published_at, OLD.first_captured_at)
    IS NOT (NEW.kind, NEW.source, NEW.lang, NEW.section, NEW.outcome, NEW.published_at, NEW.first_captured_at)
{_NOTE_FACETS};
CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN DELETE FROM search_facets WHERE id = OLD.id; END;
"""  # noqa: S608 - constants

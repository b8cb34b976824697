"""The schema, step by step; steps are appended and never edited once released.

Columns are those of archive/records.py, in that order; what each means is written there.
REFERENCES are for readers (Datasette links along them); they are checked by `archive verify`, not at every write.
"""

from sqlite_utils import Database, Migrations

from archive.segments import SEGMENTER_VERSION
from archive.store.identities import note_addresses
from archive.store.schema_cited import BUILD, CITED_TABLES, CITED_TRIGGERS
from archive.store.schema_discovery import ADDRESSES, DISCOVERY, REVISITS
from archive.store.schema_tables import ARTICLES, CRAWLING, SEARCH
from archive.store.schema_takedowns import TAKEDOWNS
from archive.store.schema_totals import TOTALS
from archive.store.schema_views import CITED_SOURCES
from archive.store.schema_watching import DECISIONS, WATCHING
from archive.store.search_schema import SEARCH_ANEW

MIGRATIONS = Migrations("hyperai_archive")
FIRST_TABLE = "sources"
"""The table whose presence tells an archive from another program's database."""


def migration_names() -> frozenset[str]:
    """Return the names of all migrations this release knows."""
    return frozenset(migration.name for migration in MIGRATIONS.pending(Database(memory=True, execute_plugins=False)))


def _run(db: Database, script: str) -> None:
    # executescript() would commit the migration's transaction first.
    for statement in script.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)


@MIGRATIONS()
def m001_crawling(db: Database) -> None:
    """Publishers, where crawls start, runs, the frontier, captures and robots.txt."""
    _run(db, CRAWLING)


@MIGRATIONS()
def m002_articles(db: Database) -> None:
    """Articles, their states, figures, tables, what they cite, and other addresses of theirs."""
    _run(db, ARTICLES)


@MIGRATIONS()
def m003_search(db: Database) -> None:
    """The search index; its columns are named unlike those of articles: 'rebuild' fails instead of emptying it."""
    _run(db, SEARCH)
    db.conn.execute("INSERT INTO meta (key, value) VALUES ('segmenter', :version)", {"version": SEGMENTER_VERSION})


@MIGRATIONS()
def m004_cited_sources(db: Database) -> None:
    """The view of every cited address with what became of it."""
    _run(db, CITED_SOURCES)


@MIGRATIONS()
def m005_revisits(db: Database) -> None:
    """The interval at which each address is asked again, and its last check and change."""
    _run(db, REVISITS)


@MIGRATIONS()
def m006_decisions(db: Database) -> None:
    """What politeness decided about hosts."""
    _run(db, DECISIONS)


@MIGRATIONS()
def m009_watching(db: Database) -> None:
    """What each run came to, source by source, and what needed a person at its end."""
    _run(db, WATCHING)


@MIGRATIONS()
def m010_search_anew(db: Database) -> None:
    """A smaller and sharper index, what facets are counted from, and saved searches; `archive reindex` fills it."""
    _run(db, SEARCH_ANEW)
    is_empty = db.conn.execute("SELECT NOT EXISTS (SELECT 1 FROM articles)").fetchone()[0]
    segmenter = SEGMENTER_VERSION if is_empty else "1"
    db.conn.execute("UPDATE meta SET value = :version WHERE key = 'segmenter'", {"version": segmenter})


@MIGRATIONS()
def m011_opt_outs(db: Database) -> None:
    """What an article's page asks us not to do."""
    _run(db, "ALTER TABLE articles ADD COLUMN opt_out TEXT")


@MIGRATIONS()
def m012_discovery(db: Database) -> None:
    """What each list names, by which way each article was found, and the ledger of both."""
    _run(db, DISCOVERY)


@MIGRATIONS()
def m013_browser(db: Database) -> None:
    """Which sources need a browser."""
    _run(db, "ALTER TABLE sources ADD COLUMN browser INTEGER NOT NULL DEFAULT 0")


@MIGRATIONS()
def m014_addresses(db: Database) -> None:
    """Mirrors of an article among its aliases, and which address redirects to which."""
    _run(db, ADDRESSES)


@MIGRATIONS()
def m015_extractor(db: Database) -> None:
    """What read each article."""
    db.conn.execute("ALTER TABLE articles ADD COLUMN extractor TEXT NOT NULL DEFAULT ''")


@MIGRATIONS()
def m016_newest_blocks(db: Database) -> None:
    """Newest first takes the newest blocks of the archive without sorting all of them."""
    db.conn.execute("CREATE INDEX search_blocks_newest ON search_blocks (newest)")


@MIGRATIONS()
def m019_totals(db: Database) -> None:
    """Counts for pages and pictures; `archive migrate` and the end of each crawl fill them."""
    _run(db, TOTALS)


@MIGRATIONS()
def m018_takedowns(db: Database) -> None:
    """Addresses that nothing is stored of."""
    _run(db, TAKEDOWNS)


@MIGRATIONS()
def m020_wishes(db: Database) -> None:
    """The few articles whose pages ask us for something, without a look at the others (sitemaps)."""
    _run(db, "CREATE INDEX articles_wishes ON articles (id) WHERE opt_out IS NOT NULL")


@MIGRATIONS()
def m021_cited_sources_kept(db: Database) -> None:
    """Every cited page once, under whatever address it is cited; a table that is kept instead of a view that counts."""
    for statement in CITED_TABLES:
        db.conn.execute(statement)
    cited = db.conn.execute("SELECT surt, MIN(url) FROM citations WHERE surt IS NOT NULL GROUP BY surt").fetchall()
    note_addresses(db.conn, [{"surt": surt, "url": url} for surt, url in cited])
    db.conn.execute(BUILD.format(sources="SELECT source_surt FROM cited_addresses"))
    for statement in CITED_TRIGGERS:
        db.conn.execute(statement)


@MIGRATIONS()
def m022_extractors(db: Database) -> None:
    """What judged each capture and read each state of a text."""
    _run(db, "ALTER TABLE captures ADD COLUMN extractor TEXT")
    _run(db, "ALTER TABLE revisions ADD COLUMN extractor TEXT NOT NULL DEFAULT ''")


@MIGRATIONS()
def m023_table_pages(db: Database) -> None:
    """What a table page narrows articles by, in the order that it shows them."""
    _run(db, "CREATE INDEX articles_kind ON articles (kind);\nCREATE INDEX articles_lang ON articles (lang)")


@MIGRATIONS()
def m024_index_memory(db: Database) -> None:
    """New words of up to 16 MB go to the search index at once: fewer pieces of it to merge."""
    db.conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('hashsize', 16777216)")

"""The cited sources, kept by triggers as migrations.py makes them; never edited once released.

Whoever writes a citation, capture, frontier entry, article or alias changes the row of the source it concerns in the
same transaction, at a cost that does not grow with the archive: counts and dates are added to, and what an address is
looked up for stands in a handful of rows. A source is built anew only when it gains or loses an address.
"""

# ruff: noqa: S608 - statements are put together from texts of this module alone

CITED_TABLES = (
    "DROP VIEW IF EXISTS cited_sources",
    """
    CREATE TABLE cited_addresses (
        surt TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        source_surt TEXT NOT NULL,
        cited_kind TEXT NOT NULL DEFAULT 'other'
    )
    """,
    # the addresses of one source
    "CREATE INDEX cited_addresses_source ON cited_addresses (source_surt, surt)",
    """
    CREATE TABLE cited_sources (
        surt TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        domain TEXT NOT NULL DEFAULT '',
        title TEXT,
        cited_kind TEXT NOT NULL DEFAULT 'other',
        state TEXT,
        outcome TEXT,
        first_captured_at TEXT,
        last_captured_at TEXT,
        hours_after_publication REAL,
        n_citing INTEGER NOT NULL DEFAULT 0,
        cited_article_id INTEGER REFERENCES articles (id),
        first_published_at TEXT
    )
    """,
    # most cited first, of all, of one publisher, of one outcome
    "CREATE INDEX cited_sources_cited ON cited_sources (n_citing DESC, surt)",
    "CREATE INDEX cited_sources_domain ON cited_sources (domain, n_citing DESC, surt)",
    "CREATE INDEX cited_sources_outcome ON cited_sources (outcome, n_citing DESC, surt)",
    # whether an article cites a source by another of its addresses too
    "DROP INDEX citations_surt",
    "CREATE INDEX citations_surt ON citations (surt, article_id) WHERE surt IS NOT NULL",
)

_HOURS = """
ROUND(24 * (julianday({first_captured_at})
    - CASE WHEN LENGTH({first_published_at}) >= 10 THEN julianday({first_published_at}) END), 1)
"""

# What is known of one page at its several addresses: the entry that came to most, and the page we hold of it.
# Joins, not IN (SELECT …): SQLite would make a table of each list, and these are asked at every write. The source is
# named in WHERE alone: SQLite 3.40 (Debian 12) finds no row of an outer query in a subquery's ORDER BY.
_MEMBERS = (
    "cited_addresses AS member CROSS JOIN {table} ON {table}.surt = member.surt WHERE member.source_surt = {source}"
)


def _of_members(select: str, table: str, tail: str = "") -> str:
    return f"(SELECT {select} FROM {_MEMBERS.format(table=table, source='{source}')} {tail})"


_ENTRY = _of_members(
    "frontier.surt",
    "frontier",
    """ORDER BY frontier.leads_to IS NOT NULL,
        CASE WHEN frontier.outcome = 'ok' THEN 0 WHEN frontier.outcome = 'paywalled' THEN 1
            WHEN frontier.outcome IS NULL THEN 2 ELSE 3 END,
        frontier.kind <> 'cited', frontier.surt <> member.source_surt, frontier.surt LIMIT 1""",
)
_HELD = f"""
(SELECT page.id FROM (
    SELECT articles.id, articles.kind, articles.surt <> member.source_surt AS is_other
    FROM {_MEMBERS.format(table="articles", source="{source}")}
    UNION ALL SELECT articles.id, articles.kind, articles.surt <> member.source_surt
    FROM cited_addresses AS member CROSS JOIN aliases ON aliases.surt = member.surt
    CROSS JOIN articles ON articles.id = aliases.article_id WHERE member.source_surt = {{source}}
) AS page ORDER BY page.is_other, page.kind <> 'source', page.id LIMIT 1)
"""
_CITING = """
FROM cited_addresses AS member CROSS JOIN citations ON citations.surt = member.surt
CROSS JOIN articles ON articles.id = citations.article_id
WHERE member.source_surt = {source} AND articles.kind = 'article'
"""
_FIRST_PUBLISHED = f"(SELECT MIN(articles.published_at) {_CITING})"
_FIRST_CAPTURED = _of_members("MIN(captures.fetched_at)", "captures", "AND captures.status IS NOT NULL")
_LAST_CAPTURED = _of_members("MAX(captures.fetched_at)", "captures", "AND captures.status IS NOT NULL")

BUILD = f"""
INSERT INTO cited_sources
SELECT source.surt, COALESCE(entry.url, source.url), COALESCE(entry.source, held.source, ''), held.title,
    source.cited_kind, entry.state, entry.outcome, source.first_captured_at, source.last_captured_at,
    {_HOURS.format(first_captured_at="source.first_captured_at", first_published_at="source.first_published_at")},
    source.n_citing, held.id, source.first_published_at
FROM (
    SELECT address.source_surt AS surt, MIN(address.url) AS url, MIN(address.cited_kind) AS cited_kind,
        {_ENTRY.format(source="address.source_surt")} AS entry_surt,
        {_HELD.format(source="address.source_surt")} AS held_id,
        {_FIRST_CAPTURED.format(source="address.source_surt")} AS first_captured_at,
        {_LAST_CAPTURED.format(source="address.source_surt")} AS last_captured_at,
        {_FIRST_PUBLISHED.format(source="address.source_surt")} AS first_published_at,
        (SELECT COUNT(DISTINCT articles.id) {_CITING.format(source="address.source_surt")}) AS n_citing
    FROM cited_addresses AS address
    WHERE address.source_surt IN ({{sources}})
    GROUP BY address.source_surt
) AS source
LEFT JOIN frontier AS entry ON entry.surt = source.entry_surt
LEFT JOIN articles AS held ON held.id = source.held_id
WHERE source.n_citing > 0
"""
"""Statement that makes the rows of `sources` (a list, or SELECT source_surt FROM cited_addresses for all)."""

_REBUILD = f"DELETE FROM cited_sources WHERE surt IN ({{sources}}); {BUILD};"
_REFRESH = f"""
UPDATE cited_sources SET
    (url, domain, title, state, outcome, cited_article_id) = (
        SELECT COALESCE(entry.url, found.url), COALESCE(entry.source, held.source, ''), held.title,
            entry.state, entry.outcome, held.id
        FROM (SELECT {_ENTRY.format(source="cited_sources.surt")} AS entry_surt,
            {_HELD.format(source="cited_sources.surt")} AS held_id,
            (SELECT MIN(url) FROM cited_addresses WHERE source_surt = cited_sources.surt) AS url) AS found
        LEFT JOIN frontier AS entry ON entry.surt = found.entry_surt
        LEFT JOIN articles AS held ON held.id = found.held_id
    )
WHERE surt IN ({{sources}});
"""
_MEASURE = f"""
UPDATE cited_sources SET hours_after_publication =
    {_HOURS.format(first_captured_at="first_captured_at", first_published_at="first_published_at")}
WHERE surt IN ({{sources}});
"""
_RECAPTURE = f"""
UPDATE cited_sources SET first_captured_at = {_FIRST_CAPTURED.format(source="cited_sources.surt")},
    last_captured_at = {_LAST_CAPTURED.format(source="cited_sources.surt")}
WHERE surt IN ({{sources}});
"""

_SOURCE_OF = "SELECT source_surt FROM cited_addresses WHERE surt = {surt}"
_CITED_BY = """
SELECT cited_addresses.source_surt FROM citations JOIN cited_addresses ON cited_addresses.surt = citations.surt
WHERE citations.article_id = {article}
"""
_PAGE_OF = "SELECT source_surt FROM cited_addresses WHERE surt = {row}.surt OR surt IN \
(SELECT surt FROM aliases WHERE article_id = {row}.id)"
_COUNTS = """
EXISTS (SELECT 1 FROM articles WHERE id = {row}.article_id AND kind = 'article')
    AND NOT EXISTS (SELECT 1 FROM cited_addresses AS member CROSS JOIN citations AS other ON other.surt = member.surt
        WHERE member.source_surt = cited_sources.surt AND other.article_id = {row}.article_id
            AND other.id <> {row}.id)
"""
_PUBLISHED = "(SELECT published_at FROM articles WHERE id = {row}.article_id)"

_OLD, _NEW = _SOURCE_OF.format(surt="OLD.surt"), _SOURCE_OF.format(surt="NEW.surt")

_ON_CITATIONS = {
    "cited_added AFTER INSERT ON citations WHEN NEW.surt IS NOT NULL": f"""
    UPDATE cited_sources SET n_citing = n_citing + 1, first_published_at = COALESCE(
        MIN(first_published_at, {_PUBLISHED.format(row="NEW")}), first_published_at, {_PUBLISHED.format(row="NEW")})
    WHERE surt = ({_NEW}) AND {_COUNTS.format(row="NEW")};
    {_MEASURE.format(sources=_NEW)}
    INSERT INTO cited_addresses SELECT NEW.surt, NEW.url, NEW.surt, NEW.cited_kind
    WHERE NOT EXISTS (SELECT 1 FROM cited_addresses WHERE surt = NEW.surt);
    {BUILD.format(sources=f"{_NEW} AND NOT EXISTS (SELECT 1 FROM cited_sources WHERE surt = source_surt)")};
    """,
    "cited_removed AFTER DELETE ON citations WHEN OLD.surt IS NOT NULL": f"""
    UPDATE cited_sources SET n_citing = n_citing - 1, first_published_at = CASE
        WHEN first_published_at IS {_PUBLISHED.format(row="OLD")}
        THEN {_FIRST_PUBLISHED.format(source="cited_sources.surt")} ELSE first_published_at END
    WHERE surt = ({_OLD}) AND {_COUNTS.format(row="OLD")};
    DELETE FROM cited_sources WHERE surt = ({_OLD}) AND n_citing = 0;
    {_MEASURE.format(sources=_OLD)}
    """,
    "cited_changed AFTER UPDATE OF surt, article_id ON citations WHEN (OLD.surt, OLD.article_id) IS NOT "
    "(NEW.surt, NEW.article_id)": f"""
    INSERT INTO cited_addresses SELECT NEW.surt, NEW.url, NEW.surt, NEW.cited_kind
    WHERE NEW.surt IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cited_addresses WHERE surt = NEW.surt);
    {_REBUILD.format(sources=f"{_OLD} UNION {_NEW}")}
    """,
}
_ON_ADDRESSES = {
    "cited_address_added AFTER INSERT ON cited_addresses WHEN EXISTS (SELECT 1 FROM citations WHERE surt = NEW.surt) "
    "OR EXISTS (SELECT 1 FROM cited_sources WHERE surt = NEW.source_surt)": _REBUILD.format(sources="NEW.source_surt"),
    "cited_address_moved AFTER UPDATE ON cited_addresses WHEN (OLD.url, OLD.source_surt, OLD.cited_kind) IS NOT "
    "(NEW.url, NEW.source_surt, NEW.cited_kind)": _REBUILD.format(sources="OLD.source_surt, NEW.source_surt"),
    "cited_address_removed AFTER DELETE ON cited_addresses": _REBUILD.format(sources="OLD.source_surt"),
}
_ON_ARTICLES = {
    "cited_page_added AFTER INSERT ON articles": _REFRESH.format(sources=_NEW),
    "cited_page_changed AFTER UPDATE OF title, source ON articles WHEN (OLD.title, OLD.source) IS NOT "
    "(NEW.title, NEW.source)": _REFRESH.format(sources=_PAGE_OF.format(row="NEW")),
    "citing_dated AFTER UPDATE OF published_at ON articles WHEN NEW.kind = 'article' AND OLD.kind = 'article' "
    "AND OLD.published_at IS NOT NEW.published_at": f"""
    UPDATE cited_sources SET first_published_at = CASE
        WHEN first_published_at IS OLD.published_at
        THEN {_FIRST_PUBLISHED.format(source="cited_sources.surt")}
        ELSE COALESCE(MIN(first_published_at, NEW.published_at), first_published_at, NEW.published_at) END
    WHERE surt IN ({_CITED_BY.format(article="NEW.id")});
    {_MEASURE.format(sources=_CITED_BY.format(article="NEW.id"))}
    """,
    "citing_changed AFTER UPDATE OF kind ON articles WHEN OLD.kind <> NEW.kind": _REBUILD.format(
        sources=f"{_CITED_BY.format(article='NEW.id')} UNION {_PAGE_OF.format(row='NEW')}"
    ),
    "cited_page_removed AFTER DELETE ON articles": _REBUILD.format(
        sources=f"{_CITED_BY.format(article='OLD.id')} UNION {_PAGE_OF.format(row='OLD')}"
    ),
}
_ON_ALIASES = {
    "cited_alias_added AFTER INSERT ON aliases": _REFRESH.format(sources=_NEW),
    "cited_alias_changed AFTER UPDATE ON aliases": _REFRESH.format(sources=f"{_OLD} UNION {_NEW}"),
    "cited_alias_removed AFTER DELETE ON aliases": _REFRESH.format(sources=_OLD),
}
_ON_FRONTIER = {
    "cited_known AFTER INSERT ON frontier": _REFRESH.format(sources=_NEW),
    "cited_asked AFTER UPDATE OF url, kind, source, state, outcome, leads_to ON frontier WHEN "
    "(OLD.url, OLD.kind, OLD.source, OLD.state, OLD.outcome, OLD.leads_to) IS NOT "
    "(NEW.url, NEW.kind, NEW.source, NEW.state, NEW.outcome, NEW.leads_to)": _REFRESH.format(sources=_NEW),
    "cited_forgotten AFTER DELETE ON frontier": _REFRESH.format(sources=_OLD),
}
_ON_CAPTURES = {
    "cited_captured AFTER INSERT ON captures WHEN NEW.status IS NOT NULL": f"""
    UPDATE cited_sources SET
        first_captured_at = COALESCE(MIN(first_captured_at, NEW.fetched_at), NEW.fetched_at),
        last_captured_at = COALESCE(MAX(last_captured_at, NEW.fetched_at), NEW.fetched_at)
    WHERE surt IN ({_NEW});
    {_MEASURE.format(sources=_NEW)}
    """,
    "cited_capture_changed AFTER UPDATE OF surt, fetched_at, status ON captures WHEN "
    "(OLD.surt, OLD.fetched_at, OLD.status IS NULL) IS NOT (NEW.surt, NEW.fetched_at, NEW.status IS NULL)": (
        _RECAPTURE.format(sources=f"{_OLD} UNION {_NEW}") + _MEASURE.format(sources=f"{_OLD} UNION {_NEW}")
    ),
    "cited_capture_removed AFTER DELETE ON captures": (_RECAPTURE.format(sources=_OLD) + _MEASURE.format(sources=_OLD)),
}

CITED_TRIGGERS = tuple(
    f"CREATE TRIGGER {event} BEGIN {program} END"
    for group in (_ON_CITATIONS, _ON_ADDRESSES, _ON_ARTICLES, _ON_ALIASES, _ON_FRONTIER, _ON_CAPTURES)
    for event, program in group.items()
)
"""One statement a trigger; made after the tables are filled."""

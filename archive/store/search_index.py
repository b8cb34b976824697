"""The search index of articles: what of an article goes into it, and how it gets in and out again.

The index keeps no text of its own, so removing an article takes exactly what was put in. That is worked out again from
the stored rows, before they change; therefore the segmenter's version is part of the file.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from archive.opt_out import withholds
from archive.progress import counted
from archive.segments import SEGMENTER_VERSION, WHOLE, index_text
from archive.store import Connection, Store

_PAGE = 500
_HASH_BYTES = 16 * 1024 * 1024  # of new words that a commit may hold before FTS5 writes them as a piece of the index
_BULK_HASH_BYTES = 64 * 1024 * 1024
_COMMON_SHARE = 500  # a term in more than one of so many articles is common: its count is kept
_FEWEST = 2  # a word in fewer articles is more likely a misspelling than the right spelling of one
_GROWTH = 1.25  # how much an archive grows before its terms are counted again


@dataclass(frozen=True, slots=True)
class IndexedTexts:
    """The three texts that are searched: paragraphs; headline; captions, table cells, authors and what is cited."""

    body: str
    title: str
    extra: str


def stored_texts(store: Store, article_id: int) -> IndexedTexts:
    """Return what is searched of a stored article, from its rows as they stand."""
    return next(texts for _, texts in _texts(store, article_id, article_id))


def last_indexed(connection: Connection) -> int:
    """Return the highest number of an article in the index; those above it wait, and no search finds them yet."""
    return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM articles_fts_docsize").fetchone()[0])


def put_in(store: Store, article_id: int) -> None:
    """Let a new article into the index when the transaction commits, or with those that come after it."""
    if article_id > last_indexed(store.connection):
        store.at_commit(partial(index_waiting, store))
    else:  # it has the number again that it had before a takedown
        _at_commit(store, _PUT_IN, article_id, stored_texts(store, article_id))


def index_waiting(store: Store, *, at_least: int | None = None) -> None:
    """Put the articles that wait into the index, if they are *at_least* so many; None: the store's `index_after`.

    Many at once cost half: each commit leaves a piece of an index, to be merged with others again and again.
    A kill loses none, they still wait.
    """
    first = last_indexed(store.connection) + 1
    last = store.connection.execute("SELECT COALESCE(MAX(id), 0) FROM articles").fetchone()[0]
    if last - first + 1 >= (store.index_after if at_least is None else at_least):
        with store.transaction():
            store.connection.executemany(_PUT_IN, (_segmented(*article) for article in _paged(store, first, last)))


def take_out(store: Store, article_id: int, texts: IndexedTexts, *, instead: IndexedTexts | None = None) -> None:
    """Remove an article from the index when the transaction commits, and put in what it says *instead*.

    *texts* must be what was put in.
    """
    if article_id <= last_indexed(store.connection):
        _at_commit(store, _TAKE_OUT, article_id, texts)
        if instead:
            _at_commit(store, _PUT_IN, article_id, instead)


_PUT_IN = (
    "INSERT INTO articles_fts (rowid, body_ngrams, title_ngrams, extra_ngrams) VALUES (:id, :body, :title, :extra)"
)
_TAKE_OUT = (
    "INSERT INTO articles_fts (articles_fts, rowid, body_ngrams, title_ngrams, extra_ngrams) "
    "VALUES ('delete', :id, :body, :title, :extra)"
)


def rebuild_index(store: Store) -> int:
    """Make the whole index anew with this release's segmenter and return how many articles are in it.

    One transaction: until it is done readers see the old index, and a kill leaves that one whole.
    """
    total, last = store.connection.execute("SELECT COUNT(*), COALESCE(MAX(id), 0) FROM articles").fetchone()
    with store.transaction():
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        _configure(store, hashsize=_BULK_HASH_BYTES, automerge=0)
        articles = counted(_paged(store, 1, last), "articles indexed", total=total)
        store.connection.executemany(_PUT_IN, (_segmented(*article) for article in articles))
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        _configure(store, hashsize=_HASH_BYTES, automerge=4)
        store.connection.execute(_SET_META, {"key": "segmenter", "value": SEGMENTER_VERSION})
        count_terms(store)
    return int(total)


def index_is_current(connection: Any) -> bool:
    """Say whether the index was made by this release's segmenter."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'segmenter'").fetchone()
    return found is not None and found[0] == SEGMENTER_VERSION


def count_terms(store: Store) -> None:
    """Store in how many articles each common term occurs, and each Latin or katakana word that is no one-off.

    Searches take the first from there instead of counting; from the second comes "did you mean". It reads the whole
    index (a minute for millions of articles).
    """
    total = int(store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0])
    with store.transaction():
        store.connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.articles_terms USING fts5vocab (main, articles_fts, 'row')"
        )
        store.connection.execute("DELETE FROM search_words")
        store.connection.execute(_COUNT_TERMS, {"common": total // _COMMON_SHARE, "fewest": _FEWEST})
        store.connection.execute(_SET_META, {"key": "terms_counted", "value": str(total)})
        store.connection.execute("DROP TABLE temp.articles_terms")


def count_terms_when_grown(store: Store) -> None:
    """Call count_terms() when the archive has grown by a quarter since the last time."""
    found = store.connection.execute("SELECT value FROM meta WHERE key = 'terms_counted'").fetchone()
    total = int(store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0])
    if total > _GROWTH * int(found[0] if found else 0):
        count_terms(store)


_SET_META = "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_COUNT_TERMS = f"""
INSERT INTO search_words (word, n_articles)
SELECT term, doc FROM temp.articles_terms
WHERE doc > :common
    OR (doc >= :fewest AND (term GLOB '*{WHOLE}' OR (term GLOB '[a-z]*' AND LENGTH(term) BETWEEN 4 AND 30)))
"""  # noqa: S608 - constants


def _at_commit(store: Store, sql: str, article_id: int, texts: IndexedTexts) -> None:
    store.at_commit(partial(store.connection.execute, sql, _segmented(article_id, texts)))


def _configure(store: Store, **options: int) -> None:
    for name, value in options.items():
        store.connection.execute(
            "INSERT INTO articles_fts (articles_fts, rank) VALUES (:name, :value)", {"name": name, "value": value}
        )


def _segmented(article_id: int, texts: IndexedTexts) -> dict[str, Any]:
    return {
        "id": article_id,
        "body": index_text(texts.body),
        "title": index_text(texts.title),
        "extra": index_text(texts.extra),
    }


def _paged(store: Store, first: int, last: int) -> Iterator[tuple[int, IndexedTexts]]:
    for start in range(first, last + 1, _PAGE):
        yield from _texts(store, start, min(start + _PAGE - 1, last))


def _texts(store: Store, first: int, last: int) -> Iterator[tuple[int, IndexedTexts]]:
    """Yield number and texts of the articles numbered *first* to *last*, in order."""
    page = {"first": first, "last": last}
    extras: dict[int, list[str]] = {}
    for article_id, text in _extra_texts(store.connection.execute(_EXTRA, page)):
        extras.setdefault(article_id, []).append(text)
    for article_id, title, text, authors, caption, words in store.connection.execute(_ARTICLES, page):
        if withholds(words, "search"):
            yield article_id, IndexedTexts("", "", "")
            continue
        extra = [caption or "", *extras.get(article_id, ()), *json.loads(authors)]
        yield article_id, IndexedTexts(text, title or "", "\n".join(part for part in extra if part))


def _extra_texts(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, str]]:
    for article_id, kind, text in rows:
        if kind == "rows":
            yield from ((article_id, " ".join(cells)) for cells in json.loads(text))
        else:
            yield article_id, text


_ARTICLES = """
SELECT id, title, text, authors, lead_image_caption, opt_out FROM articles WHERE id BETWEEN :first AND :last ORDER BY id
"""
_EXTRA = """
SELECT article_id, 'caption', caption FROM figures
WHERE article_id BETWEEN :first AND :last AND caption <> ''
UNION ALL
SELECT article_id, 'caption', caption FROM data_tables
WHERE article_id BETWEEN :first AND :last AND caption <> ''
UNION ALL
SELECT article_id, 'rows', rows FROM data_tables WHERE article_id BETWEEN :first AND :last
UNION ALL
SELECT article_id, 'cited', text FROM citations
WHERE article_id BETWEEN :first AND :last AND kind = 'reference' AND text <> ''
UNION ALL
SELECT article_id, 'named', name FROM citations
WHERE article_id BETWEEN :first AND :last AND kind = 'mention' AND name IS NOT NULL
"""

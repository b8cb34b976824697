"""The search index of articles: what of an article goes into it, and how it gets in and out again.

The index keeps no text of its own, so removing an article takes exactly what was put in. That is worked out again from
the stored rows, before they change; therefore the segmenter's version is part of the file.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.progress import counted
from archive.store import Store
from archive.text import SEGMENTER_VERSION, index_text

_PAGE = 200


@dataclass(frozen=True, slots=True)
class IndexedTexts:
    """The three texts that are searched: headline; paragraphs; captions, table cells and authors."""

    title: str
    body: str
    extra: str


def indexed_texts(
    article: Mapping[str, Any], figures: Sequence[Mapping[str, Any]], tables: Sequence[Mapping[str, Any]]
) -> IndexedTexts:
    """Return what of an article is searched; *article*, *figures* and *tables* are rows as stored."""
    cells = [" ".join(row) for table in tables for row in json.loads(table["rows"])]
    captions = [part["caption"] for part in (*figures, *tables)]
    extra = [article["lead_image_caption"] or "", *captions, *cells, *json.loads(article["authors"])]
    return IndexedTexts(article["title"] or "", article["text"], "\n".join(part for part in extra if part))


def stored_texts(store: Store, article: Mapping[str, Any]) -> IndexedTexts:
    """Return what was indexed for a stored article row, from its rows as they stand."""
    by_id = {"id": article["id"]}
    figures = store.connection.execute(
        "SELECT caption FROM figures WHERE article_id = :id ORDER BY position", by_id
    ).fetchall()
    tables = store.connection.execute(
        "SELECT caption, rows FROM data_tables WHERE article_id = :id ORDER BY position", by_id
    ).fetchall()
    return indexed_texts(article, figures, tables)


def put_in(store: Store, article_id: int, texts: IndexedTexts) -> None:
    """Add an article to the index, when the transaction commits."""
    store.at_commit(_PUT_IN, _segmented(article_id, texts))


def take_out(store: Store, article_id: int, texts: IndexedTexts) -> None:
    """Remove an article from the index, when the transaction commits; *texts* must be what was put in."""
    store.at_commit(
        "INSERT INTO articles_fts (articles_fts, rowid, title_ngrams, body_ngrams, extra_ngrams) "
        "VALUES ('delete', :id, :title, :body, :extra)",
        _segmented(article_id, texts),
    )


_PUT_IN = (
    "INSERT INTO articles_fts (rowid, title_ngrams, body_ngrams, extra_ngrams) VALUES (:id, :title, :body, :extra)"
)


def rebuild_index(store: Store) -> int:
    """Make the whole index anew with this release's segmenter and return how many articles are in it."""
    total = int(store.connection.execute("SELECT COUNT(*) FROM articles").fetchone()[0])
    n_articles = 0
    with store.transaction():
        store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        for row in counted(_articles(store), "articles indexed", total=total):
            store.connection.execute(_PUT_IN, _segmented(row["id"], stored_texts(store, row)))
            n_articles += 1
        store.connection.execute(
            "INSERT INTO meta (key, value) VALUES ('segmenter', :version) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            {"version": SEGMENTER_VERSION},
        )
    return n_articles


def _segmented(article_id: int, texts: IndexedTexts) -> dict[str, Any]:
    return {
        "id": article_id,
        "title": index_text(texts.title),
        "body": index_text(texts.body),
        "extra": index_text(texts.extra),
    }


def _articles(store: Store) -> Iterator[Mapping[str, Any]]:
    last = 0
    while rows := store.connection.execute(
        "SELECT id, title, text, authors, lead_image_caption FROM articles WHERE id > :last ORDER BY id LIMIT :page",
        {"last": last, "page": _PAGE},
    ).fetchall():
        yield from rows
        last = rows[-1]["id"]

"""Articles: what a page says, stored once an address; every state of its text is kept as a revision."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from archive.citations import identify
from archive.dates import resolve_relative
from archive.errors import AddressError, TakenDownError
from archive.model import Article, Precision
from archive.opt_out import withholds
from archive.records import StoredArticle, row_of
from archive.store import Store, stamp
from archive.store.aliases import add_alias, drop_alias, take_waiting
from archive.store.citations import link_citations, page_of, save_citations
from archive.store.neighbours import doubt_of_date
from archive.store.problems import save_warnings
from archive.store.search_index import put_in, stored_texts, take_out
from archive.store.sources import note_source
from archive.store.takedowns import is_taken_down, number_for
from archive.text import normalise
from archive.urls import host_of
from archive.urls import surt as surt_of


class SaveStatus(StrEnum):
    """What saving an article came to: its text is new to us, has changed, or is what we hold."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of save_article(); `changed` names the fields that were rewritten, with or without a new revision."""

    NEW: ClassVar[SaveStatus] = SaveStatus.NEW
    REVISED: ClassVar[SaveStatus] = SaveStatus.REVISED
    UNCHANGED: ClassVar[SaveStatus] = SaveStatus.UNCHANGED

    status: SaveStatus
    article_id: int
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a page, ready to be stored."""

    article: Article
    row: dict[str, Any]
    figures: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    capture_id: int | None
    seen_at: str


_KEPT = ("id", "capture_id", "first_captured_at", "last_captured_at", "n_revisions")
_COLUMNS = tuple(field.name for field in fields(StoredArticle) if field.name not in _KEPT)
_SAID = frozenset(field.name for field in fields(Article))
_INSERT = (
    f"INSERT INTO articles (id, {', '.join(_COLUMNS)}, capture_id, first_captured_at, last_captured_at) VALUES "  # noqa: S608
    f"(:id, {', '.join(':' + name for name in _COLUMNS)}, :capture_id, :seen_at, :seen_at)"
)
_UPDATE = f"UPDATE articles SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE id = :id"  # noqa: S608
_READ_BY = "UPDATE articles SET extractor = :extractor WHERE id = :id AND extractor IS NOT :extractor"
_DATE = ("published_at", "published_precision", "published_raw", "published_from")
_SHARPNESS = list(Precision)


def save_article(  # noqa: PLR0913 - what the page says, and five things it cannot say about itself
    store: Store,
    article: Article,
    *,
    kind: str,
    source: str,
    work_id: str | None = None,
    capture_id: int | None,
    seen_at: datetime | str,
    opt_out: str | None = None,
) -> Saved:
    """Store what a page said at *seen_at* with figures, tables, citations, problems and the search index.

    *kind* is article or source, *source* the publisher's key. One canonical address is one article; an address that
    differs from it becomes an alias, and a canonical address on another host is not believed.
    The same text makes no revision, and rows that would say the same are not rewritten.
    A capture that made a revision before is read again in place; any other older than what we hold changes nothing.
    *opt_out* is what the page asks us not to do: it leaves the index, or the text of its earlier states goes too.
    Raises TakenDownError for a page that was taken down.
    """
    with store.transaction():
        doubt = doubt_of_date(store, article, work_id)
        read = replace(article, warnings=(*article.warnings, doubt)) if doubt else article
        reading = _reading(read, kind, source, work_id, capture_id, stamp(seen_at))
        reading.row["opt_out"] = opt_out
        if is_taken_down(store, {reading.row["surt"], surt_of(article.url)}):
            raise TakenDownError(f"{article.url} was taken down; archive takedown --undo lets it be stored again")
        held = store.connection.execute("SELECT * FROM articles WHERE surt = :surt", reading.row).fetchone()
        if held is not None and _is_copy(held, reading):
            if _is_same_title(held, reading):  # the page at the address itself says what the article says
                _note_alias(store, reading.article, held["id"], reading.row["surt"])
                return Saved(SaveStatus.UNCHANGED, held["id"])
            article = _not_believed(reading.article, "is another article")
            reading = _reading(article, kind, source, work_id, capture_id, stamp(seen_at))
            held = store.connection.execute("SELECT * FROM articles WHERE surt = :surt", reading.row).fetchone()
        note_source(store, source)
        saved = _insert(store, reading) if held is None else _update(store, dict(held), reading)
        _note_alias(store, reading.article, saved.article_id, reading.row["surt"])
        if opt_out or (held and held["opt_out"]):
            _withhold_earlier_texts(store, saved.article_id)
    return saved


def find_article(store: Store, word: str) -> int | None:
    """Return the article that *word* means: its number, or its address or an alias of it; None when we hold none."""
    if word.isdecimal():
        sql = "SELECT id FROM articles WHERE id = CAST(:id AS INTEGER)"
        row = store.connection.execute(sql, {"id": word}).fetchone()
        return int(row[0]) if row else None
    try:
        return page_of(store, surt_of(word))
    except AddressError:
        return None


def publication(store: Store, surt: str) -> tuple[str | None, str | None]:
    """Return date and precision of publication of the article that an address leads to; None where there is none."""
    row = store.connection.execute(
        "SELECT published_at, published_precision FROM articles WHERE id = :id", {"id": page_of(store, surt)}
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def content_digest(title: str | None, text: str) -> str:
    """Return the sha256 by which two states of a text are told apart; blanks and compatibility forms do not count."""
    words = "\n".join(" ".join(normalise(part).split()) for part in (title or "", text))
    return hashlib.sha256(words.encode()).hexdigest()


def _reading(
    article: Article, kind: str, source: str, work_id: str | None, capture_id: int | None, seen_at: str
) -> _Reading:
    article = _with_own_canonical(article)
    image = article.lead_image
    row = {name: getattr(article, name) if name in _SAID else None for name in _COLUMNS} | {
        "surt": surt_of(article.canonical_url),
        "kind": kind,
        "source": source,
        "work_id": work_id,
        "lead_image_url": image.url if image else None,
        "lead_image_caption": image.caption if image else None,
        "content_digest": content_digest(article.title, article.text),
    }
    for name in ("authors", "tags", "headings", "warnings"):
        row[name] = json.dumps(getattr(article, name), ensure_ascii=False)
    figures = [row_of(figure) | {"position": number} for number, figure in enumerate(article.figures, start=1)]
    tables = [
        row_of(table) | {"position": number, "rows": json.dumps(table.rows, ensure_ascii=False)}
        for number, table in enumerate(article.tables, start=1)
    ]
    return _Reading(article, row, figures, tables, capture_id, seen_at)


def _with_own_canonical(article: Article) -> Article:
    """Return *article* with its own address as the canonical one when the page named another host's."""
    try:
        believed = _bare_host(article.canonical_url) == _bare_host(article.url)
    except AddressError:
        believed = False
    if believed:
        return article
    return _not_believed(article, "is on another host")


def _not_believed(article: Article, why: str) -> Article:
    warning = f"canonical_url: {article.canonical_url} {why} and was not taken"
    return replace(article, canonical_url=article.url, warnings=(*article.warnings, warning))


def _is_copy(held: Mapping[str, Any], reading: _Reading) -> bool:
    """Return whether a page that names *held* as its canonical address says something else than that page itself."""
    surt = reading.row["surt"]
    is_other = bool(reading.row["content_digest"] != held["content_digest"])
    return is_other and surt_of(reading.article.url) != surt and surt_of(held["url"]) == surt


def _is_same_title(held: Mapping[str, Any], reading: _Reading) -> bool:
    return content_digest(held["title"], "") == content_digest(reading.article.title, "")


def _bare_host(url: str) -> str:
    host = host_of(url)
    for prefix in ("www.", "m.", "amp."):
        host = host.removeprefix(prefix)
    return host


def _insert(store: Store, reading: _Reading) -> Saved:
    row = reading.row | {"capture_id": reading.capture_id, "seen_at": reading.seen_at}
    row["id"] = number_for(store, row["surt"])
    article_id = int(store.connection.execute(_INSERT, row).lastrowid or 0)
    drop_alias(store, row["surt"])
    _add_revision(store, article_id, 1, reading)
    for insert, parts in ((_FIGURES[-1], reading.figures), (_TABLES[-1], reading.tables)):
        store.connection.executemany(insert, [part | {"id": article_id} for part in parts])
    save_citations(store, article_id, reading.article, is_new=True)
    put_in(store, article_id)
    if reading.article.warnings:
        _save_warnings(store, article_id, reading)
    link_citations(store, article_id, surt=row["surt"], url=row["canonical_url"])
    take_waiting(store, article_id, row["surt"])
    return Saved(SaveStatus.NEW, article_id)


def _update(store: Store, held: dict[str, Any], reading: _Reading) -> Saved:
    article_id = int(held["id"])
    again = _revision_of_capture(store, article_id, reading.capture_id)
    if again is not None and again != held["n_revisions"]:
        _rewrite_revision(store, article_id, again, reading)
        return Saved(SaveStatus.UNCHANGED, article_id)
    if again is None:
        _note_seen(store, held, reading)
        if reading.seen_at < held["last_captured_at"]:
            return Saved(SaveStatus.UNCHANGED, article_id)
    row = _merged(held, reading, is_reread=again is not None)
    changed = _store_changes(store, held, reading, row)
    if row["content_digest"] == held["content_digest"] and again is None:
        return Saved(SaveStatus.UNCHANGED, article_id, changed)
    if again is not None:
        _rewrite_revision(store, article_id, again, reading)
    else:
        _add_revision(store, article_id, held["n_revisions"] + 1, reading)
        store.connection.execute(
            "UPDATE articles SET n_revisions = n_revisions + 1, capture_id = :capture WHERE id = :id",
            {"id": article_id, "capture": reading.capture_id},
        )
    is_same = row["content_digest"] == held["content_digest"]
    return Saved(SaveStatus.UNCHANGED if is_same else SaveStatus.REVISED, article_id, changed)


def _merged(held: Mapping[str, Any], reading: _Reading, *, is_reread: bool) -> dict[str, Any]:
    """Return the row to store: the new reading, less what the held row knows better."""
    row = dict(reading.row)
    row["url"] = held["url"]
    row["work_id"] = row["work_id"] or held["work_id"]
    if held["kind"] == "article":  # a HyperAI page that another one cites stays HyperAI's
        row["kind"], row["source"] = held["kind"], held["source"]
    if is_reread:
        return row
    if row["content_digest"] == held["content_digest"]:
        row["title"], row["text"] = held["title"], held["text"]
    if _is_blunter(row, held, reading.seen_at):
        row |= {name: held[name] for name in _DATE}
    return row


def _is_blunter(new: Mapping[str, Any], held: Mapping[str, Any], seen_at: str) -> bool:
    """Say whether the held date is to be kept: 3 weeks ago, said later, tells less than 23 days ago did."""
    if not held["published_at"]:
        return False
    if not new["published_at"]:
        return True
    sharper = _SHARPNESS.index(new["published_precision"]) - _SHARPNESS.index(held["published_precision"])
    is_relative = resolve_relative(new["published_raw"] or "", seen_at=datetime.fromisoformat(seen_at)) is not None
    return sharper > 0 or (sharper == 0 and is_relative)


def _store_changes(store: Store, held: dict[str, Any], reading: _Reading, row: dict[str, Any]) -> tuple[str, ...]:
    """Rewrite what differs from the stored rows and return the names of those fields."""
    article_id = held["id"]
    old_texts = stored_texts(store, article_id)
    # A new release that reads the same rewrites nothing.
    changed = [name for name in _COLUMNS if row[name] != held[name] and name != "extractor"]
    if changed:
        store.connection.execute(_UPDATE, row | {"id": article_id})
    changed += _replace_parts(store, article_id, reading)
    if save_citations(store, article_id, reading.article):
        changed.append("citations")
    if changed:
        store.connection.execute(_READ_BY, row | {"id": article_id})
    new_texts = stored_texts(store, article_id)
    if new_texts != old_texts:
        take_out(store, article_id, old_texts, instead=new_texts)
    _save_warnings(store, article_id, reading)
    return tuple(changed)


def _save_warnings(store: Store, article_id: int, reading: _Reading) -> None:
    save_warnings(store, reading.article, article_id=article_id, capture_id=reading.capture_id, seen_at=reading.seen_at)


def _replace_parts(store: Store, article_id: int, reading: _Reading) -> list[str]:
    changed = []
    for name, select, delete, insert, rows in (
        ("figures", *_FIGURES, reading.figures),
        ("tables", *_TABLES, reading.tables),
    ):
        held: Sequence[Mapping[str, Any]] = store.connection.execute(select, {"id": article_id}).fetchall()
        if [dict(row) for row in held] == rows:
            continue
        store.connection.execute(delete, {"id": article_id})
        store.connection.executemany(insert, [row | {"id": article_id} for row in rows])
        changed.append(name)
    return changed


_FIGURES = (
    "SELECT url, alt, caption, after_paragraph, position FROM figures WHERE article_id = :id ORDER BY position",
    "DELETE FROM figures WHERE article_id = :id",
    "INSERT INTO figures (article_id, position, url, alt, caption, after_paragraph) "
    "VALUES (:id, :position, :url, :alt, :caption, :after_paragraph)",
)
_TABLES = (
    "SELECT caption, rows, after_paragraph, position FROM data_tables WHERE article_id = :id ORDER BY position",
    "DELETE FROM data_tables WHERE article_id = :id",
    "INSERT INTO data_tables (article_id, position, caption, rows, after_paragraph) "
    "VALUES (:id, :position, :caption, :rows, :after_paragraph)",
)


def _revision_of_capture(store: Store, article_id: int, capture_id: int | None) -> int | None:
    row = store.connection.execute(
        "SELECT number FROM revisions WHERE article_id = :id AND capture_id = :capture",
        {"id": article_id, "capture": capture_id},
    ).fetchone()
    return int(row[0]) if row else None


def _add_revision(store: Store, article_id: int, number: int, reading: _Reading) -> None:
    store.connection.execute(
        "INSERT INTO revisions (article_id, number, capture_id, seen_at, title, text, content_digest, extractor) "
        "VALUES (:id, :number, :capture, :seen_at, :title, :text, :content_digest, :extractor)",
        reading.row | {"id": article_id, "number": number, "capture": reading.capture_id, "seen_at": reading.seen_at},
    )


def _withhold_earlier_texts(store: Store, article_id: int) -> None:
    by_id = {"id": article_id}
    words = store.connection.execute("SELECT opt_out FROM articles WHERE id = :id", by_id).fetchone()[0]
    if withholds(words, "text"):
        store.connection.execute("UPDATE revisions SET text = '' WHERE article_id = :id AND text <> ''", by_id)


def _rewrite_revision(store: Store, article_id: int, number: int, reading: _Reading) -> None:
    store.connection.execute(
        "UPDATE revisions SET title = :title, text = :text, content_digest = :content_digest, extractor = :extractor "
        "WHERE article_id = :id AND number = :number AND (title IS NOT :title OR text IS NOT :text)",
        reading.row | {"id": article_id, "number": number},
    )


def _note_seen(store: Store, held: Mapping[str, Any], reading: _Reading) -> None:
    store.connection.execute(
        "UPDATE articles SET first_captured_at = MIN(first_captured_at, :seen_at), "
        "last_captured_at = MAX(last_captured_at, :seen_at) WHERE id = :id",
        {"id": held["id"], "seen_at": reading.seen_at},
    )


def _note_alias(store: Store, article: Article, article_id: int, surt: str) -> None:
    read_from = surt_of(article.url)
    if read_from != surt:
        add_alias(store, read_from, article.url, article_id, "canonical")
    # A PDF of arXiv is the same paper as its abstract page, for whoever cites either.
    known_as = identify(article.canonical_url)
    identity_url = f"https://arxiv.org/abs/{known_as.arxiv_id}" if known_as.arxiv_id else None
    if known_as.doi and not identity_url:
        identity_url = f"https://doi.org/{known_as.doi}"
    if identity_url and surt_of(identity_url) != surt:
        add_alias(store, surt_of(identity_url), identity_url, article_id, "canonical")

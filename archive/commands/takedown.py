"""archive takedown: what a page said is removed and kept out, until that is undone."""

from datetime import UTC, datetime
from typing import Any

import click

from archive.errors import ExportChoiceError
from archive.options import common, echo_json, reporting
from archive.settings import Config


@click.command("takedown")
@click.argument("url", required=False)
@click.option("--reason", metavar="TEXT", help="Why, as readers are told where the page stood.")
@click.option(
    "--scrub", is_flag=True, help="Rewrite the whole file: no free page, no old part of the index holds its words."
)
@click.option("--undo", is_flag=True, help="Let it be stored again.")
@reporting
@common
def takedown_command(config: Config, url: str | None, **options: Any) -> None:
    """Remove a page from everything that is published.

    Without URL: list what was taken down.

    Its article, earlier states, figures, tables, citations and search entries are removed; crawls, archive add and
    archive reparse keep it out. Its captures stay in the WARC files, which are not published. --undo lets it be
    stored again: from the captures with archive reparse, or by the next crawl.
    """
    from archive.store import open_store
    from archive.store.lock import crawl_lock

    undo, reason, as_json = options["undo"], options["reason"], options["as_json"]
    if url is None:
        with open_store(config.db, read_only=True) as store:
            _list(list(map(dict, store.connection.execute(_ALL))), as_json=as_json)
        return
    if undo == (reason is not None):
        raise ExportChoiceError("give --reason TEXT to take it down, or --undo")
    with crawl_lock(config.db, command="archive takedown"), open_store(config.db, create=False) as store:
        done = _undo(store, url) if undo else _take_down(store, url, str(reason))
        if options["scrub"]:
            _scrub(store)
    if as_json:
        echo_json(done)
    else:
        click.echo(done["words"])


def _take_down(store: Any, url: str, reason: str) -> dict[str, Any]:
    from archive.store.takedowns import take_down

    article_id = take_down(store, url, reason=reason, now=datetime.now(UTC))
    held = f"article {article_id} was removed" if article_id else "we hold no copy of it; it will not be stored"
    return {"url": url, "article_id": article_id, "words": f"{url}: {held}"}


def _scrub(store: Any) -> None:
    from archive.store.search_index import rebuild_index

    rebuild_index(store)
    store.connection.execute("VACUUM")
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _undo(store: Any, url: str) -> dict[str, Any]:
    from archive.store.takedowns import undo_takedown

    if not undo_takedown(store, url, now=datetime.now(UTC)):
        raise ExportChoiceError(f"{url} was not taken down; archive takedown lists what was")
    return {"url": url, "words": f"{url} may be stored again: archive reparse, or the next crawl, brings it back"}


def _list(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        undone = f", undone {row['undone_at']}" if row["undone_at"] else ""
        click.echo(f"{row['url']}  {row['taken_down_at']}{undone}: {row['reason']}")
    if not rows:
        click.echo("nothing was taken down")


_ALL = """
SELECT url, reason, taken_down_at, undone_at, article_id FROM takedowns ORDER BY taken_down_at, surt
"""

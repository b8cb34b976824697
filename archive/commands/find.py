"""Finding things: the citation graph both ways, and what changed in an article."""

import re
import sys
from dataclasses import asdict
from typing import Any

import click

from archive.errors import QueryError
from archive.options import common, echo_json, reporting
from archive.settings import Config
from archive.text import printable

_HOURS = {"h": 1, "d": 24, "w": 168}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?Z?)?)?)?")
_CONTEXT_CHARS = 40


@click.command("citations")
@click.argument("article")
@reporting
@common
def citations_command(config: Config, article: str, as_json: bool) -> None:
    """Print what an article cites, and what became of it.

    ARTICLE is its number or address.
    """
    from archive.store import open_store
    from archive.store.citations import citations_of

    with open_store(config.db, read_only=True) as store:
        cited = citations_of(store, article_number(store, article))
    if as_json:
        echo_json(cited)
        return
    if not cited:
        click.echo("it cites nothing that we could read")
    for row in cited:
        number = f"{row['number']}." if row["number"] is not None else "-"
        words = row["name"] or row["cited_title"] or row["text"]
        click.echo(f"{number:>4} {row['kind']:9} {printable(words or '')}")
        if row["url"]:
            click.echo(f"     {printable(row['url'])}  ({_state(row)})")


@click.command("cited-by")
@click.argument("url_or_domain", metavar="URL|DOMAIN")
@reporting
@common
def cited_by_command(config: Config, url_or_domain: str, as_json: bool) -> None:
    """Print who cites a page or a domain, newest first."""
    from archive.store import open_store
    from archive.store.citations import cited_by

    with open_store(config.db, read_only=True) as store:
        citing = cited_by(store, url_or_domain)
    if as_json:
        echo_json(citing)
        return
    if not citing:
        click.echo(f"nothing in this archive cites {printable(url_or_domain)}")
    last = None
    for row in citing:
        if row["article_id"] != last:
            click.echo(
                f"{row['article_id']}  {printable(row['citing_title'] or '')}  {row['citing_published_at'] or ''}"
            )
            click.echo(f"   {printable(row['citing_url'])}")
        last = row["article_id"]
        number = f" {row['number']}" if row["number"] is not None else ""
        click.echo(f"   {row['kind']}{number}: {printable(row['url'] or '')}")


@click.command("diff")
@click.argument("article")
@click.option("--from", "from_number", type=click.IntRange(1), help="Older state (default: the one before).")
@click.option("--to", "to_number", type=click.IntRange(1), help="Newer state (default: the last).")
@reporting
@common
def diff_command(config: Config, article: str, from_number: int | None, to_number: int | None, as_json: bool) -> None:
    """Print what changed between two states of an article.

    ARTICLE is its number or address.
    """
    from archive.similarity import differences
    from archive.store import open_store
    from archive.store.revisions import revision, revision_numbers

    with open_store(config.db, read_only=True) as store:
        article_id = article_number(store, article)
        numbers = revision_numbers(store, article_id)
        newer = to_number or numbers[-1]
        older = from_number or max(1, newer - 1)
        missing = [number for number in (newer, older) if number not in numbers]
        if missing:
            raise QueryError(f"article {article_id} has no state {missing[0]}; it has 1 to {numbers[-1]}")
        before, after = revision(store, article_id, older), revision(store, article_id, newer)
    parts = {
        "title": differences(before.title or "", after.title or ""),
        "text": differences(before.text, after.text),
    }
    if as_json:
        changes = {name: [asdict(change) for change in found] for name, found in parts.items()}
        echo_json({"article_id": article_id, "from": asdict(before), "to": asdict(after), "changes": changes})
    elif all(change.kind == "same" for found in parts.values() for change in found):
        click.echo(f"nothing changed: article {article_id} has {len(numbers)} state{'s' * (len(numbers) > 1)}")
    else:
        click.echo(f"state {older} ({before.seen_at}) -> state {newer} ({after.seen_at})")
        for name, found in parts.items():
            if any(change.kind != "same" for change in found):
                click.echo(f"{name}: " + "".join(_shown(change.kind, change.text) for change in found))


def article_number(store: Any, word: str) -> int:
    """Return the number of the article that *word* (number or address) means; QueryError when there is none."""
    from archive.store.articles import find_article

    found = find_article(store, word)
    if found is None:
        raise QueryError(f"there is no article {word!r} in {store.path}; archive search finds their addresses")
    return found


def _state(row: dict[str, Any]) -> str:
    if row["outcome"]:
        captured = f", captured {row['captured_at']}" if row["captured_at"] else ""
        return f"{row['outcome']}{captured}"
    return row["state"] or "not asked"


def _shown(kind: str, text: str) -> str:
    """Return one change: in red and green on a terminal, as [-gone-]{+new+} elsewhere; long equal text is cut."""
    words = printable(text)
    if kind == "same":
        long = len(words) > 2 * _CONTEXT_CHARS
        return f"{words[:_CONTEXT_CHARS]} … {words[-_CONTEXT_CHARS:]}" if long else words
    if sys.stdout.isatty():
        return click.style(words, fg="red" if kind == "gone" else "green", strikethrough=kind == "gone")
    return f"[-{words}-]" if kind == "gone" else f"{{+{words}+}}"

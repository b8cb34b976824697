"""`archive search`: ranked passages, saved searches and what is new to them, articles like another one."""

import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from archive.commands.find import article_number
from archive.dates import utc_iso
from archive.errors import QueryError
from archive.options import common, echo_json, reporting
from archive.settings import Config
from archive.text import printable

_HOURS = {"h": 1, "d": 24, "w": 168}


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the options of a search."""
    for option in reversed(
        (
            click.option(
                "--kind", type=click.Choice(["article", "source"]), help="HyperAI's articles, or cited pages."
            ),
            click.option("--lang", metavar="TAG", help="Language: ja, zh, en, ko …"),
            click.option("--source", metavar="KEY", help="Publisher: hyper.ai, reuters.com …"),
            click.option("--since", metavar="TIME", help="Published on or after: 7d, 2025-11, 2025-11-12."),
            click.option("--until", metavar="TIME", help="Published on or before: 2025-11 is all of November."),
            click.option("--newest", is_flag=True, help="The newest first, not the best."),
            click.option(
                "--spellings",
                type=click.Choice(["auto", "always", "never"]),
                default="auto",
                show_default=True,
                help="Other spellings and names too (融資 for 融资); auto: when nothing else is found.",
            ),
            click.option("--raw", is_flag=True, help="QUERY is an expression of SQLite's FTS5."),
            click.option("--facets", is_flag=True, help="Count sources, languages, months … of all hits."),
            click.option("--like", metavar="ARTICLE", help="Articles like this one (number or address)."),
            click.option("--save", metavar="NAME", help="Keep QUERY under this name."),
            click.option("--since-last", metavar="NAME", help="What is new to a kept query since this was last asked."),
            click.option("--saved", is_flag=True, help="List the kept queries."),
            click.option("--forget", metavar="NAME", help="Remove a kept query."),
            click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Most hits."),
        )
    ):
        command = option(command)
    return command


@click.command("search")
@click.argument("query", required=False)
@search_options
@reporting
@common
def search_command(config: Config, query: str | None, limit: int, as_json: bool, **options: Any) -> None:
    """Find passages, in Japanese, Chinese, Korean, English.

    Prints the articles and cited pages that hold every word of QUERY, best first.

    "phrases", OR, -not, *inside*, title: source: lang: kind: after: before: cites: are understood (docs/search.md).

    A sentence is taken as a question: no page need hold all of its words.
    """
    if options["save"] or options["since_last"] or options["forget"]:
        _keep(config, query, options, as_json=as_json)
    elif options["saved"]:
        _list_saved(config, as_json=as_json)
    elif options["like"]:
        _like(config, options["like"], limit, as_json=as_json)
    elif query is None:
        raise QueryError("what is to be searched? archive search QUERY, or --saved, --since-last NAME, --like ARTICLE")
    else:
        _find(config, query, limit, options, as_json=as_json)


def _find(config: Config, query: str, limit: int, options: dict[str, Any], *, as_json: bool) -> None:
    from archive.facets import count_facets
    from archive.query import Filters
    from archive.search import Options, find
    from archive.store import open_store
    from archive.suggestions import did_you_mean

    named = {name: options[name] for name in ("kind", "lang", "source")}
    filters = Filters(**named, since=_time("since", options["since"]), until=_time("until", options["until"]))
    how = Options("newest" if options["newest"] else "best", options["spellings"], options["raw"])
    with open_store(config.db, read_only=True) as store:
        found = find(store, query, filters=filters, options=how, limit=limit)
        wanted = options["facets"] and found.match
        counted = count_facets(store.connection, found.match, found.filters).facets if wanted else ()
        meant = [] if found.hits or options["raw"] else did_you_mean(store.connection, found.query, found.filters)
    if as_json:
        hits = [asdict(hit) for hit in found.hits]
        echo_json({"hits": hits, "facets": [asdict(one) for one in counted]} if options["facets"] else hits)
        return
    _say_how_it_was_read(found)
    if not found.hits:
        click.echo(f"no results for {printable(query)}")
    for words in meant:
        click.echo(f"did you mean: {printable(words)}")
    _print_hits(found.hits)
    for facet in counted:
        about = "" if facet.is_exact else "about "
        click.echo(f"{facet.name}: " + ", ".join(f"{printable(value)} ({about}{n})" for value, n in facet.values))


def _say_how_it_was_read(found: Any) -> None:
    """Tell on standard error what the hits are hits of; the hits alone go on to other programs."""
    order = {"newest": ", newest first", "question": ", as a question"}.get(found.order, "")
    click.echo(f"read as: {printable(found.read_as)}{order}", err=True)
    for note in found.query.notes:
        click.echo(f"note: {printable(str(note))}", err=True)
    for words, spellings in (("also looked for", found.also), ("other spellings, not looked for", found.offered)):
        if spellings:
            shown = ", ".join(f"{one.text} ({one.reason})" for one in spellings)
            click.echo(f"{words}: {printable(shown)}", err=True)


def _keep(config: Config, query: str | None, options: dict[str, Any], *, as_json: bool) -> None:
    from archive.search import find_new
    from archive.store import open_store
    from archive.store.saved_searches import forget_search, mark_read, save_search, saved_search
    from archive.store.search_index import last_indexed

    now = datetime.now(UTC)
    with open_store(config.db, create=False) as store:
        if options["forget"]:
            forget_search(store, options["forget"])
            click.echo(f"forgot {printable(options['forget'])}")
        elif options["save"]:
            save_search(store, options["save"], query or "", now=now)
            click.echo(f"saved {printable(options['save'])}; later: archive search --since-last {options['save']!r}")
        else:
            name = options["since_last"]
            saved = saved_search(store.connection, name)
            last = last_indexed(store.connection)
            found = find_new(store, saved.query, after_id=saved.last_article_id)
            if as_json:
                echo_json([asdict(hit) for hit in found.hits])
            elif not found.hits:
                click.echo(f"nothing new for {printable(name)} ({printable(saved.query)})")
            else:
                _print_hits(found.hits)
            mark_read(store, name, up_to=last, now=now)


def _list_saved(config: Config, *, as_json: bool) -> None:
    from archive.store import open_store
    from archive.store.saved_searches import saved_searches

    with open_store(config.db, read_only=True) as store:
        saved = saved_searches(store.connection)
    if as_json:
        echo_json([asdict(one) for one in saved])
    elif not saved:
        click.echo("no search is saved; save one: archive search QUERY --save NAME")
    else:
        for one in saved:
            click.echo(f"{printable(one.name)}: {printable(one.query)}  (last asked {one.last_run_at or 'never'})")


def _like(config: Config, article: str, limit: int, *, as_json: bool) -> None:
    from archive.query import Query
    from archive.search import hits_of
    from archive.similar import similar_articles
    from archive.store import open_store

    with open_store(config.db, read_only=True) as store:
        similar = similar_articles(store.connection, article_number(store, article), limit=limit)
        hits = hits_of(store, [(one.article_id, one.score) for one in similar], Query(""))
    if as_json:
        echo_json([asdict(one) for one in similar])
        return
    if not similar:
        click.echo("nothing in this archive is like it")
    for one, hit in zip(similar, hits, strict=True):
        why = [f"{one.n_shared_citations} shared citations"] if one.n_shared_citations else []
        click.echo(f"{one.article_id}. {printable(hit.title) or '(no title)'}\n   {printable(hit.url)}")
        click.echo("   " + printable("; ".join([*why, *filter(None, [", ".join(one.shared_words)])])))


def _print_hits(hits: Any) -> None:
    for number, hit in enumerate(hits, start=1):
        about = " · ".join(filter(None, (hit.source, hit.lang, hit.published_at)))
        click.echo(f"{number}. {printable(hit.title) or '(no title)'}  ({about})\n   {printable(hit.url)}")
        for snippet in hit.snippets:
            if snippet.where != "title":
                numbered = f" {snippet.number}" if snippet.number is not None else ""
                where = "" if snippet.where == "text" else f"[{snippet.where}{numbered}] "
                click.echo(f"   {where}{_marked(snippet.text, snippet.marks)}")


def _time(name: str, word: str | None) -> str | None:
    """Return the date that --since or --until means, as dates are stored; None when it was not given."""
    from archive.query import is_date

    if word is None:
        return None
    relative = re.fullmatch(r"(\d{1,5})([hdw])", word)
    if relative:
        return utc_iso(datetime.now(UTC) - timedelta(hours=int(relative[1]) * _HOURS[relative[2]]))
    if not is_date(word):
        raise QueryError(f"--{name} takes 12h, 7d, 2w or a date such as 2025-11-12, not {word!r}")
    return word


def _marked(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    """Return *text* with its marks in bold on a terminal, in 【】 elsewhere."""
    on_terminal = sys.stdout.isatty()
    out, last = [], 0
    for start, end in marks:
        word = printable(text[start:end])
        out += [
            printable(text[last:start]),
            click.style(word, bold=True, fg="yellow") if on_terminal else f"【{word}】",
        ]
        last = end
    return "".join((*out, printable(text[last:])))

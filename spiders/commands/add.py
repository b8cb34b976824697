"""`archive add`: captures given pages."""

from collections.abc import Iterator, Sequence
from functools import partial

import click
from scrapy.crawler import AsyncCrawlerRunner

from archive.errors import AddressError
from archive.options import common, reporting
from archive.settings import Config, checked
from archive.store.articles import find_article
from archive.store.citations import citations_of
from archive.urls import canonical_url, surt
from spiders.added import AddedSpider
from spiders.commands.crawl import CrawlSummary, quiet_logs, report, summary_of
from spiders.progress import Progress
from spiders.session import CrawlOptions, Session, open_session
from spiders.stopping import stopping


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--cited", "with_cited", is_flag=True, help="Capture what these pages cite as well.")
@reporting
@common
def add(config: Config, *, urls: tuple[str, ...], with_cited: bool, as_json: bool) -> int:
    """Capture given pages.

    URL - reads addresses from standard input, one a line.
    """
    addresses = [canonical_url(url.strip()) for url in urls if url != "-"]
    listed = list(_listed_addresses()) if "-" in urls else []
    addresses += [address for address in listed if address]
    if not addresses:
        raise AddressError("no addresses were given")
    config = checked(config)
    summary = run_add(config, addresses, with_cited=with_cited, is_quiet=as_json)
    report(summary, config, as_json=as_json)
    return 0 if summary.fetched and None not in listed else 1


def _listed_addresses() -> Iterator[str | None]:
    """Yield the addresses of standard input; None for a line that is none, which is said."""
    with click.open_file("-", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield canonical_url(line.strip())
            except AddressError as error:
                click.echo(f"archive: line {number}: {error}", err=True)
                yield None


def run_add(config: Config, urls: Sequence[str], *, with_cited: bool = False, is_quiet: bool = False) -> CrawlSummary:
    """Capture *urls*, and with *with_cited* what they cite; return what came of it. Raises as run_crawl() does."""
    quiet_logs()
    progress = Progress(is_quiet=is_quiet, is_verbose=True)
    with (
        stopping(config.stop_s) as stopper,
        open_session(config, CrawlOptions(), command="archive add", progress=progress) as session,
    ):
        stopper.run(session, partial(_add, session, urls, with_cited))
        if session.error:
            raise session.error
    return summary_of(session)


async def _add(session: Session, urls: Sequence[str], with_cited: bool, runner: AsyncCrawlerRunner) -> None:
    await runner.crawl(AddedSpider, session=session, urls=urls)
    cited = _cited(session, urls) if with_cited and not session.is_stopping else []
    if cited:
        await runner.crawl(AddedSpider, session=session, urls=cited)


def _cited(session: Session, urls: Sequence[str]) -> list[str]:
    """Return what the stored articles of *urls* cite, each address once."""
    articles = [find_article(session.store, url) for url in urls]
    rows = [row for number in articles if number is not None for row in citations_of(session.store, number)]
    return list(
        {row["surt"]: row["url"] for row in rows if row["surt"] and row["surt"] not in map(surt, urls)}.values()
    )

"""`archive crawl`, and run_crawl(), by which every other command crawls."""

import logging
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import click
from scrapy.crawler import AsyncCrawlerRunner

from archive.errors import ConfigError
from archive.options import common, echo_json, reporting
from archive.settings import Config, checked
from archive.store import frontier
from archive.text import printable
from spiders.archive_spider import ArchiveSpider
from spiders.cited import CitedSpider
from spiders.hyperai import HyperAISpider
from spiders.progress import Progress
from spiders.rechecks import RecheckSpider
from spiders.scope import LOCALES, SECTIONS
from spiders.session import CrawlOptions, Session, open_session
from spiders.stopping import stopping

SPIDERS: dict[str, type[ArchiveSpider]] = {one.name: one for one in (HyperAISpider, CitedSpider, RecheckSpider)}
UNIT_HOURS = {"h": 1, "d": 24, "w": 168}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSummary:
    """What a crawl came to."""

    run_id: Annotated[int, "Number of the run."]
    end_reason: Annotated[str, "finished, shutdown, or limit: all the requests that a run may make were made."]
    discovered: Annotated[int, "Addresses that were new to us: pages and lists of HyperAI, and what its articles cite."]
    fetched: Annotated[int, "Pages that answered."]
    requests: Annotated[int, "Requests that were answered, redirects and robots.txt among them."]
    new: Annotated[int, "Articles of HyperAI that are new to us."]
    revised: Annotated[int, "Articles whose text changed."]
    unchanged: Annotated[int, "Articles that say what they said."]
    references: Annotated[int, "Entries of the reference lists of the articles read."]
    cited: Annotated[dict[str, int], "Outcome -> cited pages visited."] = field(default_factory=dict)
    other: Annotated[dict[str, int], "Outcome -> HyperAI pages that are no articles."] = field(default_factory=dict)
    refused: Annotated[dict[str, int], "Why -> visits without a request."] = field(default_factory=dict)
    problems: Annotated[int, "Pages that could not be read."] = 0
    alarms: Annotated[list[str], "What needs a person, a line each; see archive health."] = field(default_factory=list)
    is_origin_broken: Annotated[bool, "Whether HyperAI gave no answer at all."] = False
    is_broken: Annotated[bool, "Whether HyperAI gave no answer, or nothing where it gave something before."] = False


def run_crawl(
    config: Config,
    options: CrawlOptions,
    *,
    command: str = "archive crawl",
    is_quiet: bool = False,
    is_verbose: bool = False,
    now: Callable[[], datetime] | None = None,
) -> CrawlSummary:
    """Crawl HyperAI and then what it cites; return what came of it. *now* replaces the clock.

    SIGINT and SIGTERM end it cleanly (spiders/stopping.py): everything that has come is stored.
    Raises LockedError when another crawl of this archive is at work, StoreError and CaptureError when it cannot write.
    """
    quiet_logs()
    progress = Progress(is_quiet=is_quiet, is_verbose=is_verbose)
    with (
        stopping(config.stop_s) as stopper,
        open_session(config, options, command=command, progress=progress, now=now) as session,
    ):
        stopper.run(session, partial(_crawl, session))
        if session.error:
            raise session.error
    return summary_of(session)


def parse_since(words: str, *, now: datetime) -> datetime:
    """Return the instant that --since means: 12h, 7d, 2w before *now*, or an ISO 8601 date or time.

    Without a zone it is UTC. Raises ConfigError when it is neither.
    """
    found = re.fullmatch(r"(\d{1,5})([hdw])", words.strip())
    if found:
        return now - timedelta(hours=int(found[1]) * UNIT_HOURS[found[2]])
    try:
        at = datetime.fromisoformat(words.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"--since takes 12h, 7d, 2w or a date such as 2025-11-01, not {words!r}") from error


@click.command()
@click.option("--origin", metavar="URL", help="Where HyperAI is asked (default: https://hyper.ai).")
@click.option("--locale", "locales", multiple=True, type=click.Choice(LOCALES), help="Only this locale; repeatable.")
@click.option(
    "--section", "sections", multiple=True, type=click.Choice(SECTIONS), help="Only this section; repeatable."
)
@click.option("--since", metavar="WHEN", help="Leave out what a listing dates before: 7d, 12h or 2025-11-01.")
@click.option("--limit", type=click.IntRange(0), help="Most articles to fetch in this run.")
@click.option(
    "--depth",
    type=click.IntRange(1),
    help="Read so many pages of each listing, also past known articles (default: till two bring nothing new).",
)
@click.option("--no-cited", is_flag=True, help="Do not fetch the pages that articles cite.")
@click.option("--budget", type=click.IntRange(0), help="Most requests to cited pages in this run.")
@click.option("--proxy", metavar="URL", help="HTTP proxy to use.")
@click.option("--trust-env", is_flag=True, help="Use the http_proxy variables of the environment.")
@click.option(
    "--replay",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Answer from this WARC file instead of the network; repeatable.",
)
@click.option("--spider", type=click.Choice(sorted(SPIDERS)), hidden=True, help="What `scrapy crawl NAME` runs.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each page without an answer, not one a host.")
@reporting
@common
def crawl(config: Config, *, as_json: bool, **flags: Any) -> int:
    """Fetch what is due: HyperAI's articles, then what they cite."""
    changes = {name: flags[name] for name in ("origin", "proxy", "trust_env") if flags[name]}
    since = parse_since(flags["since"], now=datetime.now(UTC)) if flags["since"] else None
    options = CrawlOptions(
        locales=flags["locales"],
        sections=flags["sections"],
        since=since,
        limit=flags["limit"],
        with_cited=not flags["no_cited"],
        budget=flags["budget"],
        depth=flags["depth"],
        replay=flags["replay"],
        spider=flags["spider"],
    )
    config = checked(replace(config, **changes))
    command = f"scrapy crawl {options.spider}" if options.spider else "archive crawl"
    summary = run_crawl(config, options, command=command, is_quiet=as_json, is_verbose=flags["verbose"])
    report(summary, config, as_json=as_json)
    return 1 if summary.is_broken else 0


def report(summary: CrawlSummary, config: Config, *, as_json: bool) -> None:
    """Print what a crawl came to."""
    if as_json:
        echo_json(asdict(summary))
        return
    for line in summary_lines(summary, config):
        click.echo(line)


def summary_lines(summary: CrawlSummary, config: Config) -> list[str]:
    """Return the summary in words, a line each."""
    lines = []
    if summary.end_reason == "shutdown":
        lines.append("stopped before the end; the next crawl goes on from here")
    elif summary.is_origin_broken:
        lines.append(f"{config.origin} gave no answer; nothing was lost. Try again later.")
    elif summary.is_broken:
        lines.append("something is broken: see the alarms below")
    elif not summary.new and not summary.revised and not sum(summary.cited.values()):
        lines.append("nothing new")
    lines.append(
        f"articles: {summary.new} new, {summary.revised} revised, {summary.unchanged} unchanged; "
        f"{summary.references} references in them"
    )
    for name, counts in (("cited pages", summary.cited), ("other pages of HyperAI", summary.other)):
        if counts:
            lines.append(f"{name}: " + ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())))
    refused = ", ".join(f"{number} {reason}" for reason, number in sorted(summary.refused.items())) or "none"
    lines.append(
        f"{summary.discovered} addresses discovered, {summary.fetched} pages fetched with {summary.requests} requests; "
        f"refused without one: {refused}; {summary.problems} problems"
    )
    lines += [f"alarm: {printable(words)}" for words in summary.alarms]
    return lines


async def _crawl(session: Session, runner: AsyncCrawlerRunner) -> None:
    if session.options.spider:
        await runner.crawl(SPIDERS[session.options.spider], session=session)
        return
    await runner.crawl(HyperAISpider, session=session, is_fresh_only=True)
    if session.options.with_cited and not session.is_stopping:
        await runner.crawl(CitedSpider, session=session, is_fresh_only=True)
    kinds = RecheckSpider.kinds if session.options.with_cited else ("article",)
    if not session.is_stopping and frontier.n_waiting(session.store, kinds=kinds, now=session.now()):
        await runner.crawl(RecheckSpider, session=session, kinds=kinds)


def summary_of(session: Session) -> CrawlSummary:
    """Return the summary of a crawl whose session is closed."""
    counts = session.counts
    by_prefix = {
        prefix: {key.partition(" ")[2]: number for key, number in counts.items() if key.startswith(f"{prefix} ")}
        for prefix in ("cited", "article", "refused")
    }
    is_origin_broken = bool(counts["origin_visits"] and not counts["origin_answers"] and not session.is_stopping)
    return CrawlSummary(
        run_id=session.run_id,
        end_reason=session.end_reason,
        discovered=counts["discovered"],
        fetched=counts["fetched"],
        requests=counts["requests"],
        new=counts["new"],
        revised=counts["revised"],
        unchanged=counts["unchanged"],
        references=counts["references"],
        cited=by_prefix["cited"],
        other=by_prefix["article"],
        refused=by_prefix["refused"],
        problems=counts["problems"],
        alarms=[alarm.words for alarm in session.alarms],
        is_origin_broken=is_origin_broken,
        is_broken=is_origin_broken or any(alarm.is_broken for alarm in session.alarms),
    )


def quiet_logs() -> None:
    """Keep Scrapy to warnings: what a person is told of a crawl is ours to say."""
    for name in ("scrapy", "asyncio", "tldextract"):
        logging.getLogger(name).setLevel(logging.WARNING)

"""`archive extract`: prints what we read on a stored page as one JSON object; with --manifest, on many."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.coding import TooLargeError, decoded
from archive.errors import CaptureError
from archive.model import Article, Outcome
from archive.warc import DEFAULT_LIMIT

STDIN = "-"
OLDEST_YEAR, NEWEST_YEAR = 1990, 9000  # before the web, and near the calendar's end, relative dates cannot be resolved


@dataclass(frozen=True, slots=True)
class Job:
    """One page to read: the file, its address, and when it was fetched."""

    file: str
    url: str
    fetched_at: datetime


@click.command("extract")
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--url", help="Address that the page was fetched from.")
@click.option("--fetched-at", metavar="ISO", help="When it was fetched; relative dates count from there.")
@click.option(
    "--site", metavar="KEY", help="Read it with the site file of this source (hyper.ai), whatever its address."
)
@click.option("--manifest", metavar="M.jsonl", help="Read many: lines of {file, url, fetched_at}; one JSON line each.")
def extract(file: str | None, url: str | None, fetched_at: str | None, site: str | None, manifest: str | None) -> int:
    """Print what we read on a page, as one JSON object.

    Exit 1 when it is no article (see its outcome).

    FILE is HTML, text or PDF, plain or gzipped; - reads standard input.
    """
    if manifest is not None:
        if file or url or fetched_at:
            raise click.UsageError("--manifest takes file, url and fetched_at from its lines; give nothing beside it")
        return extract_many(manifest, site=site)
    if not (file and url and fetched_at):
        raise click.UsageError("give FILE (or -) with --url and --fetched-at, or --manifest M.jsonl")
    try:
        job = Job(file, url, parse_instant(fetched_at))
    except ValueError as error:
        raise click.UsageError(f"--fetched-at: {error}") from error
    outcome = _print_one(job, site=site, indent=2)
    return 0 if outcome is Outcome.OK else 1


def extract_many(manifest: str, *, site: str | None = None) -> int:
    """Print a JSON line for each line of *manifest* in order; return 1 when a line or its file could not be read.

    A line that cannot be used is said on standard error, and the rest goes on; a page that is no article is a line
    like any other (its outcome tells).
    """
    folder = Path() if manifest == STDIN else Path(manifest).parent
    status = 0
    with click.open_file(manifest, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                job = job_of(line, folder)
            except ValueError as error:
                click.echo(f"archive: {manifest}:{number}: {error}", err=True)
                status = 1
                continue
            if _print_one(job, site=site, indent=None) is None:
                status = 1
    return status


def job_of(line: str, folder: Path) -> Job:
    """Return the job of one manifest line; a relative file stands beside it. ValueError says what is wrong."""
    try:
        value = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("not an object with file, url and fetched_at")
    missing = [name for name in ("file", "url", "fetched_at") if not isinstance(value.get(name), str)]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing, or no text")
    return Job(str(folder / value["file"]), value["url"], parse_instant(value["fetched_at"]))


def parse_instant(text: str) -> datetime:
    """Return the instant that an ISO 8601 *text* names; without a zone it is UTC. Raises ValueError in plain words."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no ISO 8601 time such as 2025-12-31T08:00:00Z") from error
    if not OLDEST_YEAR <= instant.year <= NEWEST_YEAR:
        raise ValueError(f"{text!r} is not a time at which a web page can have been fetched")
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _print_one(job: Job, *, site: str | None, indent: int | None) -> Outcome | None:
    """Print the JSON of one page and return its outcome; None when the file cannot be read, which is said."""
    from spiders.pages import read_page
    from spiders.pages.record import article_json

    try:
        body = read_file(job.file, limit=click.get_current_context().obj.max_body_bytes)
        article = read_page(body, url=job.url, seen_at=job.fetched_at, site=site)
    except TooLargeError as error:
        warnings = (f"page: {error}",)
        article = Article(
            url=job.url, canonical_url=job.url, site=site or "", outcome=Outcome.TOO_LARGE, warnings=warnings
        )
    except (OSError, CaptureError) as error:
        click.echo(f"archive: {job.file}: {getattr(error, 'strerror', None) or error}", err=True)
        return None
    click.echo(json.dumps(article_json(article), ensure_ascii=False, indent=indent))
    return article.outcome


def read_file(file: str, *, limit: int = DEFAULT_LIMIT) -> bytes:
    """Return the bytes of *file* (standard input for -), unpacked when they are gzipped.

    Raises TooLargeError beyond *limit* bytes, before more of them are held.
    """
    with click.open_file(file, "rb") as stream:
        body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLargeError(f"longer than {limit} bytes")
    return decoded(body, ["gzip"], limit=limit) if body.startswith(b"\x1f\x8b") else body

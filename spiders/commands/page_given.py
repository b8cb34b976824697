"""The page that `archive probe` and `archive fixture` are given: a file, or an address that is fetched."""

import re
import zlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from archive.errors import CaptureError
from archive.settings import Config, checked
from spiders.commands.extract import parse_instant, read_file

_ADDRESS = re.compile(r"^https?://", re.I)


@dataclass(frozen=True, slots=True)
class PageGiven:
    """The bytes of one page, where they are from, and what the server said of them."""

    body: bytes
    url: str
    fetched_at: datetime
    content_type: str = ""
    status: int = 200


def page_given(config: Config, place: str, *, url: str | None, fetched_at: str | None) -> PageGiven:
    """Return the page at *place*: an address is fetched, a file (- for standard input) needs *url* and *fetched_at*.

    Raises UsageError for options that do not fit, CaptureError when the page could not be fetched.
    """
    if _ADDRESS.match(place):
        if url or fetched_at:
            raise click.UsageError("an address is fetched now: --url and --fetched-at are for files")
        return fetched_page(config, place)
    if not (url and fetched_at):
        raise click.UsageError("a file needs --url and --fetched-at; give an address to have it fetched")
    try:
        return PageGiven(read_file(place, limit=config.max_body_bytes), url, parse_instant(fetched_at))
    except ValueError as error:
        raise click.UsageError(f"--fetched-at: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise click.UsageError(f"{place}: {getattr(error, 'strerror', None) or error}") from error


def fetched_page(config: Config, url: str) -> PageGiven:
    """Return the page at *url* as `archive add` captures it, with the same guard, robots.txt and policies.

    The archive it goes into is thrown away. Raises CaptureError, with the outcome, when no page came.
    """
    from archive.store import open_store
    from archive.store.captures import captures_of
    from archive.urls import canonical_url
    from archive.warc import read_record
    from spiders.commands.add import run_add

    with TemporaryDirectory(prefix="archive-page-") as folder:
        own = replace(checked(config), db=str(Path(folder) / "page.db"), captures=str(Path(folder) / "captures"))
        run_add(own, [canonical_url(url)], is_quiet=True)
        with closing(open_store(own.db)) as store:
            pages = [capture for capture in captures_of(store) if capture.kind in ("article", "cited")]
        if not pages or pages[-1].warc_file is None:
            said = f"{pages[-1].outcome} ({pages[-1].detail or 'no answer'})" if pages else "it was not asked"
            raise CaptureError(f"{url}: no page came: {said}")
        file, offset = pages[-1].warc_file, pages[-1].warc_offset or 0
        stored = read_record(Path(own.captures), file, offset, limit=config.max_body_bytes)
        at = datetime.fromisoformat(stored.fetched_at).astimezone(UTC)
        return PageGiven(stored.body, stored.url, at, stored.content_type, stored.status)

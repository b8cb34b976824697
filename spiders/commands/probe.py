"""`archive probe`: what we would read on a stored page, field by field; `archive fixture`: the page as a test."""

import gzip
import json
import re
import zlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.dates import utc_iso
from archive.model import Outcome
from archive.options import echo_json, reporting
from spiders.commands.extract import parse_instant, read_file

if TYPE_CHECKING:
    from archive.model import Article
    from spiders.pages.probing import Finding

FOLDER = "tests/fixtures/pages"
_LARGE = 100_000  # bytes from which a saved page is gzipped
_NOT_COMPARED = ("url", "warnings")


@click.command("probe")
@click.argument("file", metavar="FILE|-")
@click.option("--url", required=True, help="Address that the page was fetched from.")
@click.option(
    "--fetched-at", required=True, metavar="ISO", help="When it was fetched; relative dates count from there."
)
@click.option("--site", metavar="KEY", help="Read it with the site file of this source, whatever its address.")
@reporting
def probe(file: str, url: str, fetched_at: str, site: str | None, as_json: bool) -> int:
    """Print field by field what we would read on a page.

    Each line has the value, the carrier that gave it, and what is doubtful (marked with ?). Exit 1 when the page is no
    article.

    FILE is HTML, text or PDF, plain or gzipped; - reads standard input. Nothing is fetched: save the page first.
    """
    article, found = _probed(_body(file), url=url, seen_at=_instant(fetched_at), site=site)
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            place = f"  [{finding.carrier}]" if finding.carrier else ""
            doubt = f"  ? {finding.doubt}" if finding.doubt else ""
            click.echo(f"{finding.field:15} {finding.value or '-'}{place}{doubt}")
    return 0 if article.outcome is Outcome.OK else 1


@click.command("fixture")
@click.argument("file", metavar="FILE|-")
@click.option("--url", required=True, help="Address that the page was fetched from.")
@click.option(
    "--fetched-at", required=True, metavar="ISO", help="When it was fetched; relative dates count from there."
)
@click.option("--site", metavar="KEY", help="Source key, when the address does not tell it.")
@click.option("--name", metavar="WORDS", help="Name of the folder after the month (default: from the address).")
@click.option("--folder", default=FOLDER, show_default=True, metavar="DIR", help="Where saved pages stand.")
def fixture(file: str, url: str, fetched_at: str, site: str | None, name: str | None, folder: str) -> int:
    """Save a page as a test.

    The folder holds page.html, meta.json and a first expected.json: what we read today. Correct it by hand as a person
    reads the page, and delete the fields that do not matter.
    """
    from spiders.pages import read_page
    from spiders.pages.reading import key_of
    from spiders.pages.record import article_json

    body, seen_at = _body(file), _instant(fetched_at)
    key = site or key_of(url)
    place = Path(folder) / re.sub(r"\W", "_", key or "generic") / f"{seen_at:%Y-%m}-{name or _words(url)}"
    if place.exists():
        raise click.UsageError(f"{place} exists: give --name another word, or delete the folder")
    article = read_page(body, url=url, seen_at=seen_at, site=site)
    expected = {field: value for field, value in article_json(article).items() if field not in _NOT_COMPARED}
    meta = {"url": url, "fetched_at": utc_iso(seen_at)} | ({"site": site} if site else {})
    place.mkdir(parents=True)
    if len(body) > _LARGE:
        (place / "page.html.gz").write_bytes(gzip.compress(body, mtime=0))
    else:
        (place / "page.html").write_bytes(body)
    for file_name, value in (("meta.json", meta), ("expected.json", expected)):
        (place / file_name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{place}: correct expected.json by hand, then run: make test K={place.parent.name}")
    return 0


def _probed(body: bytes, *, url: str, seen_at: datetime, site: str | None) -> tuple["Article", list["Finding"]]:
    from spiders.pages import read_page
    from spiders.pages.charset import decode
    from spiders.pages.document import Document
    from spiders.pages.probing import findings
    from spiders.pages.reading import page_for

    article = read_page(body, url=url, seen_at=seen_at, site=site)
    decoded = None if body.lstrip().startswith(b"%PDF-") else decode(body)
    page = page_for(Document(url=url, html=decoded.text, seen_at=seen_at), site=site) if decoded else None
    return article, findings(article, page)


def _body(file: str) -> bytes:
    if re.match(r"https?://", file):
        raise click.UsageError(f"nothing is fetched here; save the page to a file and give --url {file}")
    try:
        return read_file(file)
    except (OSError, EOFError, zlib.error) as error:
        raise click.UsageError(f"{file}: {getattr(error, 'strerror', None) or error}") from error


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise click.UsageError(f"--fetched-at: {error}") from error


def _words(url: str) -> str:
    """Return the last words of an address as a folder name."""
    last = re.sub(r"\.\w{1,5}$", "", url.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1])
    return re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:40] or "page"

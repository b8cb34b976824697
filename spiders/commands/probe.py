"""`archive probe`: what we would read on a page, field by field; `archive fixture`: the page as a test."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.dates import utc_iso
from archive.model import Outcome
from archive.options import echo_json, reporting
from archive.settings import Config
from spiders.commands.page_given import PageGiven, page_given

if TYPE_CHECKING:
    from archive.model import Article
    from spiders.pages.probing import Finding

FOLDER = "tests/fixtures/pages"
_LARGE = 100_000  # bytes from which a saved page is gzipped
_NOT_COMPARED = ("url", "warnings", "extractor")


def _page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the page it reads: a file with its address and time, or an address to fetch."""
    for option in (
        click.option("--site", metavar="KEY", help="Read it with the site file of this source, whatever its address."),
        click.option("--fetched-at", metavar="ISO", help="When FILE was fetched; relative dates count from there."),
        click.option("--url", help="Address that FILE was fetched from."),
        click.argument("place", metavar="URL|FILE|-"),
    ):
        command = option(command)
    return command


@click.command("probe")
@_page_options
@reporting
@click.pass_obj
def probe(
    config: Config, /, place: str, *, url: str | None, fetched_at: str | None, site: str | None, as_json: bool
) -> int:
    """Print field by field what we would read on a page.

    Each line has the value, the carrier that gave it, and what is doubtful (marked with ?). Exit 1 when the page is no
    article.

    URL is fetched as archive add would fetch it, and nothing is kept. FILE is HTML, text or PDF, plain or gzipped;
    - reads standard input.
    """
    page = page_given(config, place, url=url, fetched_at=fetched_at)
    article, found = _probed(page, site)
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            carrier = f"  [{finding.carrier}]" if finding.carrier else ""
            doubt = f"  ? {finding.doubt}" if finding.doubt else ""
            click.echo(f"{finding.field:15} {finding.value or '-'}{carrier}{doubt}")
    return 0 if article.outcome is Outcome.OK else 1


@click.command("fixture")
@_page_options
@click.option("--name", metavar="WORDS", help="Name of the folder after the month (default: from the address).")
@click.option("--folder", default=FOLDER, show_default=True, metavar="DIR", help="Where saved pages stand.")
@click.pass_obj
def fixture(
    config: Config, /, place: str, *, name: str | None, folder: str, site: str | None, **given: str | None
) -> int:
    """Save a page as a test.

    The folder holds page.html, meta.json and a first expected.json: what we read today. Correct it by hand as a person
    reads the page, and delete the fields that do not matter. URL is fetched as archive add would fetch it.
    """
    from spiders.pages.reading import key_of
    from spiders.pages.record import article_json

    page = page_given(config, place, url=given["url"], fetched_at=given["fetched_at"])
    key = site or key_of(page.url)
    target = Path(folder) / re.sub(r"\W", "_", key or "generic") / f"{page.fetched_at:%Y-%m}-{name or _words(page.url)}"
    if target.exists():
        raise click.UsageError(f"{target} exists: give --name another word, or delete the folder")
    expected = {field: value for field, value in article_json(_read(page, site)).items() if field not in _NOT_COMPARED}
    target.mkdir(parents=True)
    if len(page.body) > _LARGE:
        (target / "page.html.gz").write_bytes(gzip.compress(page.body, mtime=0))
    else:
        (target / "page.html").write_bytes(page.body)
    for file_name, value in (("meta.json", _facts(page, site)), ("expected.json", expected)):
        (target / file_name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{target}: correct expected.json by hand, then run: make test K={target.parent.name}")
    return 0


def _facts(page: PageGiven, site: str | None) -> dict[str, Any]:
    """Return what meta.json keeps: the address, when it was fetched, and what of the answer is out of the ordinary."""
    facts: dict[str, Any] = {"url": page.url, "fetched_at": utc_iso(page.fetched_at)}
    facts |= {"content_type": page.content_type} if page.content_type else {}
    facts |= {"status": page.status} if page.status != 200 else {}
    return facts | ({"site": site} if site else {})


def _read(page: PageGiven, site: str | None) -> "Article":
    from spiders.pages import read_page

    return read_page(
        page.body,
        url=page.url,
        seen_at=page.fetched_at,
        content_type=page.content_type,
        status=page.status,
        site=site,
    )


def _probed(page: PageGiven, site: str | None) -> tuple["Article", list["Finding"]]:
    from spiders.pages.charset import decode
    from spiders.pages.document import Document
    from spiders.pages.probing import findings
    from spiders.pages.reading import page_for

    article = _read(page, site)
    decoded = None if page.body.lstrip().startswith(b"%PDF-") else decode(page.body, page.content_type)
    if decoded is None:
        return article, findings(article, None)
    document = Document(url=page.url, html=decoded.text, seen_at=page.fetched_at, status=page.status)
    return article, findings(article, page_for(document, site=site))


def _words(url: str) -> str:
    """Return the last words of an address as a folder name."""
    last = re.sub(r"\.\w{1,5}$", "", url.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1])
    return re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:40] or "page"

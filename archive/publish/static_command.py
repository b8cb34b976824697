"""`archive publish`: the reading site as files."""

from pathlib import Path

import click

from archive.options import common, echo_json, reporting
from archive.settings import Config, checked


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--ui", type=click.Choice(("en", "ja")), default="en", show_default=True, help="Language of the interface."
)
@click.option("--public-url", metavar="URL", help="Where the files will stand; feeds are written when it is given.")
@click.option("--data", "with_data", is_flag=True, help="JSON, CSV and citation formats of each page too.")
@reporting
@common
def publish(config: Config, folder: Path, ui: str, public_url: str | None, with_data: bool, as_json: bool) -> None:
    """Write the reading site to DIR, for any static host or a disk.

    Pages that say the same as at the last time are not written again; pages that left the archive are removed. The
    search becomes a list of all articles. While a crawl writes, publish a copy: archive backup copy.db first.
    """
    from dataclasses import asdict, replace

    from archive.publish.static_site import Choices, publish_site

    url = checked(replace(config, public_url=public_url)).public_url if public_url else ""
    report = publish_site(config, folder, Choices(ui=ui, public_url=url, with_data=with_data))
    if as_json:
        echo_json(asdict(report))
    else:
        click.echo(f"{report.n_pages} pages in {folder}: {report.n_written} written, {report.n_removed} removed")

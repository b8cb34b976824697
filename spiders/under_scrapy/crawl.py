"""`scrapy crawl NAME -a option=value` is `archive crawl` with one spider: Scrapy's own knows nothing of our lock."""

import argparse
from collections.abc import Iterator

import click
from scrapy.commands import ScrapyCommand

from archive.cli import run

USAGE = "scrapy crawl takes one spider and -a NAME=VALUE for each option of archive crawl, and nothing else"


class Command(ScrapyCommand):
    """Replaces Scrapy's command of that name, and takes none of its options but -a."""

    requires_project = True
    requires_crawler_process = False  # its signal handlers end a spider, not a crawl

    def syntax(self) -> str:
        """Return what follows the name of the command."""
        return "[-a NAME=VALUE]… <spider>"

    def short_desc(self) -> str:
        """Return what it does, for the list of commands."""
        return "Run one spider as `archive crawl` does"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Take -a alone: a setting of Scrapy, given here, could open what ours keep shut."""
        parser.add_argument("-a", dest="asked", action="append", default=[], metavar="NAME=VALUE")
        parser.set_defaults(profile=None)  # Scrapy looks for it

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Change no setting."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl; a value with commas is an option given more than once."""
        if len(args) != 1 or args[0].startswith("-"):
            click.echo(f"archive: {USAGE}", err=True)
            self.exitcode = 2
            return
        self.exitcode = run(["crawl", "--spider", args[0], *(word for asked in opts.asked for word in _options(asked))])


def _options(asked: str) -> Iterator[str]:
    name, _, value = asked.partition("=")
    for word in value.split(","):
        yield f"--{name}"
        if word:
            yield word

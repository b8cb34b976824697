"""The `archive` command: a group whose commands are imported only when they run."""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from archive import __version__
from archive.errors import ArchiveError
from archive.settings import load_config
from archive.text import printable

COMMANDS = {
    "search": "archive.commands.search:search_command",
    "citations": "archive.commands.find:citations_command",
    "cited-by": "archive.commands.find:cited_by_command",
    "diff": "archive.commands.find:diff_command",
    "export": "archive.commands.keep:export_command",
    "serve": "archive.publish.command:serve",
    "publish": "archive.publish.static_command:publish",
    "schedule": "archive.commands.schedule:schedule",
    "takedown": "archive.commands.takedown:takedown_command",
    "status": "archive.commands.watch:status_command",
    "health": "archive.commands.watch:health_command",
    "verify": "archive.commands.keep:verify_command",
    "backup": "archive.commands.keep:backup_command",
    "migrate": "archive.commands.keep:migrate_command",
    "reindex": "archive.commands.keep:reindex_command",
    "config": "archive.commands.watch:config_command",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, ours and those that joined by entry point, sorted."""
        return sorted(_known_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the command, imported now; None when there is none of that name."""
        target = _known_commands().get(cmd_name)
        if target is None:
            return None
        module, attribute = target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


def _known_commands() -> Mapping[str, str]:
    joined: dict[str, str] = {}
    for entry in entry_points(group="archive.commands"):
        joined |= entry.load().COMMANDS
    return COMMANDS | joined


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="archive")
@click.option(
    "--config", "config_file", metavar="FILE", type=click.Path(path_type=Path), help="Settings (archive.toml)."
)
@click.option("--db", metavar="FILE", help="The archive (default: archive.db, or ARCHIVE_DB).")
@click.pass_context
def cli(ctx: click.Context, config_file: Path | None, db: str | None) -> None:
    """Keep every HyperAI article together with the sources it cites, and find it again.

    \b
    First steps:
      archive demo                 crawl the bundled offline world and look at it
      archive crawl --limit 20     fetch the newest articles and what they cite
      archive search 資金調達        ranked passages
      archive serve                read it in the browser
    """
    ctx.obj = load_config({"db": db}, file=config_file)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; every failure is one line on standard error and an exit status, never a traceback."""
    sys.exit(run(sys.argv[1:] if argv is None else list(argv)))


def run(argv: Sequence[str]) -> int:
    """Return the exit status of *argv*: 0 done, 1 failed or broken source, 2 wrong usage."""
    try:
        outcome: Any = cli.main(args=list(argv), prog_name="archive", standalone_mode=False)
    except ArchiveError as error:
        return _fail(str(error), error.exit_code)
    except click.ClickException as error:
        return _misused(error)
    except (click.Abort, KeyboardInterrupt):
        return _fail("stopped", 130)
    except BrokenPipeError:
        # The reader went away (archive export … | head): nothing is wrong. Keep the interpreter's last flush silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _fail(_explained(error), 1)
    return outcome if isinstance(outcome, int) else 0


def _explained(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return f"a mistake of ours, please report it: {words} ({Path(place.filename).name}:{place.lineno})"


def _misused(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    words, context = " ".join(error.format_message().split()).removesuffix("."), getattr(error, "ctx", None)
    return _fail(f"{words} (see {context.command_path} --help)" if context else words, error.exit_code)


def _fail(message: str, status: int) -> int:
    click.echo(f"archive: {printable(message)}", err=True)
    return status

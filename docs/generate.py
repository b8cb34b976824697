"""The parts of docs/ that come from the code; cog runs these functions (make format writes, make docs checks)."""

from collections.abc import Iterator

import click
from click.testing import CliRunner

from archive.cli import cli
from archive.records import TABLES, field_notes
from archive.settings import setting_help

WIDTH = 100


def commands() -> str:
    """Return the help text of every command and subcommand, each under a heading."""
    parts = []
    for words, _ in _walk(cli, ()):
        help_text = CliRunner().invoke(cli, [*words, "--help"], terminal_width=WIDTH, prog_name="archive").output
        parts.append(f"## {' '.join(('archive', *words))}\n\n```text\n{help_text.rstrip()}\n```\n")
    return "\n".join(parts)


def schema() -> str:
    """Return every table with its columns and their meaning, from archive/records.py."""
    parts = []
    for name, record in TABLES.items():
        rows = [f"| `{column}` | {_cell(note)} |" for column, note in field_notes(record).items()]
        doc = (record.__doc__ or "").strip()
        parts.append("\n".join([f"## {name}", "", doc, "", "| column | meaning |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def settings() -> str:
    """Return the table of settings: name, environment variable, default, meaning."""
    rows = [
        f"| `{name}` | `ARCHIVE_{name.upper()}` | {_default(value)} | {_cell(words)} |"
        for name, (value, words) in setting_help().items()
    ]
    return "\n".join(["| setting | environment | default | meaning |", "|---|---|---|---|", *rows, ""])


def sources() -> str:
    """Return the publishers that have a site file or a policy of their own."""
    from spiders.sites import sources as known

    rows = [
        f"| `{source.key}` | {_cell(source.name)} | {source.policy} | {_cell(source.reason)} |"
        for source in sorted(known(), key=lambda source: source.key)
    ]
    return "\n".join(["| source | name | policy | reason |", "|---|---|---|---|", *rows, ""])


def named_sources() -> str:
    """Return the sixteen named sources: what we read of each, how it is tested, and our policy."""
    from spiders.sites import named_sources as named
    from spiders.sites import sources as known

    policies = {source.key: str(source.policy) for source in known()}
    rows = [
        f"| {number} | {_cell(row['name'])} | {f'`{key}`' if (key := row['key']) else ''} | {row['kind']} | "
        f"{_cell(row['reads'])} | {row['tested']} | {policies.get(key, 'crawl') if key else 'mention'} |"
        for number, row in enumerate(named(), start=1)
    ]
    header = ["| # | named | source | kind | what we read | tested by | policy |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*header, *rows, ""])


def _walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _walk(found, (*words, name))


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def _default(value: object) -> str:
    return f"`{value}`" if value not in ("", (), {}) and not hasattr(value, "items") else "empty"

"""What every command of the command line shares: --db, --json, and the settings it is handed."""

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from archive.settings import Config


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the option --db and, as its first argument, the Config in force."""

    @click.option("--db", metavar="FILE", help="The archive (default: archive.db, or ARCHIVE_DB).")
    @click.pass_context
    @functools.wraps(command)
    def with_config(context: click.Context, /, *args: Any, db: str | None, **kwargs: Any) -> Any:
        config: Config = context.obj
        return command(replace(config, db=db) if db else config, *args, **kwargs)

    return with_config


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the flag --json as the argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")(command)


def echo_json(value: Any) -> None:
    """Print *value* as JSON, readable and with its characters as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

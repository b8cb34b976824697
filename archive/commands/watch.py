"""Watching the archive: status, health, and the settings in force."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from archive.options import common, echo_json, reporting
from archive.settings import Config, setting_help
from archive.text import printable


@click.command("status")
@click.option("--politeness", "of_hosts", is_flag=True, help="Print what the last run decided about hosts, and why.")
@reporting
@common
def status_command(config: Config, as_json: bool, of_hosts: bool) -> None:
    """Print last runs, contents, what is due, how well it is read."""
    from archive.health import summary
    from archive.store import open_store

    if of_hosts:
        _print_politeness(config, as_json=as_json)
        return
    with open_store(config.db, read_only=True) as store:
        found = summary(store)
    if as_json:
        echo_json(found)
        return
    if not found["sqlite"]["has_wal_reset_fix"]:
        click.echo(f"SQLite {found['sqlite']['version']} has the WAL-reset bug: docs/operations.md, Install\n")
    for part in (_totals, _runs, _frontier, _discovery, _coverage):
        if words := part(found):
            click.echo(printable(words))


@click.command("health")
@click.option("--tell", "is_telling", is_flag=True, help="Hand alarms to alarm_command and alarm_url as well.")
@reporting
@common
def health_command(config: Config, as_json: bool, is_telling: bool) -> int:
    """Say whether the archive needs a person; exit 1 on an alarm.

    Alarms: the last run failed or was killed; HyperAI gave no answer; a list, or a source's pages, give nothing where
    they gave something before; a field is read more rarely than it was; problems are rising; nothing new, or no crawl,
    for silent_days.
    """
    from archive.alarm_hooks import message, tell
    from archive.alarms import alarms
    from archive.store import open_store

    with open_store(config.db, read_only=True) as store:
        found = [alarm.words for alarm in alarms(store, now=datetime.now(UTC), silent_days=config.silent_days)]
    if as_json:
        echo_json({"healthy": not found, "alarms": found})
    else:
        click.echo(printable("\n".join(found)) if found else "all is well")
    for failure in tell(config, message(config, found, run_id=None)) if found and is_telling else []:
        click.echo(f"archive: {failure}", err=True)
    return 1 if found else 0


@click.command("config")
@reporting
@common
def config_command(config: Config, as_json: bool) -> None:
    """Print every setting in force, as an archive.toml."""
    values = {name: getattr(config, name) for name in setting_help()}
    if as_json:
        echo_json({name: _plain(value) for name, value in values.items()})
        return
    for name, (default, help_text) in setting_help().items():
        note = "" if values[name] == default else f" (default: {_toml(default)})"
        click.echo(f"# {help_text}{note}\n{name} = {_toml(values[name])}")


def _print_politeness(config: Config, *, as_json: bool) -> None:
    from archive.politeness import politeness
    from archive.store import open_store

    with open_store(config.db, read_only=True) as store:
        found = politeness(store)
    if as_json:
        echo_json(found)
        return
    click.echo(printable("\n".join(_politeness_lines(found))) if found["run"] else "no runs yet")


def _politeness_lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"run {found['run']}: answers and robots.txt by host"
    for host in found["hosts"]:
        parts = [f"{host['answers']} answers"]
        parts += [f"{host['no_answers']} without"] if host["no_answers"] else []
        parts += [f"{host['refused_by_robots']} refused by robots.txt"] if host["refused_by_robots"] else []
        until = "it answers" if host["verdict"] == "disallow-all" else host["robots_until"]
        parts += [f"robots.txt {host['verdict']} until {until}"] if host["verdict"] else []
        parts += [f"Crawl-delay {host['crawl_delay_s']:g} s"] if host["crawl_delay_s"] else []
        yield f"  {host['origin']}: {', '.join(parts)}"
    refused = ", ".join(f"{reason} {n}" for reason, n in found["refused"].items())
    yield f"\nnot asked: {refused or 'nothing'}"
    yield "\ndecisions"
    for row in found["decisions"]:
        seconds = f" {row['seconds']:g} s" if row["seconds"] is not None else ""
        until = f" until {row['until']}" if row["until"] else ""
        yield f"  {row['made_at']}  {row['host']}: {row['decision']}{seconds}{until}  {row['detail'] or ''}".rstrip()
    for host, at in found["put_off"].items():
        yield f"\n{host} is not asked before {at}"


def _totals(found: Mapping[str, Any]) -> str:
    total = found["totals"]
    return (
        f"{total['articles']} articles, {total['cited_pages']} cited pages, {total['revisions']} revisions, "
        f"{total['captures']} captures, {total['citations']} citations ({total['citations_held']} held here), "
        f"{total['problems']} problems"
    )


def _runs(found: Mapping[str, Any]) -> str:
    if not found["runs"]:
        return "\nno runs yet"
    lines = ["\nlast runs"]
    for run in found["runs"]:
        counts = ", ".join(f"{name} {value}" for name, value in run["counts"].items())
        ended = run["end_reason"] or "running"
        lines.append(
            f"  {run['id']:>4}  {run['started_at']}  {ended:9} {run['command']}{'  ' + counts if counts else ''}"
        )
        lines += [f"        alarm: {alarm['words']}" for alarm in run["alarms"]]
    return "\n".join(lines)


def _frontier(found: Mapping[str, Any]) -> str:
    lines = ["\nfrontier"]
    for kind, states in found["frontier"].items():
        reasons = ", ".join(f"{name} {n}" for name, n in found["outcomes"].get(kind, {}).items())
        shown = ", ".join(f"{state} {n}" for state, n in states.items())
        lines.append(f"  {kind:8} {shown}{'  (' + reasons + ')' if reasons else ''}")
    return "\n".join(lines) if found["frontier"] else "\nthe frontier is empty"


def _discovery(found: Mapping[str, Any]) -> str:
    """Return the coverage ledger: what each way found and missed, then the lists that crawls start from."""
    lines = ["\nhow articles were found"] if found["discovery"] else []
    for row in found["discovery"]:
        lines.append(
            f"  {row['source']} by {row['way']:8} {row['n_found']:>7} found, {row['n_alone']} by this way alone, "
            f"{row['n_missed']} missed ({row['n_missed_later']} of what came later)"
        )
    for row in found["lists"]:
        lines.append(f"  {row['kind']:13} {row['n_entries']:>7} entries, asked {row['checked_at']}  {row['url']}")
    return "\n".join(lines)


def _coverage(found: Mapping[str, Any]) -> str:
    if not found["coverage"]:
        return "\nno articles yet; make some with: archive crawl"
    names = [name for name in found["coverage"][0] if name not in ("source", "kind", "articles")]
    width = max(len(row["source"]) for row in found["coverage"])
    lines = ["\nhow often each field is filled, percent", f"  {'':{width}} {'pages':>6} " + " ".join(names)]
    for row in found["coverage"]:
        shares = " ".join(f"{row[name] * 100:>{len(name)}.0f}" for name in names)
        lines.append(f"  {row['source']:{width}} {row['articles']:>6} {shares}")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)

"""Settings: one table of names, defaults and help; one frozen Config, read once at the start.

Order: command-line flag, then environment (ARCHIVE_ and the name in capitals), then archive.toml, then the default.
"""

import os
import re
import shlex
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from archive.errors import ConfigError
from archive.opt_out import WORDS

CONFIG_FILE = "archive.toml"
TRUE_WORDS, FALSE_WORDS = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What every part of the program is told; the annotation is the help text of docs/settings.md."""

    db: Annotated[str, "The archive: one SQLite file."] = "archive.db"
    captures: Annotated[str, "Folder of the WARC files; empty means DB with the ending .captures."] = ""
    origin: Annotated[str, "Where HyperAI is asked; another address serves a mirror or a test."] = "https://hyper.ai"
    contact: Annotated[str, "Address or e-mail of the operator, sent in the User-Agent."] = ""
    delay_s: Annotated[float, "Least pause between two requests to one host, seconds."] = 1.0
    crawl_delay_cap_s: Annotated[float, "A longer Crawl-delay or Retry-After puts the host off to a later run."] = 60.0
    concurrency: Annotated[int, "Requests under way at once."] = 16
    per_host: Annotated[int, "Requests under way at once to one host."] = 2
    readers: Annotated[int, "Processes that read pages, beside the crawl; 0 reads them in its own threads."] = 1
    read_cpu_s: Annotated[float, "Most CPU time that reading a page may take, seconds; then its process is ended."] = (
        5.0
    )
    timeout_s: Annotated[float, "Longest time for one request in all, seconds."] = 30.0
    max_body_bytes: Annotated[int, "Longest body, after decompression, bytes."] = 10 * 1024 * 1024
    retries: Annotated[int, "Further attempts in one run after a failure that may pass."] = 2
    cited_per_host: Annotated[int, "Most requests in one run to a host that is not HyperAI's."] = 200
    requests_per_run: Annotated[int, "Most requests in one run; 0 means no limit."] = 100_000
    lists_per_run: Annotated[int, "Most listings, sitemaps and feeds asked in one run: a trap has no last page."] = 1000
    stop_s: Annotated[float, "After SIGTERM or Ctrl-C: how long requests in flight may go on, seconds."] = 15.0
    lease_s: Annotated[float, "How long a claimed address is kept from others, seconds."] = 300.0
    recheck_hours: Annotated[float, "A page that is not fresh is first asked again after so long, hours."] = 168.0
    recheck_least_hours: Annotated[float, "No page is asked again sooner, however often it changes, hours."] = 1.0
    recheck_most_hours: Annotated[float, "Every page is asked again after so long, unchanged or not, hours."] = 2160.0
    evergreen_hours: Annotated[
        float, "Cited statistics pages are asked again at least so often; papers and PDFs first after so long, hours."
    ] = 720.0
    warc_max_bytes: Annotated[int, "A WARC file that reaches this size is closed and a new one begun."] = 1_000_000_000
    browser: Annotated[str, "Chromium that shows pages of sources which need one; none unless given."] = ""
    render_timeout_s: Annotated[float, "Longest time to show one page in the browser, seconds."] = 60.0
    ignore_opt_outs: Annotated[
        tuple[str, ...], "Wishes of pages that do not bind this archive, by a licence or by law: noai, tdm, noarchive …"
    ] = ()
    proxy: Annotated[str, "HTTP proxy; none unless given."] = ""
    trust_env: Annotated[bool, "Use the http_proxy variables of the environment."] = False
    allow_addresses: Annotated[tuple[str, ...], "IP addresses or networks that the guard lets through (tests)."] = ()
    allow_ports: Annotated[tuple[int, ...], "Ports that may be asked."] = (80, 443)
    resolve: Annotated[Mapping[str, str], "Host name = address:port asked instead of resolving it (tests)."] = field(
        default_factory=dict
    )
    silent_days: Annotated[float, "So many days without a new article, or without a crawl, are an alarm; 0: never."] = (
        7.0
    )
    alarm_command: Annotated[str, "Command that is handed a new alarm as JSON on its standard input; no shell."] = ""
    alarm_url: Annotated[str, "Address that a new alarm is posted to as JSON: https, or http to this machine."] = ""
    alarm_timeout_s: Annotated[float, "How long either may take, seconds."] = 10.0
    allow_sql: Annotated[bool, "Offer Datasette's SQL page on other addresses than loopback."] = False
    title: Annotated[str, "Name of the published site."] = "HyperAI archive"
    public_url: Annotated[str, "Where readers reach the published site, prefix included; to be set behind a proxy."] = (
        ""
    )


HINTS = get_type_hints(Config, include_extras=True)


def load_config(flags: Mapping[str, Any], *, env: Mapping[str, str] = os.environ, file: Path | None = None) -> Config:
    """Return the settings in force; a flag that is None counts as not given.

    *file* is archive.toml in the working folder when None; a file that is named must exist.
    Raises ConfigError naming the file, line and key that cannot be used.
    """
    values: dict[str, Any] = {}
    values.update(_from_file(file))
    values.update(_from_env(env))
    values.update({name: value for name, value in flags.items() if value is not None})
    return checked(Config(**values))


def checked(config: Config) -> Config:
    """Return *config*, its origin without a final slash; raises ConfigError naming a setting that cannot be used."""
    for name in HINTS:
        fault = _fault(name, getattr(config, name))
        if fault:
            raise ConfigError(f"{name} {fault}")
    return replace(config, origin=config.origin.rstrip("/"))


def setting_help() -> dict[str, tuple[Any, str]]:
    """Return name -> (default, help) of every setting, in the order of Config."""
    plain = Config()
    return {item.name: (getattr(plain, item.name), HINTS[item.name].__metadata__[0]) for item in fields(Config)}


def _from_file(file: Path | None) -> dict[str, Any]:
    path = file or Path(CONFIG_FILE)
    if file is None and not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as TOML: {error}") from error
    return {name: _convert(name, value, where=f"{path}:{_line(text, name)}") for name, value in table.items()}


def _from_env(env: Mapping[str, str]) -> dict[str, Any]:
    names = {f"ARCHIVE_{name.upper()}": name for name in HINTS}
    return {names[key]: _convert(names[key], value, where=key) for key, value in env.items() if key in names}


def _line(text: str, name: str) -> int:
    found = re.search(rf"^[ \t]*(\[[ \t]*)?[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _convert(name: str, value: Any, *, where: str) -> Any:
    if name not in HINTS:
        known = ", ".join(HINTS)
        raise ConfigError(f"{where}: unknown setting {name!r}; known are {known}")
    kind = HINTS[name].__origin__
    try:
        converted = _CONVERTERS[str(kind)](value)
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
        raise ConfigError(f"{where}: {name} cannot be {value!r}: {HINTS[name].__metadata__[0]}") from error
    fault = _fault(name, converted)
    if fault:
        raise ConfigError(f"{where}: {name} {fault}")
    return converted


def _boolean(value: Any) -> bool:
    word = str(value).lower()
    if word not in TRUE_WORDS + FALSE_WORDS:
        raise ValueError(word)
    return word in TRUE_WORDS


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    return float(value)


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _words(value: Any) -> tuple[str, ...]:
    return tuple(value.split(",")) if isinstance(value, str) else tuple(_text(item) for item in value)


def _wholes(value: Any) -> tuple[int, ...]:
    return tuple(int(item) for item in (value.split(",") if isinstance(value, str) else value))


def _mapping(value: Any) -> Mapping[str, str]:
    pairs = dict(item.split("=", 1) for item in value.split(",")) if isinstance(value, str) else dict(value)
    return {_text(key): _text(item) for key, item in pairs.items()}


_CONVERTERS = {
    str(str): _text,
    str(bool): _boolean,
    str(int): _whole,
    str(float): _number,
    str(tuple[str, ...]): _words,
    str(tuple[int, ...]): _wholes,
    str(Mapping[str, str]): _mapping,
}


def _fault(name: str, value: Any) -> str | None:
    """Return what is wrong with a value of the right type; None when it can be used."""
    if name in RANGES:
        least, most = RANGES[name]
        return None if least <= value <= most else f"must be from {least} to {most}, not {value}"
    if name in _FORMS:
        words, is_right = _FORMS[name]
        return None if is_right(value) else f"must be {words}, not {value!r}"
    return None


def _is_network(text: str) -> bool:
    try:
        ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return True


def _is_command(text: str) -> bool:
    try:
        return bool(shlex.split(text))
    except ValueError:
        return False


def _is_line(text: str) -> bool:
    return text.isprintable()


RANGES: Mapping[str, tuple[float, float]] = {
    "delay_s": (0, 86_400),
    "crawl_delay_cap_s": (0, 86_400),
    "concurrency": (1, 1000),
    "per_host": (1, 1000),
    "readers": (0, 64),
    "read_cpu_s": (0.1, 3600),
    "timeout_s": (0.01, 3600),
    "max_body_bytes": (1, 2**31),
    "retries": (0, 100),
    "cited_per_host": (0, 10**9),
    "requests_per_run": (0, 10**9),
    "lists_per_run": (0, 10**9),
    "stop_s": (0, 20),  # and LAST_RESORT_S: half a minute in all
    "render_timeout_s": (0.01, 3600),
    "lease_s": (0.01, 30 * 86_400),
    "recheck_hours": (0.0001, 10 * 365 * 24),
    "recheck_least_hours": (0.0001, 10 * 365 * 24),
    "recheck_most_hours": (0.0001, 10 * 365 * 24),
    "evergreen_hours": (0.0001, 10 * 365 * 24),
    "warc_max_bytes": (1, 2**50),
    "silent_days": (0, 3650),
    "alarm_timeout_s": (0.01, 60),
}
"""Least and most of every number: beyond them a crawl would hang, or a moment lie outside the calendar."""

_PROXY = re.compile(r"https?://([^/@\s]+@)?(\[[0-9a-fA-F:.]+\]|[^/@:\s\[\]]+):\d{1,5}/?")
_ENDPOINT = re.compile(r"\[[0-9a-fA-F:]+\]:\d{1,5}|[0-9.]+:\d{1,5}")
_HOOK = re.compile(r"(https://[^/@\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)(/[!-~]*)?")
_SITE = re.compile(r"https?://[^/@?#\s]+(/[A-Za-z0-9._~/-]*)?")
_FORMS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "db": ("a file name", lambda value: bool(value) and "\0" not in value),
    "browser": ("a file name", lambda value: "\0" not in value),
    "captures": ("a folder name", lambda value: "\0" not in value),
    "origin": (
        "http://host or https://host",
        lambda value: re.fullmatch(r"https?://[^/@?#\s]+", value.rstrip("/")) is not None,
    ),
    "contact": ("one line in ASCII", lambda value: _is_line(value) and value.isascii()),
    "proxy": ("http://host:port", lambda value: not value or _PROXY.fullmatch(value) is not None),
    "ignore_opt_outs": ("words such as noarchive", lambda value: set(value) <= set(WORDS)),
    "allow_addresses": ("IP addresses or networks", lambda value: all(map(_is_network, value))),
    "allow_ports": ("ports from 1 to 65535", lambda value: all(1 <= port <= 65_535 for port in value)),
    "resolve": (
        "names with address:port each",
        lambda value: all(_ENDPOINT.fullmatch(item) for item in value.values()),
    ),
    "alarm_command": ("a command", lambda value: not value.strip() or _is_command(value)),
    "alarm_url": ("https://… or http://localhost…", lambda value: not value or _HOOK.fullmatch(value) is not None),
    "title": ("one line", _is_line),
    "public_url": ("https://host/prefix", lambda value: not value or _SITE.fullmatch(value) is not None),
}

"""Telling the operator: an alarm goes to a command of theirs, to an address of theirs, or both.

The address is the operator's own, from their settings, so it does not pass the gate for addresses that pages name: it
may be in a private network. It is https, or http to this machine; redirects are not followed, no proxy is used.
"""

import http.client
import json
import os
import shlex
import signal
import ssl
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

from archive import __version__
from archive.settings import Config
from archive.store import Store
from archive.store.runs import latest_runs, note_alarms


def is_hooked(config: Config) -> bool:
    """Say whether there is anyone to tell."""
    return bool(config.alarm_command or config.alarm_url)


def message(config: Config, words: Sequence[str], *, run_id: int | None) -> dict[str, Any]:
    """Return what is told: `text` as chat services take it, and the same in parts."""
    lines = "\n".join(f"- {line}" for line in words)
    return {
        "text": f"{config.title}: {len(words)} to look at\n{lines}",
        "db": config.db,
        "run": run_id,
        "alarms": [*words],
    }


def tell(config: Config, told: Mapping[str, Any]) -> list[str]:
    """Hand *told* to the command and to the address of the settings; return what failed, a line each.

    Each has alarm_timeout_s seconds. Nothing is raised: who is told must not decide what a crawl comes to.
    """
    body = json.dumps(told, ensure_ascii=False).encode()
    failures = []
    if config.alarm_command:
        failures.append(_run(config.alarm_command, body, config.alarm_timeout_s))
    if config.alarm_url:
        failures.append(_post_in_time(config.alarm_url, body, config.alarm_timeout_s))
    return [failure for failure in failures if failure]


def tell_new(config: Config, store: Store) -> list[str]:
    """Tell what the last run found and the run before had not told; return what failed, a line each.

    An alarm is told once as long as it lasts; one that could not be told is told by the next run.
    """
    last, *earlier = [run for run in latest_runs(store, limit=2) if run.end_reason]
    known = {alarm["about"] for run in earlier for alarm in json.loads(run.alarms) if alarm.get("told")}
    found = json.loads(last.alarms)
    new = [alarm for alarm in found if alarm["about"] not in known]
    failures = tell(config, message(config, [alarm["words"] for alarm in new], run_id=last.id)) if new else []
    told = known | {alarm["about"] for alarm in new if not failures}
    if found:
        note_alarms(
            store,
            last.id or 0,
            json.dumps([alarm | {"told": alarm["about"] in told} for alarm in found], ensure_ascii=False),
        )
    return failures


def _run(command: str, body: bytes, timeout_s: float) -> str | None:
    words = shlex.split(command)
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own command
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        return f"alarm_command: {words[0]}: {error.strerror or error}"
    try:
        with suppress(BrokenPipeError):  # it need not read what it is told
            process.communicate(body, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"alarm_command: {words[0]} did not end in {timeout_s:g} s"
    return f"alarm_command: {words[0]} ended with {process.returncode}" if process.returncode else None


def _post_in_time(url: str, body: bytes, timeout_s: float) -> str | None:
    """Post in a thread: a socket's timeout bounds each step of an answer, not the whole."""
    host, said = urlsplit(url).hostname, [f"it did not answer in {timeout_s:g} s"]

    def post() -> None:
        said[0] = _post(url, body, timeout_s)

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    thread.join(timeout_s)
    return f"alarm_url: {host}: {said[0]}" if said[0] else None


def _post(url: str, body: bytes, timeout_s: float) -> str:
    parts = urlsplit(url)
    make: Callable[..., http.client.HTTPConnection] = http.client.HTTPConnection
    options: dict[str, Any] = {"timeout": timeout_s}
    if parts.scheme == "https":
        make, options["context"] = http.client.HTTPSConnection, ssl.create_default_context()
    headers = {"Content-Type": "application/json", "User-Agent": f"hyperai-archive/{__version__}"}
    try:
        with closing(make(parts.hostname or "", parts.port, **options)) as connection:
            connection.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return "" if 200 <= status < 300 else f"it answered {status}"

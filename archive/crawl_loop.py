"""Crawls one after the other, when their time comes: the loop behind `archive schedule run`, and what it logs."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from archive.dates import utc_iso
from archive.errors import ConfigError
from archive.schedule import parse_cron, weekday_names

MISFIRE_S = 3600
STOP_S = 40.0  # a crawl that is asked to end does so in half a minute (spiders/stopping.py)
JOB = "crawl"

Log = Callable[[dict[str, Any]], None]


def interval_trigger(every: timedelta, *, jitter: timedelta) -> Any:
    """Return a trigger that fires *every* so often, up to *jitter* later (at most a quarter of the interval)."""
    seconds = every.total_seconds()
    return IntervalTrigger(seconds=seconds, jitter=min(jitter.total_seconds(), seconds / 4), timezone=UTC)


def cron_trigger(words: str, *, jitter: timedelta, timezone: Any = None) -> Any:
    """Return a trigger for five cron fields, up to *jitter* later; in local time unless a *timezone* is given.

    As in crontab(5), 0 and 7 are Sunday, and where day of month and day of week are both named, either will do.
    Raises ConfigError when they name no time.
    """
    minute, hour, day, month, weekday = parse_cron(words).split()
    days = [{"day": day}, {"day_of_week": weekday_names(weekday)}]
    if day.startswith("*") or weekday.startswith("*"):
        days = [days[0] | days[1]]
    options = {"minute": minute, "hour": hour, "month": month, "timezone": timezone}
    try:
        triggers = [CronTrigger(**options, **each, jitter=int(jitter.total_seconds())) for each in days]
        names_a_time = any(trigger.get_next_fire_time(None, datetime.now(UTC)) for trigger in triggers)
    except ValueError as error:
        raise ConfigError(f"--cron {words!r}: {error}") from error
    if not names_a_time:
        raise ConfigError(f"--cron {words!r} names a day that never comes")
    return triggers[0] if len(triggers) == 1 else OrTrigger(triggers)


class Crawls:
    """Crawls one after the other, each a process of its own: what one leaves behind in memory ends with it."""

    def __init__(self, command: Sequence[str], *, log: Log, reads_summary: bool = False) -> None:
        """Run *command* and tell *log*; with *reads_summary* its standard output is JSON, to be told as well."""
        self.statuses: list[int] = []
        self._command = list(command)
        self._log = log
        self._reads_summary = reads_summary
        self._process: subprocess.Popen[str] | None = None
        self._is_stopping = False
        self._lock = threading.Lock()

    def run_one(self) -> int | None:
        """Run one crawl to its end and tell when it began, how it ended, how long it took; return its status.

        A negative status is the signal that ended it. None when no other crawl may begin.
        """
        pipe = subprocess.PIPE if self._reads_summary else None
        started = _now()
        with self._lock:
            if self._is_stopping:
                return None
            self._log({"at": utc_iso(started), "event": "crawl starts"})
            self._process = subprocess.Popen(self._command, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - ours
        printed, errors = self._process.communicate()
        status = self._process.returncode
        self.statuses.append(status if status >= 0 else 1)
        ended: dict[str, Any] = {"at": utc_iso(_now()), "event": "crawl ended", "status": status}
        ended["seconds"] = round((_now() - started).total_seconds())
        if self._reads_summary:
            ended |= {"summary": _json(printed), "said": errors.splitlines()}
        self._log(ended)
        return status

    def stop(self) -> None:
        """Begin no other crawl, and let the one under way end cleanly."""
        with self._lock:
            self._is_stopping = True
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def run_forever(trigger: Any, crawls: Crawls, *, times: int | None, log: Log, on_kill: Callable[[int], None]) -> int:
    """Crawl now and whenever *trigger* fires, until *times* crawls are done or a signal comes; return the last status.

    A crawl that is late is not made up for, and never are there two at once. *on_kill* is called with the number of a
    signal that ended a crawl, such as the system's when memory is short.
    """
    scheduler = BlockingScheduler(timezone=UTC)

    def crawl_once() -> None:
        status = crawls.run_one()
        if status is not None and status < 0:
            on_kill(-status)
        if times is not None and len(crawls.statuses) >= times:
            scheduler.shutdown(wait=False)
        elif status is not None:
            log({"at": utc_iso(_now()), "event": "waiting", "next": _next_of(scheduler)})

    scheduler.add_job(
        crawl_once, trigger, id=JOB, max_instances=1, coalesce=True, misfire_grace_time=MISFIRE_S, next_run_time=_now()
    )
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # systemd stops with it; as good as Ctrl-C
    try:
        scheduler.start()
    except KeyboardInterrupt:
        crawls.stop()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
    return crawls.statuses[-1] if crawls.statuses else 0


def as_words(event: dict[str, Any]) -> str:
    """Return an event as a line for a person."""
    words = event["event"]
    if words == "crawl ended":
        status = event["status"]
        how = "done" if status == 0 else f"failed with status {status}" if status > 0 else f"killed by signal {-status}"
        words = f"crawl {how} after {event['seconds']} s"
    elif words == "waiting":
        words = f"next crawl at {event['next']}"
    return f"{event['at']} {words}"


def as_json_line(event: dict[str, Any]) -> str:
    """Return an event as one line of JSON, with the number of this process."""
    return json.dumps(event | {"pid": os.getpid()}, ensure_ascii=False)


def _next_of(scheduler: Any) -> str | None:
    job = scheduler.get_job(JOB)
    return utc_iso(max(job.next_run_time, _now())) if job and job.next_run_time else None


def _json(printed: str) -> Any:
    try:
        return json.loads(printed)
    except ValueError:
        return None


def _now() -> datetime:
    return datetime.now(UTC)

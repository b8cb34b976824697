"""When to crawl again: pure policy, and the texts for systemd and cron. The clock is an argument."""

import re
import shlex
from collections.abc import Sequence
from datetime import timedelta

from archive.errors import ConfigError

UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86400}
CRON_FIELDS = 5
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def parse_every(words: str, *, option: str = "--every") -> timedelta:
    """Return the interval that *words* such as 30m, 1h or 2d stand for.

    Raises ConfigError naming *option* when they stand for none, or for less than a minute.

    >>> parse_every("90m")
    datetime.timedelta(seconds=5400)
    """
    found = re.fullmatch(r"\s*(\d+)\s*([mhd])\s*", words)
    seconds = int(found[1]) * UNIT_SECONDS[found[2]] if found else 0
    if seconds < UNIT_SECONDS["m"]:
        raise ConfigError(f"{option} takes a number of minutes, hours or days such as 30m, 1h or 2d, not {words!r}")
    return timedelta(seconds=seconds)


def parse_cron(words: str) -> str:
    """Return *words* as a five-field cron expression; raises ConfigError when they are none.

    >>> parse_cron("15  */2 * * *")
    '15 */2 * * *'
    """
    fields = words.split()
    if len(fields) != CRON_FIELDS or not all(re.fullmatch(r"[\d*/,A-Za-z-]+", field) for field in fields):
        raise ConfigError(f"--cron takes five fields such as '15 */2 * * *', not {words!r}")
    return " ".join(fields)


def weekday_names(field: str) -> str:
    """Return the day-of-week field of a cron expression with names instead of numbers, of which 0 and 7 are Sunday.

    Raises ConfigError when it is none.

    >>> weekday_names("1-5"), weekday_names("0,6"), weekday_names("*")
    ('mon,tue,wed,thu,fri', 'sun,sat', '*')
    """
    if field == "*":
        return field
    days: list[int] = []
    for part in field.lower().split(","):
        found = re.fullmatch(
            r"(?:\*|(?P<first>[0-7]|[a-z]{3})(?:-(?P<last>[0-7]|[a-z]{3}))?)(?:/(?P<step>[1-7]))?", part
        )
        if found is None:
            raise ConfigError(f"--cron: {part!r} is no day of the week")
        first = _weekday(found["first"] or "0")
        last = _weekday(found["last"]) if found["last"] else first if found["first"] and not found["step"] else 6
        days += range(first, last + 1 if last >= first else last + 8, int(found["step"] or 1))
    return ",".join(dict.fromkeys(WEEKDAYS[day % 7] for day in days))


def systemd_units(
    command: Sequence[str], *, every: timedelta, jitter: timedelta, folder: str, user: str | None, writes: Sequence[str]
) -> str:
    """Return a service and a timer that run *command* in *folder*, each under a comment with its file name.

    The service runs as *user* (None: whom systemd runs services as) and may write nowhere but in the folders *writes*.
    It is given the half minute that a crawl may take to end. The timer fires five minutes after the machine has
    started and so long after each start of the service; the random delay keeps many archives from asking at one second.
    Source: systemd.timer(5), systemd.service(5), systemd.exec(5).
    """
    minutes = int(every.total_seconds() // 60)
    quoted = " ".join(_systemd_word(word) for word in command)
    run_as = f"User={user}\n" if user else ""
    writable = "".join(f"ReadWritePaths={_systemd_word(path)}\n" for path in writes)
    return f"""# /etc/systemd/system/hyperai-archive.service
[Unit]
Description=Crawl HyperAI and the sources it cites
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{run_as}WorkingDirectory={folder.replace("%", "%%")}
ExecStart={quoted}
Nice=10
TimeoutStopSec=45
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
{writable}
# /etc/systemd/system/hyperai-archive.timer
[Unit]
Description=Crawl HyperAI every {minutes} minutes

[Timer]
OnBootSec=5min
OnUnitActiveSec={minutes}min
RandomizedDelaySec={int(jitter.total_seconds())}

[Install]
WantedBy=timers.target
"""


def cron_line(command: Sequence[str], *, every: timedelta, cron: str | None, folder: str) -> str:
    """Return one crontab line that runs *command* in *folder*.

    Raises ConfigError when *every* cannot be said in cron (90 minutes, 5 hours): give the five fields instead.

    >>> cron_line(["archive", "crawl"], every=timedelta(hours=6), cron=None, folder="/srv/news")
    '0 */6 * * * cd /srv/news && archive crawl'
    """
    run = f"cd {shlex.quote(folder)} && {shlex.join(command)}"
    # A percent sign ends the command in a crontab line, see crontab(5).
    return f"{cron or _cron_fields(every)} {run.replace('%', chr(92) + '%')}"


def _cron_fields(every: timedelta) -> str:
    minutes = int(every.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if minutes < 60 and 60 % minutes == 0:
        return f"*/{minutes} * * * *"
    if rest == 0 and 24 % hours == 0:
        return "0 0 * * *" if hours == 24 else f"0 */{hours} * * *"
    raise ConfigError(f"cron cannot say every {minutes} minutes evenly; use --cron with five fields, or systemd")


def _weekday(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word not in WEEKDAYS:
        raise ConfigError(f"--cron: {word!r} is no day of the week")
    return WEEKDAYS.index(word)


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[\s\"';]", word) else escaped

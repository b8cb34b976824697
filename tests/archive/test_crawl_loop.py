"""The loop of crawls: what fails does not end it, nothing overlaps, what is late is not made up for."""

import json
import signal
import sys
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from archive.crawl_loop import Crawls, as_json_line, as_words, cron_trigger, interval_trigger, run_forever
from archive.errors import ConfigError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
NO_JITTER = timedelta()

# A crawl that takes longer than the interval, and fails in another way each time.
CRAWL = """
import os, pathlib, signal, sys, time
notes = pathlib.Path(sys.argv[1])
number = notes.read_text().count("begins") if notes.exists() else 0
with notes.open("a") as file:
    print("begins", file=file, flush=True)
    time.sleep(0.4)
    print("ends", file=file, flush=True)
print('{"new": 3}')
print("archive: no luck", file=sys.stderr)
if number == 1:
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit([1, 0, 0][number])
"""


def test_failing_and_killed_crawls_do_not_end_the_loop_and_none_overlaps(tmp_path):
    events, killed = [], []
    command = [sys.executable, "-c", CRAWL, str(tmp_path / "notes")]
    crawls = Crawls(command, log=events.append, reads_summary=True)
    status = run_forever(IntervalTrigger(seconds=0.1), crawls, times=3, log=events.append, on_kill=killed.append)
    assert (status, crawls.statuses, killed) == (0, [1, 1, 0], [signal.SIGKILL])
    assert (tmp_path / "notes").read_text().split() == ["begins", "ends"] * 3
    assert [event["event"] for event in events] == ["crawl starts", "crawl ended", "waiting"] * 2 + [
        "crawl starts",
        "crawl ended",
    ]
    ended = [event for event in events if event["event"] == "crawl ended"]
    assert [event["status"] for event in ended] == [1, -signal.SIGKILL, 0]
    assert ended[0]["summary"] == {"new": 3}
    assert ended[0]["said"] == ["archive: no luck"]
    assert json.loads(as_json_line(ended[2]))["status"] == 0
    assert "crawl failed with status 1 after" in as_words(ended[0])
    assert "crawl killed by signal 9 after" in as_words(ended[1])


@pytest.mark.parametrize(
    ("fields", "then"),
    [
        ("30 6 * * *", "2026-11-25T06:30:00+00:00"),
        ("0 0 * * 0", "2026-11-29T00:00:00+00:00"),  # Sunday, as crontab(5) has it
        ("0 0 * * 7", "2026-11-29T00:00:00+00:00"),
        ("0 0 * * 1-5", "2026-11-25T00:00:00+00:00"),
        ("0 0 13 * 5", "2026-11-27T00:00:00+00:00"),  # the 13th or a Friday
        ("0 0 13 12 fri", "2026-12-04T00:00:00+00:00"),
        ("*/20 * * * *", "2026-11-24T12:20:00+00:00"),
    ],
)
def test_cron_fields_mean_what_crontab_says(fields, then):
    trigger = cron_trigger(fields, jitter=NO_JITTER, timezone=UTC)
    assert trigger.get_next_fire_time(None, NOW + timedelta(seconds=1)) == datetime.fromisoformat(then)


@pytest.mark.parametrize("fields", ["99 * * * *", "* * * * 8", "x * * * *", "*/0 * * * *", "0 0 31 2 *", "* * * *"])
def test_fields_that_name_no_time_are_refused_in_words(fields):
    with pytest.raises(ConfigError, match="--cron"):
        cron_trigger(fields, jitter=NO_JITTER)


def test_jitter_begins_later_never_earlier_and_leaves_most_of_the_interval():
    hourly = interval_trigger(timedelta(hours=1), jitter=timedelta(minutes=2))
    delays = [(hourly.get_next_fire_time(NOW, NOW) - NOW).total_seconds() - 3600 for _ in range(50)]
    assert 0 <= min(delays) < max(delays) <= 120
    short = interval_trigger(timedelta(minutes=1), jitter=timedelta(hours=2))
    assert max((short.get_next_fire_time(NOW, NOW) - NOW).total_seconds() for _ in range(50)) <= 75
    daily = cron_trigger("0 0 * * *", jitter=timedelta(minutes=2), timezone=UTC)
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    delays = [(daily.get_next_fire_time(None, NOW) - midnight).total_seconds() for _ in range(50)]
    assert 0 <= min(delays) < max(delays) <= 120

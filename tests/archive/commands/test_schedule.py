"""`archive schedule`: crawls again and again, never two at once, and what it prints for systemd and cron."""

import json
import os
import subprocess
import sys

import pytest

from archive.store import open_store
from archive.store.lock import crawl_lock


@pytest.fixture
def archive(tmp_path, small_site):
    env = os.environ | {"ARCHIVE_ORIGIN": small_site.origin, "ARCHIVE_DELAY_S": "0", "ARCHIVE_DB": "archive.db"}

    def run(*argv):
        command = [sys.executable, "-m", "archive", *argv]
        return subprocess.run(command, check=False, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)

    return run


CRAWL = ("--", "--locale", "ja", "--section", "news", "--no-cited")


def test_a_scheduled_crawl_runs_at_once_and_fills_the_archive(archive, tmp_path):
    ran = archive("schedule", "run", "--every", "1h", "--times", "1", *CRAWL)
    assert ran.returncode == 0, ran.stderr
    with open_store(tmp_path / "archive.db", read_only=True) as store:
        assert store.connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 2
        assert store.connection.execute("SELECT command FROM runs").fetchone()[0].startswith("archive crawl")
    words = [line.split("Z ")[1] for line in ran.stderr.splitlines() if " crawl " in line]
    assert words[0] == "crawl starts"
    assert words[-1].startswith("crawl done after ")


def test_the_log_as_json_has_an_object_a_line_with_the_summary(archive):
    ran = archive("schedule", "run", "--log", "json", "--times", "1", *CRAWL)
    assert (ran.returncode, ran.stdout) == (0, "")
    starts, ended = map(json.loads, ran.stderr.splitlines())
    assert (starts["event"], ended["event"], ended["status"]) == ("crawl starts", "crawl ended", 0)
    assert (ended["summary"]["new"], ended["said"]) == (2, [])


@pytest.mark.parametrize("kind", ["run", "print cron"])
def test_a_time_that_never_comes_is_wrong_usage(archive, kind):
    ran = archive("schedule", *kind.split(), "--cron", "99 * * * *")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "--cron '99 * * * *'" in ran.stderr


def test_a_second_scheduler_says_who_is_there_and_ends(archive, tmp_path):
    with crawl_lock(tmp_path / "archive.db.schedule", command="archive schedule run"):
        ran = archive("schedule", "run", "--every", "1h", "--times", "1", *CRAWL)
    assert ran.returncode == 1
    assert f"process {os.getpid()} (archive schedule run)" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "archive.db").exists()


def test_a_crawl_that_fails_is_said_and_the_schedule_goes_on(archive, tmp_path):
    with crawl_lock(tmp_path / "archive.db", command="archive crawl"):
        ran = archive("schedule", "run", "--every", "1h", "--times", "1", *CRAWL)
    assert ran.returncode == 1
    assert "crawl failed with status 1" in ran.stderr


def test_what_is_printed_for_cron_and_systemd_names_the_archive(archive, tmp_path):
    cron = archive("schedule", "print", "cron", "--every", "6h").stdout
    assert cron.startswith("0 */6 * * * cd ")
    assert f"crawl --db {tmp_path}/archive.db" in cron
    units = archive("schedule", "print", "systemd", "--every", "6h").stdout
    assert f"WorkingDirectory={tmp_path}" in units
    assert "OnUnitActiveSec=360min" in units
    assert f"ReadWritePaths={tmp_path}" in units

"""When to crawl: intervals, cron fields and what systemd and cron are given."""

import shutil
import subprocess
from datetime import timedelta

import pytest

from archive.errors import ConfigError
from archive.schedule import cron_line, parse_cron, parse_every, systemd_units, weekday_names


@pytest.mark.parametrize(("words", "hours"), [("1h", 1), ("30m", 0.5), (" 2 d ", 48)])
def test_an_interval_is_a_number_and_a_unit(words, hours):
    assert parse_every(words) == timedelta(hours=hours)


@pytest.mark.parametrize("words", ["", "1", "h", "0h", "10s", "1.5h", "-1h", "1h30m"])
def test_anything_else_is_no_interval(words):
    with pytest.raises(ConfigError, match="--every takes"):
        parse_every(words)


@pytest.mark.parametrize("words", ["", "* * * *", "* * * * * *", "a;b * * * *", "$(x) * * * *"])
def test_cron_takes_five_fields(words):
    with pytest.raises(ConfigError, match="--cron takes"):
        parse_cron(words)


@pytest.mark.parametrize(
    ("every", "fields"), [("15m", "*/15 * * * *"), ("1h", "0 */1 * * *"), ("1d", "0 0 * * *"), ("12h", "0 */12 * * *")]
)
def test_a_cron_line_says_the_interval(every, fields):
    line = cron_line(["archive", "crawl"], every=parse_every(every), cron=None, folder="/srv/news archive")
    assert line == f"{fields} cd '/srv/news archive' && archive crawl"


@pytest.mark.parametrize("every", ["90m", "5h", "7m", "2d"])
def test_an_interval_that_cron_cannot_say_is_refused(every):
    with pytest.raises(ConfigError, match="cron cannot say"):
        cron_line(["archive"], every=parse_every(every), cron=None, folder="/")


def test_a_percent_sign_in_a_folder_does_not_end_the_cron_line():
    assert r"/srv/50\%" in cron_line(["archive"], every=parse_every("1h"), cron=None, folder="/srv/50%")


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("0", "sun"),
        ("7", "sun"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("MON,thu", "mon,thu"),
        ("5-7", "fri,sat,sun"),
        ("sat-mon", "sat,sun,mon"),
        ("*/2", "sun,tue,thu,sat"),
        ("1/3", "mon,thu"),
        ("*", "*"),
    ],
)
def test_days_of_the_week_are_those_of_crontab(field, names):
    assert weekday_names(field) == names


@pytest.mark.parametrize("field", ["8", "1-", "noday", "mon-xyz", "*/0", ""])
def test_any_other_day_of_the_week_is_refused(field):
    with pytest.raises(ConfigError, match="no day of the week"):
        weekday_names(field)


def units(command=("/bin/true", "crawl"), **changes):
    options = {"every": timedelta(hours=6), "jitter": timedelta(minutes=2), "folder": "/srv", "user": None}
    return systemd_units(command, **(options | {"writes": ["/srv"]} | changes))


def test_systemd_words_with_blanks_dollars_and_percents_stay_whole():
    text = units(["/opt/a b/archive", "crawl", "--db", "/x/$y%z"], writes=["/srv/my archive", "/var/50%"])
    assert 'ExecStart="/opt/a b/archive" crawl --db /x/$$y%%z' in text
    assert 'ReadWritePaths="/srv/my archive"\nReadWritePaths=/var/50%%\n' in text
    assert "OnUnitActiveSec=360min\nRandomizedDelaySec=120\n" in text
    assert text.count("# /etc/systemd/system/hyperai-archive.") == 2
    assert "User=" not in text
    assert "User=news\n" in units(user="news")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_to_say_about_the_units(tmp_path):
    service, timer = units(folder=str(tmp_path), writes=[str(tmp_path)]).split("\n# /etc/systemd/system/")
    (tmp_path / "hyperai-archive.service").write_text(service)
    (tmp_path / "hyperai-archive.timer").write_text(timer.split("\n", 1)[1])
    command = ["systemd-analyze", "verify", "--man=no", "./hyperai-archive.service", "./hyperai-archive.timer"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
    (tmp_path / "hyperai-archive.service").write_text(service.replace("Type=oneshot", "Type=sometimes"))
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "sometimes" in ran.stderr

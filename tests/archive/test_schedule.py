"""When to crawl: intervals, cron fields and what systemd and cron are given."""

from datetime import timedelta

import pytest

from archive.errors import ConfigError
from archive.schedule import cron_line, parse_cron, parse_every, systemd_units


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


def test_systemd_words_with_blanks_dollars_and_percents_stay_whole():
    units = systemd_units(["/opt/a b/archive", "crawl", "--db", "/x/$y%z"], every=timedelta(hours=6), folder="/srv")
    assert 'ExecStart="/opt/a b/archive" crawl --db /x/$$y%%z' in units
    assert "OnUnitActiveSec=360min" in units
    assert units.count("# /etc/systemd/system/hyperai-archive.") == 2

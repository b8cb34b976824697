"""Settings: one order of precedence, and a wrong one is named with its place."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigError
from archive.settings import Config, load_config, setting_help


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "archive.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_flag_beats_environment_beats_file_beats_default(toml):
    file = toml('db = "file.db"\ndelay_s = 2\ncontact = "file@news.example"\n')
    env = {"ARCHIVE_DB": "env.db", "ARCHIVE_DELAY_S": "3", "HOME": "/"}
    config = load_config({"db": "flag.db", "delay_s": None}, env=env, file=file)
    assert (config.db, config.delay_s, config.contact, config.per_host) == ("flag.db", 3.0, "file@news.example", 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('db = "x"\n\nspeed = 3\n', r"archive\.toml:3: unknown setting 'speed'; known are db, "),
        ('delay_s = "fast"\n', r"archive\.toml:1: delay_s cannot be 'fast': Least pause"),
        ("# no\nconcurrency = 1.5\n", r"archive\.toml:2: concurrency cannot be 1\.5"),
        ("concurrency = 0\n", r"archive\.toml:1: concurrency must be from 1 to 1000, not 0"),
        ("concurrency = 99999999999\n", r"concurrency must be from 1 to 1000"),
        ("\ntimeout_s = inf\n", r"archive\.toml:2: timeout_s must be from"),
        ("delay_s = nan\n", r"delay_s must be from 0"),
        ("warc_max_bytes = inf\n", r"warc_max_bytes cannot be inf"),
        ("recheck_hours = 1e300\n", r"recheck_hours must be from"),
        ('origin = "hyper.ai"\n', r"archive\.toml:1: origin must be http://host"),
        ('origin = "http://me:secret@hyper.ai"\n', r"origin must be http://host"),
        ('proxy = "somewhere"\n', r"proxy must be http://host:port"),
        ('allow_addresses = ["10.0.0"]\n', r"allow_addresses must be IP addresses"),
        ("allow_ports = [99999]\n", r"allow_ports must be ports"),
        ('resolve = {"a.example" = "b.example"}\n', r"resolve must be names with address:port"),
        ('contact = "me\\nX-Header: 1"\n', r"contact must be one line"),
        ('db = ""\n', r"db must be a file name"),
        ("db = \n", r"archive\.toml: not readable as TOML"),
        ("[resolve]\nname = 3\n", r"archive\.toml:1: resolve cannot be"),
        ("trust_env = 'perhaps'\n", r"archive\.toml:1: trust_env cannot be 'perhaps'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(toml, text, words):
    with pytest.raises(ConfigError, match=words):
        load_config({}, env={}, file=toml(text))


def test_a_settings_file_that_is_named_must_exist(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
        load_config({}, env={}, file=tmp_path / "none.toml")


def test_lists_and_tables_are_read_from_file_and_environment(toml):
    file = toml(
        'allow_addresses = ["127.0.0.1"]\nallow_ports = [80, 8000]\n[resolve]\n"a.example" = "127.0.0.1:8000"\n'
    )
    config = load_config({}, env={}, file=file)
    assert config.allow_addresses == ("127.0.0.1",)
    assert config.allow_ports == (80, 8000)
    assert dict(config.resolve) == {"a.example": "127.0.0.1:8000"}
    same = load_config({}, env={"ARCHIVE_ALLOW_PORTS": "80,8000", "ARCHIVE_RESOLVE": "a.example=127.0.0.1:8000"})
    assert (same.allow_ports, same.resolve) == (config.allow_ports, config.resolve)


def test_every_setting_says_what_it_is():
    assert all(len(words) > 10 for _, words in setting_help().values())
    assert setting_help()["delay_s"][0] == Config().delay_s


@given(st.sampled_from(list(setting_help())), st.text())
def test_no_environment_raises_anything_but_a_config_error(name, value):
    with suppress(ConfigError):
        assert load_config({}, env={f"ARCHIVE_{name.upper()}": value}) is not None

"""Telling: a command and an address get the alarm as JSON, each in its time; what fails is said and raises nothing."""

import json
import threading
from dataclasses import replace

import pytest

from archive.alarm_hooks import message, tell, tell_new
from archive.alarms import Alarm, as_json
from archive.settings import Config
from archive.store import runs
from tests.loopback import LoopbackServer, Reply, World

CONFIG = Config(title="記録", alarm_timeout_s=5.0)
NOW = "2025-12-01T09:00:00Z"


@pytest.fixture
def hook():
    world = World()
    world.put("127.0.0.1", "/hook?key=1", Reply("", status=204))
    world.put("127.0.0.1", "/moved", Reply("", status=302, headers={"Location": "/hook?key=1"}))
    world.put("127.0.0.1", "/slow", Reply("", wait_for=threading.Event()))
    with LoopbackServer(world) as server:
        yield world, f"http://{server.address}"
        world.answers["127.0.0.1", "/slow"].wait_for.set()


def test_an_address_is_posted_the_alarm_as_json(hook):
    world, base = hook
    assert tell(replace(CONFIG, alarm_url=f"{base}/hook?key=1"), message(CONFIG, ["更新なし"], run_id=3)) == []
    (asked,) = world.asked
    assert asked.headers["Content-Type"] == "application/json"
    told = json.loads(asked.body)
    assert told == {"text": "記録: 1 to look at\n- 更新なし", "db": "archive.db", "run": 3, "alarms": ["更新なし"]}


@pytest.mark.parametrize(
    ("path", "words"),
    [("/moved", "it answered 302"), ("/none", "it answered 404"), ("/slow", "did not answer in 0.2 s")],
)
def test_an_address_that_fails_is_said_without_its_secret_path(hook, path, words):
    world, base = hook
    (said,) = tell(replace(CONFIG, alarm_url=base + path, alarm_timeout_s=0.2), message(CONFIG, ["a"], run_id=1))
    assert words in said or "TimeoutError" in said
    assert path not in said
    assert len(world.asked) == 1


def test_nobody_there_is_said(hook):
    (said,) = tell(replace(CONFIG, alarm_url="http://127.0.0.1:9/"), message(CONFIG, ["a"], run_id=1))
    assert "Connection refused" in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("sh -c 'cat > told; sleep 30 & wait'", "sh did not end in 1 s"),
        ("sh -c 'exit 3'", "sh ended with 3"),
        ("no-such-program --now", "no-such-program: No such file or directory"),
        ("true", None),
    ],
)
def test_a_command_that_fails_or_hangs_is_said(tmp_path, monkeypatch, command, words):
    monkeypatch.chdir(tmp_path)
    said = tell(replace(CONFIG, alarm_command=command, alarm_timeout_s=1), message(CONFIG, ["a" * 100_000], run_id=1))
    assert said == ([f"alarm_command: {words}"] if words else [])


def a_run(store, *about):
    run_id = runs.start_run(store, command="archive crawl", now=NOW)
    runs.end_run(store, run_id, reason="finished", counts={}, now=NOW)
    runs.note_alarms(store, run_id, as_json([Alarm(key, f"{key} in run {run_id}") for key in about]))


def test_an_alarm_is_told_once_while_it_lasts_and_again_until_it_could_be_told(store, hook):
    world, base = hook
    good, bad = replace(CONFIG, alarm_url=f"{base}/hook?key=1"), replace(CONFIG, alarm_url=f"{base}/none")
    told = []
    for config, about in [(bad, "a"), (good, "a"), (good, "a"), (good, "ab"), (good, ""), (good, "b")]:
        a_run(store, *about)
        world.asked.clear()
        tell_new(config, store)
        told.append([words for asked in world.asked for words in json.loads(asked.body)["alarms"]])
    assert told == [["a in run 1"], ["a in run 2"], [], ["b in run 4"], [], ["b in run 6"]]
    assert json.loads(runs.latest_runs(store)[0].alarms) == [{"about": "b", "words": "b in run 6", "told": True}]


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "ftp://localhost/", "https://", "https://user@example.com/"]
)
def test_an_address_that_would_send_alarms_in_the_clear_is_refused(url):
    from archive.errors import ConfigError
    from archive.settings import checked

    with pytest.raises(ConfigError, match="alarm_url must be https"):
        checked(replace(CONFIG, alarm_url=url))

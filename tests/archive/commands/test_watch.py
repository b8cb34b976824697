"""status, health and config as a person reads them."""

import json
import tomllib

from archive.settings import Config
from archive.store import runs


def test_status_tells_runs_frontier_and_coverage(command):
    status, out, _ = command("status")
    assert status == 0
    assert out.split("Install\n\n")[-1].startswith(
        "2 articles, 1 cited pages, 3 revisions, 3 captures, 2 citations (2 held here), 0 problems\n"
    )
    for words in ("finished  archive crawl  fetched 3", "article  done 2  (ok 2)", "hyper.ai         2   100      50"):
        assert words in out
    assert set(json.loads(command("status", "--json")[1])) == {
        "sqlite",
        "runs",
        "frontier",
        "totals",
        "outcomes",
        "coverage",
        "discovery",
        "lists",
    }


def test_health_is_quiet_until_a_run_fails(command, filled, monkeypatch):
    monkeypatch.setenv("ARCHIVE_SILENT_DAYS", "0")
    assert command("health") == (0, "all is well\n", "")
    run_id = runs.start_run(filled, command="archive crawl", now="2025-12-02T00:00:00Z")
    runs.end_run(filled, run_id, reason="no network", counts={}, now="2025-12-02T00:00:00Z")
    status, out, _ = command("health")
    assert status == 1
    assert out == "run 2 (archive crawl) ended badly: no network; look at its log and run it again\n"
    assert json.loads(command("health", "--json")[1]) == {"healthy": False, "alarms": [out.strip()]}


def test_health_tells_when_no_crawl_has_run_for_days_and_hands_it_on(command, monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHIVE_ALARM_COMMAND", f"tee '{tmp_path}/told'")
    status, out, err = command("health", "--tell")
    assert (status, err) == (1, "")
    assert out.startswith("no crawl for ")
    assert json.loads((tmp_path / "told").read_text())["alarms"] == [out.strip()]
    monkeypatch.setenv("ARCHIVE_ALARM_COMMAND", "no-such-program")
    assert command("health", "--tell")[2] == "archive: alarm_command: no-such-program: No such file or directory\n"


def test_config_prints_settings_that_would_give_the_same(command, monkeypatch):
    monkeypatch.setenv("ARCHIVE_DELAY_S", "2.5")
    monkeypatch.setenv("ARCHIVE_RESOLVE", "hyper.ai=127.0.0.1:80")
    out = command("config")[1]
    values = tomllib.loads(out)
    assert (values["delay_s"], values["resolve"]) == (2.5, {"hyper.ai": "127.0.0.1:80"})
    assert "(default: 1.0)" in out
    assert Config(**(values | {"allow_ports": tuple(values["allow_ports"])})).delay_s == 2.5
    assert json.loads(command("config", "--json")[1]) == values

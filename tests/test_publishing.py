"""docs/publishing.md for real: its commands, on the demo's archive."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archive.cli import cli

PAGE = (Path(__file__).parents[1] / "docs" / "publishing.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```(?:bash|console)\n(.*?)^```", PAGE, re.M | re.S)
    for line in block.splitlines()
]
OURS = [command for command in COMMANDS if command.startswith("archive ")]


@pytest.mark.parametrize("command", OURS)
def test_every_command_is_one_that_the_program_takes(command):
    _, name, *arguments = shlex.split(command)
    context = click.Context(cli, **cli.context_settings)  # a command remembers its parent's -h
    assert cli.get_command(context, name).make_context(name, arguments, parent=context).params


def test_a_copy_and_the_files_are_made_as_the_page_says(tmp_path, demo_archive):
    demo_archive.copy_to(tmp_path)
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    script = [command for command in dict.fromkeys(OURS) if " serve" not in command]
    assert len(script) == 2
    subprocess.run(
        ["bash", "-ec", "\n".join(script)], cwd=tmp_path, env=env, check=True, capture_output=True, timeout=120
    )
    assert (tmp_path / "public.db").stat().st_size > 100_000
    index = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    first = re.search(r'href="(article/\d+\.html)"', index)[1]
    assert "<h1>" in (tmp_path / "site" / first).read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("datasette", path=str(Path(sys.executable).parent)), reason="no datasette command")
def test_datasette_publishes_to_the_host_that_the_page_names():
    (command,) = (command for command in COMMANDS if command.startswith("datasette publish"))
    words = shlex.split(command)
    shown = subprocess.run(
        [Path(sys.executable).parent / "datasette", *words[1:3], "--help"], capture_output=True, text=True, check=True
    )
    assert all(word in shown.stdout for word in words if word.startswith("--"))

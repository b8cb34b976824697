"""The command line as a person meets it: help, one-line errors, exit statuses, nothing heavy imported for --help."""

import subprocess
import sys

import pytest

from archive.cli import cli, run

COMMANDS = [
    *("add", "backup", "citations", "cited-by", "config", "crawl", "demo", "diff", "export", "extract", "fixture"),
    *("health", "migrate", "probe", "publish", "reindex", "reparse", "schedule", "search", "serve", "status"),
    *("takedown", "verify"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_help_names_every_command_with_a_line_of_words(capsys):
    assert run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[0]: line.split()[1:] for line in lines[lines.index("Commands:") + 1 :] if line.strip()}
    assert sorted(listed) == COMMANDS
    assert all(words for words in listed.values())
    assert not [name for name, words in listed.items() if words[-1].endswith("...")], "the first sentence is too long"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_a_sentence(command, capsys):
    assert run([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: archive {command}")
    assert len(out.split("\n\n")[1].split()) >= 3


def test_the_group_imports_nothing_heavy():
    heavy = ("scrapy", "datasette", "bs4", "lxml", "trafilatura")
    code = f"import sys, archive.cli; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["search"], "what is to be searched?"),
        (["crawl", "--limit", "many"], "'many' is not a valid integer"),
        (["schedule", "run", "--every", "soon"], "--every takes a number of minutes"),
        (["schedule", "print", "windows"], "'windows' is not one of"),
        (["--config", "none.toml", "status"], "none.toml: No such file"),
        (["export", "nothing"], "nothing"),
        (["crawl", "--since", "someday"], "someday"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_clear_line_and_status_2(argv, words, capfd):
    assert run(argv) == 2
    err = capfd.readouterr().err
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "argv",
    [
        ["search", "xAI"],
        ["status"],
        ["export", "articles"],
        ["verify"],
        ["backup", "copy.db"],
        ["serve", "--port", "0"],
        ["citations", "1"],
        ["cited-by", "sacra.com"],
        ["reparse"],
    ],
    ids=" ".join,
)
def test_a_missing_archive_is_said_in_one_line_and_none_is_made(argv, capfd, folder):
    assert run([*argv, "--db", "none.db"]) == 1
    err = capfd.readouterr().err.strip()
    assert "none.db" in err
    assert "\n" not in err
    assert not (folder / "none.db").exists()


@pytest.mark.parametrize(
    "argv", [["status"], ["search", "x"], ["serve"], ["crawl"], ["verify"], ["migrate"]], ids=" ".join
)
def test_a_file_that_is_no_archive_is_left_as_it_is(argv, capfd, folder):
    (folder / "notes.db").write_bytes(b"these are my notes, not a database" * 100)
    assert run([*argv, "--db", "notes.db"]) == 1
    err = capfd.readouterr().err.strip()
    assert "notes.db" in err
    assert "Traceback" not in err
    assert (folder / "notes.db").read_bytes().startswith(b"these are my notes")


def test_every_option_has_help():
    context = cli.make_context("archive", ["--help"], resilient_parsing=True)
    silent = [
        f"{name} {option.name}"
        for name in cli.list_commands(context)
        for option in cli.get_command(context, name).params
        if option.param_type_name == "option" and not getattr(option, "help", None)
    ]
    assert not silent

"""The command line in a folder with an archive in it."""

import pytest

from archive.cli import run


@pytest.fixture
def command(filled, monkeypatch, capsys):
    """Run `archive` with words, beside the filled archive; return exit status, standard output and standard error."""
    monkeypatch.chdir(filled.path.parent)
    monkeypatch.delenv("ARCHIVE_DB", raising=False)

    def call(*words):
        status = run(list(words))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call

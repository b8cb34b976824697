"""docs/operations.md for real: what its Restore block brings back is what was backed up, and the next crawl goes on."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"


def block(heading: str) -> str:
    """Return the bash block under *heading*."""
    found = re.search(rf"^## {heading}\n.*?^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    return found[1]


@pytest.fixture
def shell(tmp_path, demo_archive, small_site):
    """Run a script beside a copy of the demo's archive; HyperAI is the small site."""
    demo_archive.copy_to(tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"ARCHIVE_ORIGIN": small_site.origin, "ARCHIVE_DELAY_S": "0", "PATH": path}

    def run(script: str) -> str:
        command = ["bash", "-c", f"set -euo pipefail\n{script}"]
        ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
        return ran.stdout

    return run


CRAWL = "archive crawl --locale ja --section news --no-cited"


def test_a_restored_archive_is_what_was_backed_up_and_goes_on(shell, tmp_path):
    shell(block("Back up"))
    before = shell("archive export --all")
    shell(CRAWL)  # what the backup had not yet; then a disk that writes nonsense, WAL and all
    for name in ("archive.db", "archive.db-wal"):
        (tmp_path / name).write_bytes(b"\xff" * 300_000)
    for file in (tmp_path / "archive.db.captures").iterdir():
        file.write_bytes(file.read_bytes()[:1000])
    *restoring, crawling = block("Restore").strip().splitlines()
    assert crawling == CRAWL.removesuffix(" --no-cited")
    shell("\n".join(restoring))
    assert shell("archive export --all") == before
    assert "articles: 2 new, 0 revised" in shell(CRAWL)
    assert "no fault" in shell("archive verify")
    assert shell("archive health") == "all is well\n"

"""Nothing undocumented or out of date: public names, generated pages, links; every block of README and docs runs."""

import ast
import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from cogapp import Cog

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for top in ("archive", "spiders") for path in (ROOT / top).rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGE = "<html lang='en'><body><article><h1>Chips</h1>" + "<p>A plant opened its doors and began to work. </p>" * 9
WITH_BLOCKS = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("quickstart", "operations", "search", "adding-a-site")),
]


def public(tree):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_and_public_name_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module opens with a sentence"
    assert not [node.name for node in public(tree) if not ast.get_docstring(node)]


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_generated_pages_are_as_the_code_says(path):
    said = io.StringIO()
    with redirect_stdout(said):
        status = Cog().main(["cog", "--check", "-U", "-I", str(ROOT / "docs"), str(path)])
    assert status == 0, f"run make format: {said.getvalue()}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert not [target for target in local if not (path.parent / target).exists()]


def test_every_error_is_in_the_tree_of_its_module():
    text = (ROOT / "archive" / "errors.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert all(f" {node.name} " in f" {ast.get_docstring(tree)} ".replace("\n", " ") for node in public(tree))


def blocks(path):
    """Return the bash blocks of a page; what only a person can do (make, activate) is left to its own test."""
    found = re.findall(r"^```bash\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for block in found for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=lambda path: path.name)
def test_every_block_runs(path, tmp_path, demo_archive, small_site):
    """The commands of a page run in order in one shell, in a folder that holds the demo's archive."""
    demo_archive.copy_to(tmp_path)
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    small_site.world.put("news.example", "/2026/01/chips", PAGE)
    lines = [line for line in blocks(path) if not line.startswith(("make ", ". .venv/", "archive serve", "git pull"))]
    assert lines
    env = os.environ | {
        "ARCHIVE_ORIGIN": small_site.origin,
        "ARCHIVE_DELAY_S": "0",
        "ARCHIVE_RESOLVE": f"news.example={small_site.origin.removeprefix('http://')}",
        "ARCHIVE_ALLOW_ADDRESSES": "127.0.0.1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    script = "set -euo pipefail\n" + "\n".join(lines)
    ran = subprocess.run(
        ["bash", "-c", script], check=False, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]


def test_the_readme_opens_with_the_two_commands_that_set_up():
    assert blocks(ROOT / "README.md")[:2] == ["make demo", "make test"]


@pytest.mark.parametrize(
    ("target", "words"),
    [("demo", "archive demo --port 8001"), ("test", "-m pytest"), ("install", "--editable"), ("check", "ruff")],
)
def test_make_sets_up_and_then_does_the_work(target, words, tmp_path):
    """What make would run in a fresh clone: the environment, the packages, then the work."""
    ran = subprocess.run(
        ["make", "-n", target, f"VENV={tmp_path}/venv"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert words in ran.stdout
    assert ran.stdout.index("venv") < ran.stdout.index("--constraint constraints.txt")
    assert ran.stdout.index("--constraint constraints.txt") <= ran.stdout.index(words) or target == "install"

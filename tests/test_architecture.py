"""The doors between the rooms and the sizes of things: the house stays as docs/architecture.md draws it."""

import ast
import re
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for top in ("archive", "spiders") for path in (ROOT / top).rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION, USUAL_FUNCTION, MEDIAN_FUNCTION = 400, 60, 25, 10

# (room, what it never imports). A new room gets its line here first.
DOORS = [
    ("archive", ("spiders", "scrapy", "twisted")),
    ("archive.model", ("archive",)),
    ("archive.errors", ("archive",)),
    ("archive.store", ("archive.publish", "archive.search", "bs4", "lxml", "requests", "aiohttp", "datasette")),
    ("archive.publish", ("aiohttp", "requests")),
    ("archive.schedule", ("archive.store", "sqlite_utils")),
    ("archive.urls", ("archive.store",)),
    ("archive.dates", ("archive.store",)),
    ("archive.citations", ("archive.store",)),
    ("archive.mentions", ("archive.store",)),
    ("spiders.pages", ("scrapy", "twisted", "archive.store", "socket", "aiohttp", "requests", "urllib.request")),
    ("spiders.sites", ("scrapy", "twisted", "archive.store", "socket", "aiohttp", "requests", "urllib.request")),
]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def functions() -> list[tuple[int, str]]:
    sizes = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                sizes.append(((node.end_lineno or node.lineno) - node.lineno + 1, f"{name_of(path)}.{node.name}"))
    return sizes


@pytest.mark.parametrize(("room", "closed"), DOORS, ids=[room for room, _ in DOORS])
def test_a_room_imports_only_through_its_doors(room, closed):
    members = [path for path in MODULES if within(name_of(path), room)]
    assert members, f"{room} is gone: take its line out of DOORS"
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in members
        for module in sorted(imports_of(path))
        for door in closed
        if within(module, door)
    ]
    assert not wrong


def test_modules_are_short():
    long = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert not {name: size for name, size in long.items() if size > LONGEST_MODULE}


def test_functions_are_short():
    sizes = functions()
    assert not [(size, name) for size, name in sizes if size > LONGEST_FUNCTION]
    assert median(size for size, _ in sizes) <= MEDIAN_FUNCTION
    assert quantiles([size for size, _ in sizes], n=10)[-1] <= USUAL_FUNCTION


def test_no_room_is_named_for_nothing():
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}]


def test_only_pyproject_configures_the_tools():
    assert not [
        name for name in ("setup.cfg", "setup.py", "tox.ini", "mypy.ini", "pytest.ini") if (ROOT / name).exists()
    ]


def test_what_is_installed_is_pinned_by_name_and_version_alone():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert not [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)]

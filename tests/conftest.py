"""What many tests stand on: the demo's archive, built once by the real command, and a small site on loopback."""

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.loopback import LoopbackServer, World


def pytest_configure() -> None:
    """Hear SIGINT, and let the commands under test hear it, also where a shell began the tests in its background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class DemoArchive:
    """The folder that `archive demo --no-serve` made, and what it printed."""

    folder: Path
    printed: str

    @property
    def db(self) -> Path:
        return self.folder / "archive.db"

    def copy_to(self, folder: Path) -> Path:
        """Copy database and captures into *folder*, where commands find them by their default names."""
        shutil.copy(self.db, folder / "archive.db")
        shutil.copytree(self.folder / "archive.db.captures", folder / "archive.db.captures", dirs_exist_ok=True)
        return folder / "archive.db"


@dataclass(frozen=True)
class SmallSite:
    """Where the small HyperAI is, and what it was asked."""

    origin: str
    world: World


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "demo"
    command = [sys.executable, "-m", "archive", "demo", "--no-serve", "--dir", str(folder)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return DemoArchive(folder=folder, printed=ran.stdout)


@pytest.fixture
def small_site():
    """A HyperAI of two Japanese articles on loopback; its address is `.origin`."""
    world = World()
    listing = '<a href="/ja/news/2">二本目の見出し</a><a href="/ja/news/1">一本目の見出し</a>'
    world.put("127.0.0.1", "/ja/news", f'<html lang="ja"><body><main><h1>ニュース</h1>{listing}</main></body></html>')
    for number in (1, 2):
        words = f"第{number}号の計算機は、夜のあいだに校正を済ませ、朝には測定を始めた。結果は公開されている。"
        body = f"<h1>計算機の記録 第{number}号</h1>" + f"<p>{words}</p>" * 4
        world.put("127.0.0.1", f"/ja/news/{number}", f'<html lang="ja"><body><article>{body}</article></body></html>')
    with LoopbackServer(world) as server:
        yield SmallSite(origin=f"http://{server.address}", world=world)

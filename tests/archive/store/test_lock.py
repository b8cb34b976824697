"""One crawl at a time; a dead holder holds nothing."""

import signal
import subprocess
import sys

import pytest

from archive.errors import LockedError, StoreError
from archive.store.lock import crawl_lock

HOLDER = """
import os, signal, sys
from archive.store.lock import crawl_lock
with crawl_lock(sys.argv[1], command="archive crawl --limit 1"):
    print("held", flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_crawl_is_told_who_holds_the_lock_until_the_holder_is_dead(tmp_path):
    path = tmp_path / "a.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    words = rf"process {holder.pid} \(archive crawl --limit 1\)"
    with pytest.raises(LockedError, match=words), crawl_lock(path):
        pass
    holder.communicate(timeout=60)
    assert holder.returncode == -signal.SIGKILL
    with crawl_lock(path), pytest.raises(LockedError), crawl_lock(path):
        pass


def test_a_lock_that_cannot_be_made_is_said(tmp_path):
    with pytest.raises(StoreError, match="cannot be made"), crawl_lock(tmp_path / "no" / "a.db"):
        pass

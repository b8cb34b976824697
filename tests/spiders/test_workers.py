"""Processes beside the crawl: what they give, how they are ended, and that none is left behind."""

import asyncio
import contextlib
import operator
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from archive.errors import WorkError
from spiders.workers import Workers

ENDLESS = range(10**15)  # sum() of it takes weeks, in one call of C
LONG_S = 60.0


def with_workers(use: Callable[[Workers], Awaitable[Any]], *, n_processes: int = 1, cpu_limit_s: float = LONG_S) -> Any:
    async def run() -> Any:
        with contextlib.closing(Workers(n_processes, cpu_limit_s)) as workers:
            return await asyncio.wait_for(use(workers), LONG_S)

    return asyncio.run(run())


@pytest.mark.parametrize("n_processes", [0, 1, 2])
def test_every_job_gets_its_own_answer(n_processes: int) -> None:
    async def use(workers: Workers) -> list[int]:
        return await asyncio.gather(*(workers.run(operator.mul, number, b"x" * 300_000) for number in range(8)))

    assert [len(found) // 300_000 for found in with_workers(use, n_processes=n_processes)] == list(range(8))


def test_jobs_run_in_another_process_that_is_kept() -> None:
    async def use(workers: Workers) -> set[int]:
        return {await workers.run(os.getpid) for _ in range(3)}

    assert len(found := with_workers(use)) == 1
    assert os.getpid() not in found


def test_a_job_that_takes_too_long_ends_its_process_and_no_other_job() -> None:
    async def use(workers: Workers) -> list[Any]:
        jobs = (workers.run(operator.add, 1, 1), workers.run(sum, ENDLESS), workers.run(operator.add, 2, 2))
        return await asyncio.gather(*jobs, return_exceptions=True)

    before, slow, after = with_workers(use, cpu_limit_s=0.3)
    assert (before, after) == (2, 4)
    assert isinstance(slow, WorkError)
    assert "CPU time" in str(slow)


def test_a_job_that_ends_its_process_is_tried_twice_and_costs_no_other() -> None:
    async def use(workers: Workers) -> list[Any]:
        jobs = (workers.run(os._exit, 3), workers.run(operator.add, 2, 2))
        return await asyncio.gather(*jobs, return_exceptions=True)

    dead, other = with_workers(use)
    assert isinstance(dead, WorkError)
    assert "twice" in str(dead)
    assert other == 4


def test_a_process_that_is_killed_costs_nothing() -> None:
    async def use(workers: Workers) -> tuple[int, int]:
        first = await workers.run(os.getpid)
        os.kill(first, signal.SIGKILL)
        return first, await workers.run(os.getpid)

    first, second = with_workers(use)
    assert first != second


def test_what_a_job_raises_is_told_in_words() -> None:
    async def use(workers: Workers) -> int:
        return await workers.run(int, "港")

    with pytest.raises(WorkError, match="ValueError: invalid literal"):
        with_workers(use)


def test_signals_of_the_group_do_not_end_a_process_at_work() -> None:
    async def use(workers: Workers) -> int:
        pid = await workers.run(os.getpid)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(pid, number)
        return int(await workers.run(os.getpid) == pid)

    assert with_workers(use)


def test_a_crawl_with_readers_stores_what_one_without_does(site) -> None:
    assert (summary := site.crawl(settings={"readers": 1})).new == 3
    assert (summary.problems, summary.cited) == (0, {"ok": 3, "blocked-address": 1})


PARENT = """
import asyncio, os, sys
from spiders.workers import Workers

async def main():
    workers = Workers(1, 60.0)
    await workers.run(os.getpid)
    jobs = [asyncio.create_task(workers.run(sum, range(20_000_000))) for _ in range(2)]
    await asyncio.sleep(0)
    print("at work", flush=True)
    await asyncio.gather(*jobs)

asyncio.run(main())
"""


def test_a_killed_parent_leaves_no_process_behind() -> None:
    root = Path(__file__).parents[2]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=root, text=True, **pipes) as parent:
        assert parent.stdout
        assert parent.stdout.readline().strip() == "at work"
        parent.kill()
        # The worker holds the other end of stderr as well: that it is read to its end says that nobody is left.
        _, errors = parent.communicate(timeout=LONG_S)
    assert "Traceback" not in errors

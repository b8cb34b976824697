"""Processes that read pages beside the crawl: on another core, and ended when a page takes too long.

A job is a function of a module, with what it needs; it gives the same wherever it runs. A process that dies costs no
more than the job it was at.
"""

import asyncio
import contextlib
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from archive.errors import WorkError
from spiders.worker import HEAD

T = TypeVar("T")

N_AHEAD = 2  # jobs that a process has at once: it begins the next while its answer is on its way
MOST_TRIES = 2  # a job that ended so many processes is given up
THREAD_LIMIT_S = 20.0  # without processes: after so long a job is given up, and its thread ends by itself
_RECEIVED_BYTES = 1 << 18
_PROGRAM = "import sys; sys.path[:] = sys.argv[2:]; from spiders.worker import serve; serve(float(sys.argv[1]))"


@dataclass(eq=False, slots=True)
class _Job:
    message: bytes
    answer: "asyncio.Future[Any]"
    n_tries: int = 0


@dataclass(eq=False, slots=True)
class _Worker:
    process: "subprocess.Popen[bytes]"
    socket: socket.socket
    jobs: deque[_Job] = field(default_factory=deque)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    listener: "asyncio.Task[None] | None" = None


class Workers:
    """At most *n_processes* processes, started when there is work; with none, jobs run in threads.

    *cpu_limit_s* is the most CPU time of one job, seconds. For one event loop; close() may be called after its end.
    """

    def __init__(self, n_processes: int, cpu_limit_s: float) -> None:
        self._n_processes, self._cpu_limit_s = n_processes, cpu_limit_s
        self._workers: list[_Worker] = []
        self._room = asyncio.Semaphore(N_AHEAD * max(1, n_processes))
        self._is_closed = False

    async def run(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """Return what *function* gives in another process.

        Raises WorkError when it raises there, takes too long, or ends its process twice.
        """
        if not self._n_processes:
            return await asyncio.wait_for(asyncio.to_thread(function, *args, **options), THREAD_LIMIT_S)
        async with self._room:  # before the message is made: those that wait hold their page once
            message = pickle.dumps((function, args, options), pickle.HIGHEST_PROTOCOL)
            job = _Job(HEAD.pack(len(message)) + message, asyncio.get_running_loop().create_future())
            del message
            await self._hand_out(job)
            found: T = await job.answer
            return found

    def close(self) -> None:
        """End the processes at once; what they were at is given up."""
        self._is_closed = True
        for worker in self._workers:
            worker.process.kill()
            worker.process.wait()
            if worker.listener:
                worker.listener.cancel()
        self._workers.clear()

    async def _hand_out(self, job: _Job) -> None:
        worker = min(self._workers, key=lambda one: len(one.jobs), default=None)
        if worker is None or (worker.jobs and len(self._workers) < self._n_processes):
            worker = self._start()
        worker.jobs.append(job)
        # One that dies meanwhile is noticed by its listener, which has the job again.
        with contextlib.suppress(OSError):
            async with worker.sending:
                await asyncio.get_running_loop().sock_sendall(worker.socket, job.message)

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", _PROGRAM, str(self._cpu_limit_s), *sys.path]
            process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)  # noqa: S603
        ours.setblocking(False)
        worker = _Worker(process, ours)
        worker.listener = asyncio.get_running_loop().create_task(self._listen(worker))
        self._workers.append(worker)
        return worker

    async def _listen(self, worker: _Worker) -> None:
        """Give every answer to its job; after the process's end, its jobs to another."""
        loop, buffer = asyncio.get_running_loop(), bytearray()
        with worker.socket, contextlib.suppress(ConnectionError):
            while received := await loop.sock_recv(worker.socket, _RECEIVED_BYTES):
                buffer += received
                for answer in _answers(buffer):
                    _settle(worker.jobs.popleft(), answer)
        if self._is_closed:
            return
        self._workers.remove(worker)
        worker.process.kill()
        status = worker.process.wait()
        if worker.jobs and (error := _fault(worker.jobs[0], status)):
            job = worker.jobs.popleft()
            if not job.answer.done():
                job.answer.set_exception(error)
        for job in worker.jobs:
            await self._hand_out(job)


def _answers(buffer: bytearray) -> list[bytes]:
    """Take the whole messages off the start of *buffer*."""
    found = []
    while len(buffer) >= HEAD.size and len(buffer) >= (end := HEAD.size + HEAD.unpack_from(buffer)[0]):
        found.append(bytes(memoryview(buffer)[HEAD.size : end]))
        del buffer[:end]
    return found


def _settle(job: _Job, answer: bytes) -> None:
    is_done, value = pickle.loads(answer)  # noqa: S301 - from a process of ours
    if job.answer.done():
        return  # nobody waits for it any more
    if is_done:
        job.answer.set_result(value)
    else:
        job.answer.set_exception(WorkError(value))


def _fault(job: _Job, status: int) -> WorkError | None:
    """Return why the job that a process died of is given up; None when it is tried once more."""
    job.n_tries += 1
    if status == -signal.SIGPROF:
        return WorkError("takes more CPU time than a page may")
    return WorkError(f"ended its process twice (status {status})") if job.n_tries >= MOST_TRIES else None

"""The process behind spiders.workers: does one job after another, until its parent is gone or a job takes too long.

It only computes: what a job needs comes with it, and what comes of it goes back the same way.
"""

import contextlib
import os
import pickle
import signal
import socket
import struct
from io import BytesIO

from spiders.memory import give_back_after

HEAD = struct.Struct("!Q")  # a message is its length and a pickle; both ends are processes of ours


def serve(cpu_limit_s: float) -> None:
    """Answer the jobs that come through file descriptor 0; a job that needs more CPU than this ends the process.

    No handler has to run for that: SIGPROF ends a process that is deep in a library as well.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they reach the whole group; the parent decides, and its end is ours
    with (
        contextlib.suppress(ConnectionError),  # the parent is gone
        socket.socket(fileno=os.dup(0)) as parent,
        parent.makefile("rb") as jobs,
    ):
        while len(head := jobs.read(HEAD.size)) == HEAD.size:
            n_bytes = HEAD.unpack(head)[0]
            signal.setitimer(signal.ITIMER_PROF, cpu_limit_s)
            answer = _answer(BytesIO(jobs.read(n_bytes)))
            signal.setitimer(signal.ITIMER_PROF, 0)
            parent.sendall(HEAD.pack(len(answer)) + answer)
            del answer
            give_back_after(n_bytes)


def _answer(message: BytesIO) -> bytes:
    try:
        function, args, options = pickle.load(message)  # noqa: S301 - from our parent
        message.close()  # the page is held once
        return pickle.dumps((True, function(*args, **options)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, f"{type(error).__name__}: {error}"[:500]))

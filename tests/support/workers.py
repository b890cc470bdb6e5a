"""Starts xdist's workers as forks of a process that has imported the tests' modules: each would take ten seconds for that.

As a program, this is that process, or what xdist starts in a worker's place: it hands its pipes over, and runs as long as the
worker.
"""

import gc
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = (sys.executable, "-m", "tests.support.workers")


def begin(config: pytest.Config, specs: Sequence[Any]) -> None:
    """Lets xdist start its workers so.

    Args:
        config: of the run that is spread.
        specs: of the workers, as xdist's hook has them.
    """
    if sys.platform != "linux":  # the libraries of macOS may end a fork that has loaded them
        return
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    address = str(Path(folder.name) / "socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        number = listening.fileno()
        process = subprocess.Popen(
            [*_PROGRAM, "imports", str(number), *config.invocation_params.args],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[number],
        )

    def end() -> None:
        process.communicate()  # its input ends, and then it

    config.add_cleanup(end)
    for each in specs:
        each.python = shlex.join([*_PROGRAM, "hands over", address])


class _NoTests:
    """Lets pytest import a module, and look for no tests in it."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self) -> list[pytest.Item]:
        return []


def _import(words: Sequence[str]) -> None:
    """Imports as pytest does, which rewrites assertions. What can't be imported is told by the workers."""
    pytest.main([*words, "-n0", "--collect-only", "-q", "-s"], plugins=[_NoTests()])
    sys.stdout.flush()
    gc.freeze()


def _wanted(listening: socket.socket) -> Iterator[socket.socket]:
    """Yields a connection for each worker that is wanted, until whoever started this process ends."""
    while True:
        ready, _, _ = select.select([listening, sys.stdin], (), ())
        if sys.stdin in ready:
            return
        yield listening.accept()[0]


def _serve(listening: socket.socket) -> None:
    """Forks workers. Returns in each of them, and when no more are wanted."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run that is interrupted ends this process
    for connection in _wanted(listening):
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _, pipes, _, _ = socket.recv_fds(connection, 1, 2)
            for standard, pipe in enumerate(pipes):
                os.dup2(pipe, standard)
                os.close(pipe)
            connection.detach()  # open as long as this process
            listening.close()
            sys.stdin = os.fdopen(0, closefd=False)
            # What xdist lets a Python of its own run, with the names of a program.
            exec(eval(sys.stdin.readline()), vars(sys.modules["__main__"]))  # noqa: S102, S307
            return
        connection.close()


def _hand_over(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"."], [0, 1])
        os.close(0)
        os.close(1)
        connection.recv(1)


if __name__ == "__main__":
    if sys.argv[1] == "imports":
        _import(sys.argv[3:])
        with socket.socket(fileno=int(sys.argv[2])) as given:
            _serve(given)
    else:
        _hand_over(sys.argv[2])

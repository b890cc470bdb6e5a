"""Starts the processes of functions for the emulator, by forks of one process that has their packages already."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any


class FunctionProcesses:
    """Stands for `subprocess` in the emulator, and starts what is a function of Python by a fork."""

    def __init__(self) -> None:
        self._one_by_one = Lock()
        self._start()

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: list[str], **options: Any) -> Any:  # noqa: N802 -- as in `subprocess`
        """Starts a command."""
        if command[0] != sys.executable or Path(command[-1]).name != "_worker.py":
            return subprocess.Popen(command, **options)
        return FunctionProcess(self._fork, command[-1], options["cwd"], options["env"])

    def stop(self) -> None:
        """Ends the process that forks; no function can be started any more."""
        self._asked.close()
        self._forks.wait()

    def _fork(self, descriptors: list[int]) -> None:
        with self._one_by_one:
            if self._forks.poll() is not None:
                self._asked.close()
                self._start()
            socket.send_fds(self._asked, [b"f"], descriptors)

    def _start(self) -> None:
        self._asked, theirs = socket.socketpair()
        with theirs:
            self._forks = subprocess.Popen(
                [sys.executable, "-m", "local.emulator.function_forks", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )


class FunctionProcess:
    """Is the process of a function, with what the emulator asks of a `subprocess.Popen`.

    Attributes:
        pid: its id.
        returncode: None while it runs, -1 when it has ended: nobody asks how.
        stdin: takes lines of text.
        stdout: gives lines of text.
        stderr: gives lines of text.
    """

    def __init__(
        self,
        fork: Callable[[list[int]], None],
        script: str,
        folder: str,
        environment: Mapping[str, str],
    ) -> None:
        stdin, stdout, stderr = os.pipe(), os.pipe(), os.pipe()
        self._told, told = socket.socketpair()
        try:
            fork([stdin[0], stdout[1], stderr[1], told.fileno()])
        finally:
            told.close()
            for each in (stdin[0], stdout[1], stderr[1]):
                os.close(each)
        self.stdin, self.stdout, self.stderr = open(stdin[1], "w"), open(stdout[0]), open(stderr[0])  # noqa: SIM115, PTH123 -- for its life
        request = {"script": script, "folder": folder, "environment": dict(environment)}
        self._told.sendall(json.dumps(request).encode() + b"\n")
        self.pid = int(self._told.recv(64))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Returns None while the process runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end, so many seconds.

        Raises:
            subprocess.TimeoutExpired: it runs on.
        """
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return ended

    def terminate(self) -> None:
        """Asks it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it."""
        self._signal(signal.SIGKILL)

    def _ended_within(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = -1  # it says nothing more, so this is the end of its socket
            self._told.close()
        return self.returncode

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

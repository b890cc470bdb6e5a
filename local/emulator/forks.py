"""Starts functions' processes as forks of one that has their libraries: each would spend half a second on importing them.

A fork has imported nothing of what is deployed, so its function starts as it would in a Python of its own. As a program,
this is the process that is forked: it takes its end of a socket and the modules' names, and ends with the emulator.
"""

import gc
import json
import os
import re
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from local.emulator import package

_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
_NUMBER = struct.Struct("!Q")
_PIPES = 4  # standard input, output and errors, and one that is open as long as the process runs
_ENDED = -1  # how, the emulator never asks


class Forker:
    """Has a process that is forked for each function."""

    def __init__(self, modules: Sequence[str]) -> None:
        """Starts it.

        Args:
            modules: what all forks have imported; a name that can't be imported is passed over, since `libraries` may take
                words of a docstring for one.
        """
        self._alone = threading.Lock()
        self._socket, others = socket.socketpair()
        with others:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, str(others.fileno()), *modules],
                stdin=subprocess.DEVNULL,
                pass_fds=[others.fileno()],
            )

    def start(self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], **_: Any) -> "Fork":
        """Starts a function's process, as `subprocess.Popen` would; with pipes, and with text by lines in them.

        Args:
            command: a Python, which is taken to be this one, and a script of its.
            cwd: the folder that it runs in.
            env: all its environment variables.
        """
        asked = json.dumps({"folder": cwd, "environment": dict(env), "script": command[1]}).encode()
        pipes = [os.pipe() for _ in range(_PIPES)]
        given = [pipes[0][0], *(writer for _, writer in pipes[1:])]
        try:
            with self._alone:
                socket.send_fds(self._socket, [_NUMBER.pack(len(asked))], given)
                self._socket.sendall(asked)
                (pid,) = _NUMBER.unpack(self._socket.recv(_NUMBER.size, socket.MSG_WAITALL))
        finally:
            for each in given:
                os.close(each)
        return Fork(pid, pipes[0][1], *(reader for reader, _ in pipes[1:]))

    def close(self) -> None:
        """Ends the process that is forked; the forks run on."""
        self._socket.close()
        self._process.wait()


class Fork:
    """Stands in for `subprocess.Popen` where the emulator starts a function."""

    def __init__(self, pid: int, given: int, answers: int, errors: int, running: int) -> None:
        """A process by its number and our ends of its pipes."""
        self.pid = pid
        self.stdin = os.fdopen(given, "w", buffering=1)
        self.stdout = os.fdopen(answers)
        self.stderr = os.fdopen(errors)
        self._running = os.fdopen(running)

    def poll(self) -> int | None:
        """Returns None while the process runs."""
        return _ENDED if self._ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end of the process.

        Raises:
            subprocess.TimeoutExpired: it runs on after so many seconds.
        """
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired("a function", timeout or 0)
        return _ENDED

    def terminate(self) -> None:
        """Asks the process to end."""
        self._tell(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process."""
        self._tell(signal.SIGKILL)

    def close(self) -> None:
        """Closes our ends of the pipes."""
        for each in (self.stdin, self.stdout, self.stderr, self._running):
            each.close()

    def _tell(self, what: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, what)

    def _ended(self, timeout: float | None) -> bool:
        """Returns whether the process has ended, which closes the pipe that it has for that."""
        ready = select.poll()
        ready.register(self._running)
        return bool(ready.poll(None if timeout is None else timeout * 1000))


def libraries() -> list[str]:
    """Returns the modules that the functions' code imports, but for our own and Python's."""
    files = [path for name in package.DEPLOYED for path in package.shipped(package.ROOT / name)]
    named = {found for path in files if path.suffix == ".py" for found in _IMPORT.findall(path.read_text())}
    others = {*package.DEPLOYED, *sys.stdlib_module_names}
    return sorted(name for name in named if name.partition(".")[0] not in others)


def _asked(source: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Yields what to run, and its pipes, until the emulator has ended."""
    while True:
        size, pipes, _, _ = socket.recv_fds(source, _NUMBER.size, _PIPES)
        if not size:
            return
        yield json.loads(source.recv(_NUMBER.unpack(size)[0], socket.MSG_WAITALL)), list(pipes)


def _serve(source: socket.socket, modules: Sequence[str]) -> None:
    for each in modules:
        with suppress(ImportError):
            import_module(each)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
    for asked, pipes in _asked(source):
        pid = os.fork()
        if pid == 0:
            source.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run(pipes, **asked)
        for pipe in pipes:
            os.close(pipe)
        source.sendall(_NUMBER.pack(pid))


def _run(pipes: Sequence[int], folder: str, environment: Mapping[str, str], script: str) -> NoReturn:
    """Becomes a Python that runs a script."""
    for standard, pipe in enumerate(pipes[:-1]):
        os.dup2(pipe, standard)
        os.close(pipe)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent)
    code = 0
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as a Python of its own would
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as mine:
        _serve(mine, sys.argv[2:])

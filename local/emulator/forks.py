"""Starts processes as forks of one that has their libraries: each would spend half a second on importing them.

A fork has imported nothing of what is deployed, so a function starts as it would in a Python of its own. As a program,
this is the process that is forked: it takes its end of a socket and the modules' names, and ends with whoever started it.
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
import tempfile
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
    """Has a process that is forked for each that is wanted."""

    def __init__(self, modules: Sequence[str], *, itself: bool = False) -> None:
        """Starts it.

        Args:
            modules: what all forks have imported; a name that can't be imported is passed over, since `libraries` may take
                words of a docstring for one.
            itself: whether it is a fork of this process, whose modules it has then; this one may have no other thread.
        """
        self._alone = threading.Lock()
        self._socket, others = socket.socketpair()
        with others:
            self._pid = os.fork() if itself else _started(others, modules)
            if self._pid == 0:
                self._socket.close()
                _serve(others, modules)
                os._exit(0)

    def start(self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], **_: Any) -> "Fork":
        """Starts a function's process, as `subprocess.Popen` would; with pipes, and with text by lines in them.

        Args:
            command: a Python, which is taken to be this one, and a script of its.
            cwd: the folder that it runs in.
            env: all its environment variables.
        """
        pipes = [os.pipe() for _ in range(_PIPES)]
        given = [pipes[0][0], *(writer for _, writer in pipes[1:])]
        try:
            pid = self._asked(given, script=command[1], words=(), folder=cwd, environment=env)
        finally:
            for each in given:
                os.close(each)
        return Fork(pid, pipes[0][1], *(reader for reader, _ in pipes[1:]))

    def run(self, words: Sequence[str], output: int, environment: Mapping[str, str], folder: Path) -> int:
        """Runs a module as a program, in a process group of its own; as `processes.run`, in whose place it stands.

        Args:
            words: the module's name, and its arguments.
            output: takes what it prints.
            environment: all its variables.
            folder: where it runs.

        Returns:
            Its process id.
        """
        module, *others = words
        with Path(os.devnull).open("rb") as nothing:
            given = [nothing.fileno(), output, output, output]
            return self._asked(
                given, module=module, words=others, folder=str(folder), environment=environment
            )

    def _asked(self, given: Sequence[int], *, environment: Mapping[str, str], **named: Any) -> int:
        """Returns the process id of a new fork with these pipes."""
        asked = json.dumps({"environment": dict(environment), **named}).encode()
        with self._alone:
            socket.send_fds(self._socket, [_NUMBER.pack(len(asked))], given)
            self._socket.sendall(asked)
            (pid,) = _NUMBER.unpack(self._socket.recv(_NUMBER.size, socket.MSG_WAITALL))
        return int(pid)

    def close(self) -> None:
        """Ends the process that is forked; the forks run on."""
        self._socket.close()
        os.waitpid(self._pid, 0)


def _started(others: socket.socket, modules: Sequence[str]) -> int:
    return subprocess.Popen(
        [sys.executable, "-m", __spec__.name, str(others.fileno()), *modules],
        stdin=subprocess.DEVNULL,
        pass_fds=[others.fileno()],
    ).pid


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
    if "boto3" in sys.modules:
        from local.emulator import read_once  # noqa: PLC0415 -- takes as long to import as what it reads

        read_once.keep()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted ends this one
    for asked, pipes in _asked(source):
        pid = os.fork()
        if pid == 0:
            source.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _run(pipes, **asked)
        if "module" in asked:
            os.setpgid(pid, pid)
        for pipe in pipes:
            os.close(pipe)
        source.sendall(_NUMBER.pack(pid))


def _run(
    pipes: Sequence[int],
    *,
    folder: str,
    environment: Mapping[str, str],
    words: Sequence[str],
    script: str = "",
    module: str = "",
) -> NoReturn:
    """Becomes a Python that runs a script; or a module, in a process group of its own."""
    for standard, pipe in enumerate(pipes[:-1]):
        os.dup2(pipe, standard)
        os.close(pipe)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None  # what was found by the variables of the process that was forked
    sys.argv = [script or module, *words]
    sys.path[0] = str(Path(script).parent) if script else folder
    code = 0
    try:
        if script:
            runpy.run_path(script, run_name="__main__")
        else:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
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

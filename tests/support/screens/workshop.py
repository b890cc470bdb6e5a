"""Starts commands quickly: one process imports everything once, and makes a copy of itself for each command.

`Workshop` is the side of the tests. The other side runs as `python -m tests.support.screens.workshop SOCKET`.
"""

import fcntl
import importlib
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tests.support import copies, terminal
from tests.support.screens import substitutes
from tests.support.terminal import Shown

_MODULES = ("boto3", "duckdb", "local.cli", "local.demo.run", "ops.app", "replay.cli")
_WAITING = 20.0  # seconds


class Child:
    """A command that runs, in the form that `tests.support.terminal` watches."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.pid = int(_said(connection))
        self._code: int | None = None
        connection.setblocking(False)

    def poll(self) -> int | None:
        if self._code is None:
            try:
                self._code = int(self._connection.recv(100))
            except BlockingIOError:
                return None
            self._connection.close()
        return self._code

    def wait(self) -> int:
        deadline = time.monotonic() + _WAITING
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError("the command does not end")
            time.sleep(0.005)
        return code


class Workshop:
    """Runs commands, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "workshop"
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.support.screens.workshop", str(self._path)], stdout=subprocess.PIPE
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"

    def close(self) -> None:
        self._server.terminate()
        self._server.communicate()

    def at_a_terminal(  # noqa: PLR0917 -- a terminal has its parts
        self,
        words: Sequence[str],
        home: Path,
        columns: int = terminal.COLUMNS,
        environment: Mapping[str, str] | None = None,
        meanwhile: Callable[[int], None] = lambda _: None,
        pressed: tuple[str, bytes] = ("", b""),
    ) -> tuple[Shown, bytes]:
        """Runs a command on a terminal; returns what it showed, and the same with its colours.

        Args:
            words: the command line, its program first.
            home: the folder where it runs.
            columns: the width of its terminal.
            environment: what it finds beside an empty environment.
            meanwhile: is called with its process id once it runs.
            pressed: a text, and the key that is pressed as soon as it is shown; nothing without a text.
        """
        ours, its_own = pty.openpty()
        try:
            fcntl.ioctl(its_own, termios.TIOCSWINSZ, struct.pack("HHHH", terminal.ROWS, columns, 0, 0))
            child = self._start(words, home, {"TERM": "xterm", **(environment or {})}, [its_own] * 3)
        finally:
            os.close(its_own)
        try:
            meanwhile(child.pid)
            return terminal.watch(child, ours, time.monotonic() + _WAITING, *pressed)
        finally:
            os.close(ours)

    def in_a_pipe(
        self, words: Sequence[str], home: Path, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Runs a command without a terminal; returns its exit code and its two outputs."""
        files = [home / "in", home / "out", home / "err"]
        files[0].touch()
        with files[0].open("rb") as first, files[1].open("wb") as out, files[2].open("wb") as err:
            numbers = [each.fileno() for each in (first, out, err)]
            child = self._start(words, home, environment or {}, numbers)
            code = child.wait()
        return code, files[1].read_text(), files[2].read_text()

    def _start(
        self, words: Sequence[str], home: Path, environment: Mapping[str, str], files: Sequence[int]
    ) -> Child:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(str(self._path))
        order = {"words": list(words), "home": str(home), "environment": dict(environment)}
        socket.send_fds(connection, [json.dumps(order).encode()], list(files))
        return Child(connection)


def _said(connection: socket.socket) -> bytes:
    text = b""
    while not text.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            raise ConnectionError("the workshop is closed")
        text += piece
    return text


def _become(order: Any, files: Sequence[int]) -> NoReturn:
    os.setsid()
    for number, each in enumerate(files):
        os.dup2(each, number)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["home"])
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | order["environment"])
    sys.argv = list(order["words"])
    code: Any = 1
    try:
        _run(sys.argv[0])
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 -- shown, as Python would
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _run(program: str) -> None:
    # Those of this process were made before it had its terminal.
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, closefd=False)  # noqa: SIM115 -- of a descriptor
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    with substitutes.installed():
        importlib.import_module("replay.cli" if program == "replay" else "ops.app").main()


if __name__ == "__main__":
    copies.serve(sys.argv[1], _MODULES, _become)

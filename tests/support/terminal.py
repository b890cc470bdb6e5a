"""Runs a command as a person does: on a terminal of its own, whose keys can be pressed."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

COLUMNS, ROWS = 80, 24
CTRL_C, CTRL_D = b"\x03", b"\x04"
_PIECE = 65_536
_MISSED = 4.0  # seconds
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# The first process of a new session makes its terminal the session's, so that the keys reach the whole group; and it
# takes the signal of Ctrl-C, which a shell has ignored by what it starts in the background.
_TAKE_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""
# What tells a command that its terminal is another than it is.
_OVERRULED = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The exit code of a command, and all frames of what it showed, without colours and moves of the cursor."""

    code: int
    text: str


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 60.0,
    interrupt_at: str | None = None,
) -> Shown:
    """Runs a command on a terminal to its end.

    Args:
        command: its words.
        cwd: where it runs.
        environment: its own, less what would hide the terminal from it; the caller's without one.
        seconds: after which its process group is killed.
        interrupt_at: a text; as soon as it is shown, Ctrl-C is pressed, once.

    Raises:
        TimeoutError: it did not end in time; says what was shown until then.
    """
    given = os.environ if environment is None else environment
    terminal, its_end = pty.openpty()
    try:
        fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        child = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *command],
            cwd=cwd,
            env={key: value for key, value in given.items() if key not in _OVERRULED} | {"TERM": "xterm"},
            stdin=its_end,
            stdout=its_end,
            stderr=its_end,
            start_new_session=True,
        )
    finally:
        os.close(its_end)
    try:
        return watch(child, terminal, time.monotonic() + seconds, interrupt_at)[0]
    finally:
        os.close(terminal)


class Running(Protocol):
    """A process that was started on a terminal."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...


def watch(
    child: Running, terminal: int, deadline: float, interrupt_at: str | None = None, key: bytes = CTRL_C
) -> tuple[Shown, bytes]:
    """Reads what a process shows until it ends; returns it, and the same with colours and moves of the cursor.

    As soon as the text `interrupt_at` is shown, the key is pressed; and again after a while in which nothing happens,
    because Python's `input` misses a signal between its prompt and its wait.
    """
    shown, over, again = b"", False, float("inf")
    while not over:
        # Whatever it left running may hold the terminal open, so its own end counts.
        over = child.poll() is not None
        while piece := _read(terminal, 0.0 if over else 0.1):
            shown += piece
            if interrupt_at and interrupt_at in _plain(shown):
                interrupt_at = None
                os.write(terminal, key)
                again = time.monotonic() + _MISSED
        if not over and time.monotonic() > again:
            os.write(terminal, key)
            again = time.monotonic() + _MISSED
        if not over and time.monotonic() > deadline:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise TimeoutError(f"did not end; it showed: {_plain(shown)}")
    return Shown(child.wait(), _plain(shown)), shown


def _read(terminal: int, seconds: float) -> bytes:
    """Returns what is there within some seconds; nothing where nothing is, or nobody has the other end any more."""
    if not select.select([terminal], [], [], seconds)[0]:
        return b""
    try:
        return os.read(terminal, _PIECE)
    except OSError:  # Linux's way to say that the other end is closed
        time.sleep(seconds)
        return b""


def _plain(shown: bytes) -> str:
    return _CONTROL.sub("", shown.decode(errors="replace")).replace("\r\n", "\n")

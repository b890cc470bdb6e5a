"""Runs a command line from its first word to its exit code. All commands end by the same rules.

The exit codes are: 0 done; 1 something failed, and the command has said what; 2 wrong usage, or nothing to work on; 130
interrupted.
"""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer
from typer.exceptions import Abort, TyperException

from ops import console
from ops.errors import CommandError, Interrupted

_MODULE = "__main__.py"
_PUT_OFF = (signal.SIGINT, signal.SIGTERM)


def run(app: typer.Typer, name: str) -> NoReturn:
    """Runs a command line. Whatever ends it early is printed as an `error:` and a `hint:` line.

    Args:
        app: the command line with its commands.
        name: the name that people type.
    """
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        code = app(prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except Interrupted as error:
        _leave(str(error), error.hint)
    except Abort:  # Ctrl-C or Ctrl-D at a prompt, whose line has no end yet
        console.aside("")
        code = Interrupted.exit_code
    except CommandError as error:
        console.error(str(error), error.hint)
        sys.exit(error.exit_code)
    except TyperException as error:
        _misused(error, name)
        sys.exit(error.exit_code)
    except (
        BrokenPipeError
    ):  # `| head` has seen enough; the rest goes nowhere, so that Python's last flush fails no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if code == Interrupted.exit_code:  # typer's answer to Ctrl-C
        _leave("interrupted: what was done stays done", f"`{typed()}` goes on where this one ended")
    sys.exit(code)


def typed() -> str:
    """Returns the command line that was typed, to be typed again."""
    path = Path(sys.argv[0])
    program = f"python -m {path.parent.name}" if path.name == _MODULE else shlex.quote(path.name)
    return " ".join([program, *map(shlex.quote, sys.argv[1:])])


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C and SIGTERM off until a block ends, for a call whose answer must be noted; a second one comes through.

    It changes nothing in threads other than the main one, because signals don't reach those.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    come: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if come:
            raise KeyboardInterrupt
        come.append(number)

    heard = [
        each for each in _PUT_OFF if callable(signal.getsignal(each))
    ]  # a job in the background ignores Ctrl-C
    before = {each: signal.signal(each, note) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if come:
        raise KeyboardInterrupt


def _leave(message: str, hint: str) -> NoReturn:
    """Ends an interrupted command. Requests that are on their way in other threads are not waited for."""
    console.error(message, hint)
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(Interrupted.exit_code)
    sys.exit(Interrupted.exit_code)


def _misused(error: TyperException, name: str) -> None:
    """Says what is wrong with a command line, or shows the help of a command that needs a subcommand."""
    said, context = error.format_message(), getattr(error, "ctx", None)
    if said.startswith("Usage:"):
        console.aside(said)
    else:
        console.error(said, f"{context.command_path if context else name} --help")


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

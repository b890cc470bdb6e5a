"""Runs a command line from its first word to its exit code. All commands end by the same rules.

The exit codes are: 0 done; 1 something failed, and the command has said what; 2 wrong usage, or nothing to work on; 130
interrupted.
"""

import os
import shlex
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer
from typer.exceptions import Abort, TyperException

from ops import console
from ops.errors import CommandError, Interrupted

_MODULE = "__main__.py"


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

"""Runs a command line from its first word to its exit code. All commands end by the same rules.

The exit codes are: 0 done; 1 something failed, and the command has said what; 2 wrong usage, or nothing to work on; 130
interrupted.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from ops import console
from ops.errors import CommandError

_INTERRUPTED = 130


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
    if code == _INTERRUPTED:  # typer's answer to Ctrl-C
        console.error(
            "interrupted: what was done stays done", "the same command goes on where this one ended"
        )
    sys.exit(code)


def _misused(error: TyperException, name: str) -> None:
    """Says what is wrong with a command line, or shows the help of a command that needs a subcommand."""
    said, context = error.format_message(), getattr(error, "ctx", None)
    if said.startswith("Usage:"):
        console.aside(said)
    else:
        console.error(said, f"{context.command_path if context else name} --help")


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

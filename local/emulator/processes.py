"""Starts what runs beside the command line: each a Python of its own, in a process group of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Runner = Callable[[Sequence[str], int, Mapping[str, str], Path], int]


def _in_a_python_of_its_own(
    words: Sequence[str], output: int, environment: Mapping[str, str], folder: Path
) -> int:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ).pid


run: Runner = _in_a_python_of_its_own


def start(
    module: str,
    *words: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> int:
    """Runs a module as a program.

    Args:
        module: its full name.
        words: its arguments.
        log: a file that takes what it prints; what was in it is lost.
        environment: all variables that it has; this process's, if not given.
        folder: where it runs; where this process does, if not given.

    Returns:
        Its process id, which is the id of its process group too.
    """
    with log.open("wb") as output:
        variables = os.environ if environment is None else environment
        return run([module, *words], output.fileno(), variables, folder or Path.cwd())

"""Starts the processes of local stacks as forks of one that has imported what they need: a start takes half as long.

Stacks that a command starts (`make up`, `make demo`) start as they do for everybody.
"""

import atexit
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from local.emulator import forks, processes


def begin() -> None:
    """Lets this process start them so from now on."""
    if sys.platform == "linux":  # as `emulator_process` has it
        processes.run = _run


def _run(words: Sequence[str], output: int, environment: Mapping[str, str], folder: Path) -> int:
    return _forker().run(words, output, environment, folder)


@cache
def _forker() -> forks.Forker:
    forker = forks.Forker(["tests.support.stack_libraries"])
    atexit.register(forker.close)
    return forker

"""Runs this repository's commands as a shell would, in forks of a process that has imported them already.

A command that is started takes half a second of CPU time for its imports alone, which its next run takes again. Tests of how a
command starts, of a terminal and of signals start it as a process of its own.
"""

import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

COMMANDS = {"replay": "replay.cli", "order-tokenizer": "ops.app"}
_IMPORTED = (
    "replay.cli",
    "ops.status.cli",
    "ops.audit.cli",
    "ops.lake.cli",
    "ops.rekey.cli",
    "ops.honeytokens.cli",
    "tests.support.made_before",
)
_STREAMS = ("stdin", "stdout", "stderr")

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([*COMMANDS.values(), *_IMPORTED])


def run(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Runs a command to its end.

    Args:
        command: its name, a key of `COMMANDS`, or a path that ends in it; and its words.
        cwd: the folder that it runs in.
        environment: all variables that it has.
        stdin: what it can read.

    Returns:
        What `subprocess.run` returns where it captures text.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / each for each in _STREAMS]
        for each in files:
            each.write_text(stdin if each.name == "stdin" else "")
        process = _context.Process(target=_command, args=(list(command), cwd, dict(environment), files))
        process.start()
        process.join()
        _, stdout, stderr = (each.read_text() for each in files)
    return subprocess.CompletedProcess(list(command), process.exitcode or 0, stdout, stderr)


def _command(command: list[str], cwd: Path, environment: dict[str, str], files: list[Path]) -> None:
    gc.freeze()  # what was imported stays as it is, so the memory that the forks share is not copied
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for number, each in enumerate(files):
        os.dup2(os.open(each, os.O_RDWR | os.O_APPEND), number)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.argv = command
    import_module(COMMANDS[Path(command[0]).name]).main()

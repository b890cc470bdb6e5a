"""Tests that a command in a fork ends as one that a shell starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import forked

PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("command", "stdin"),
    [
        (["replay", "--help"], ""),
        (["replay", "list"], ""),
        (["order-tokenizer", "nonsense"], ""),
        (["order-tokenizer", "validate", "-"], '{"event_type": "order.placed"}\n{\n'),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_output_and_exit_code_are_those_of_a_process(tmp_path: Path, command: list[str], stdin: str) -> None:
    environment = {**os.environ, "COLUMNS": "77", "ORDER_TOKENIZER_ID_TOKEN": "none"}
    wanted = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]],
        cwd=tmp_path,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    found = forked.run(command, cwd=tmp_path, environment=environment, stdin=stdin)
    assert (found.returncode, found.stdout, found.stderr) == (
        wanted.returncode,
        wanted.stdout,
        wanted.stderr,
    )
    assert found.stdout + found.stderr

"""The terminal that tests run commands on is one to the commands, too."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.support import terminal

SIZE = "import os, sys; print(os.get_terminal_size(0), [sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty()]); sys.exit(3)"
WAITING = "import time; print('begun', flush=True); time.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_sees_a_terminal_of_eighty_columns_and_its_exit_code_is_told() -> None:
    shown = terminal.run(python(SIZE), environment={**os.environ, "COLUMNS": "300"})
    assert shown == terminal.Shown(3, "os.terminal_size(columns=80, lines=24) [True, True, True]\n")


def test_all_that_is_shown_is_read_to_the_end() -> None:
    shown = terminal.run(python("print('x' * 300_000)"))
    assert shown.text.count("x") == 300_000


def test_colours_and_moves_of_the_cursor_are_left_out() -> None:
    assert terminal.run(python(r"print('\x1b[1;31mred\x1b[0m\x1b[2K\x1b[?25l')")).text == "red\n"


def test_ctrl_c_reaches_every_process_of_the_command() -> None:
    inner = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {WAITING!r}]))"
    started = time.monotonic()
    shown = terminal.run(python(inner), interrupt_at="begun", seconds=30)
    assert time.monotonic() - started < 30
    assert shown.text.count("KeyboardInterrupt") == 2


def test_a_command_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(mark)!r}).touch()"
    parent = f"import subprocess, sys; print('begun', flush=True); subprocess.call([sys.executable, '-c', {child!r}])"
    with pytest.raises(TimeoutError, match="begun"):
        terminal.run(python(parent), seconds=1.5)
    time.sleep(3)
    assert not mark.exists()

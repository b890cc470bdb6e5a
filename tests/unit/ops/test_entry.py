"""However a command ends, its exit code says which way, and what went wrong is told in two lines."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import ClassVar

import pytest
import typer

from ops.entry import run
from ops.errors import CommandError

app = typer.Typer()


class OfItsOwn(CommandError):
    """An error with another exit code."""

    exit_code: ClassVar[int] = 1


@app.command()
def end(how: str) -> None:
    match how:
        case "failed":
            raise typer.Exit(1)
        case "error":
            raise CommandError("it broke", "try that")
        case "own":
            raise OfItsOwn("it broke", "try that")
        case "terminated":
            os.kill(os.getpid(), signal.SIGTERM)
        case "interrupted":
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Other tests may have left threads behind; with them the command would end this process at once.
    monkeypatch.setattr("ops.entry.threading.active_count", lambda: 1)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


ERROR = "error: it broke\nhint: try that\n"
INTERRUPTED = "error: interrupted: what was done stays done\nhint: `end {how}` goes on where this one ended\n"


@pytest.mark.parametrize(
    ("how", "code", "told"),
    [
        ("done", None, ""),
        ("failed", 1, ""),
        ("error", 2, ERROR),
        ("own", 1, ERROR),
        ("interrupted", 130, INTERRUPTED),
        ("terminated", 130, INTERRUPTED),
    ],
)
def test_each_end_has_its_code_and_its_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: str, code: int | None, told: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["end", how])
    with pytest.raises(SystemExit) as ended:
        run(app, "end")
    assert (ended.value.code, capsys.readouterr().err) == (code, told.replace("{how}", how))


class _Ended(BaseException):
    """Stands for the end of the process."""


def test_an_interrupted_command_does_not_wait_for_its_other_threads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = []

    def leave(code: int) -> None:
        codes.append(code)
        raise _Ended

    monkeypatch.setattr(sys, "argv", ["end", "interrupted"])
    monkeypatch.setattr("ops.entry.threading.active_count", lambda: 2)
    monkeypatch.setattr("ops.entry.os._exit", leave)
    with pytest.raises(_Ended):
        run(app, "end")
    assert (codes, capsys.readouterr().err) == ([130], INTERRUPTED.replace("{how}", "interrupted"))


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        command = [sys.executable, "-m", "ops", "lake", "tables"]
        done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (1, "")

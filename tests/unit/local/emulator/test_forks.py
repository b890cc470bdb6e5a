"""Functions run in forks that have their libraries already, and behave as in a Python of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulator import forks, package
from local.emulator.forks import Fork, Forker
from tests.support.e2e.stack import eventually

ANSWERS = """
import json, os, sys
asked = json.loads(sys.stdin.readline())
print("a line of the log", file=sys.stderr)
known = sorted({name.partition(".")[0] for name in sys.modules} & set(asked))
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "environment": dict(os.environ), "path": sys.path, "known": known}))
"""
WAITS = "import sys; print('ready', flush=True); sys.stdin.readline(); sys.exit(3)"
IGNORES = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); sys.stdin.readline()"


Start = Callable[..., Fork]


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    found = Forker(["jwt", "no such module"])
    yield found
    found.close()


@pytest.fixture
def start(forker: Forker, tmp_path: Path) -> Iterator[Start]:
    """Gives what starts a script with environment variables; ends what runs on."""
    started: list[Fork] = []

    def script(text: str, **environment: str) -> Fork:
        path = tmp_path / "script.py"
        path.write_text(text)
        command = [sys.executable, str(path)]
        started.append(forker.start(command, cwd=str(tmp_path), env=environment, stdin=subprocess.PIPE))
        return started[-1]

    yield script
    for each in started:
        each.kill()
        each.wait(10)
        each.close()


def test_a_fork_has_the_folder_the_variables_and_the_path_of_a_python_of_its_own(
    start: Start, tmp_path: Path
) -> None:
    fork = start(ANSWERS, GREETING="hello")
    fork.stdin.write(json.dumps(["jwt", "boto3", *package.DEPLOYED]) + "\n")
    answer = json.loads(fork.stdout.readline())

    assert fork.stderr.readline() == "a line of the log\n"
    fork.wait(10)
    assert answer["argv"] == [str(tmp_path / "script.py")]
    assert answer["cwd"] == str(tmp_path)
    assert answer["environment"] == {"GREETING": "hello"}
    assert answer["path"][0] == str(tmp_path)
    assert "" not in answer["path"]
    assert answer["known"] == ["jwt"]


def test_forks_have_pipes_and_an_end_of_their_own(start: Start) -> None:
    first, second = start(WAITS), start(WAITS)
    assert (first.stdout.readline(), second.stdout.readline()) == ("ready\n", "ready\n")
    first.stdin.write("go on\n")

    first.wait(10)
    assert first.stdout.readline() == first.stderr.readline() == ""
    assert first.poll() is not None
    assert second.poll() is None


def test_an_error_of_a_fork_is_told_and_ends_it(start: Start) -> None:
    fork = start("def wrong():\n    return 1 / 0\n\n\nwrong()")
    fork.wait(10)
    assert fork.stderr.read().splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_a_fork_that_runs_on_is_waited_for_and_ended(start: Start) -> None:
    fork = start(WAITS)
    fork.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        fork.wait(0.01)
    fork.terminate()
    fork.wait(10)
    fork.terminate()
    assert fork.poll() is not None


def test_a_fork_that_does_not_listen_is_killed(start: Start) -> None:
    fork = start(IGNORES)
    fork.stdout.readline()
    fork.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        fork.wait(0.1)
    fork.kill()
    fork.wait(10)


def test_forks_leave_no_zombies(start: Start) -> None:
    fork = start("pass")
    fork.wait(10)
    assert eventually(lambda: not Path(f"/proc/{fork.pid}").exists())


def test_a_function_can_wait_for_what_it_starts(start: Start) -> None:
    fork = start(
        "import subprocess, sys; print(subprocess.call([sys.executable, '-c', 'raise SystemExit(5)']))"
    )
    fork.wait(10)
    assert fork.stdout.read() == "5\n"


def test_the_libraries_are_those_that_the_functions_import() -> None:
    named = forks.libraries()

    assert {
        "boto3",
        "pydantic",
        "cedarpy",
        "dynamodb_encryption_sdk",
        "aws_lambda_powertools.metrics",
    } <= set(named)
    roots = {name.partition(".")[0] for name in named}
    assert not roots & {*package.DEPLOYED, "json", "os", "handlers", "tests", "local"}

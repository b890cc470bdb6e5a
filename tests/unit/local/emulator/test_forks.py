"""Functions run in forks that have their libraries already, and behave as in a Python of their own."""

import json
import os
import signal
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


PROGRAM = """
import json, os, sys, tempfile
from local.emulator import package
print(json.dumps({
    "name": __name__, "argv": sys.argv[1:], "cwd": os.getcwd(), "environment": dict(os.environ), "path": sys.path[0],
    "group": os.getpgid(0) == os.getpid(), "temporary": tempfile.gettempdir(),
}))
print("to standard error", file=sys.stderr)
"""


def test_a_module_is_run_as_a_program_in_a_group_of_its_own(forker: Forker, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "log").touch()
    environment = {"TMPDIR": str(tmp_path), "GREETING": "hello"}
    with (tmp_path / "log").open("wb") as output:
        pid = forker.run(["program", "some", "words"], output.fileno(), environment, tmp_path)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())
    told, error = (tmp_path / "log").read_text().splitlines()
    assert json.loads(told) == {
        "name": "__main__",
        "argv": ["some", "words"],
        "cwd": str(tmp_path),
        "environment": environment,
        "path": str(tmp_path),
        "group": True,
        "temporary": str(tmp_path),
    }
    assert error == "to standard error"


def test_a_group_can_be_ended_as_soon_as_its_process_has_a_number(forker: Forker, tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text("import time; time.sleep(600)")
    with (tmp_path / "log").open("wb") as output:
        pid = forker.run(["sleeper"], output.fileno(), {}, tmp_path)
    os.killpg(pid, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


ITSELF = """
import sys
from pathlib import Path
from local.emulator.forks import Forker
import colorsys
forker = Forker(["boto3"], itself=True)
Path("script.py").write_text("import sys; print(sorted(set(NAMES) & {n.partition('.')[0] for n in sys.modules}))")
fork = forker.start([sys.executable, str(Path("script.py").absolute())], cwd=".", env={})
print(fork.stdout.read().strip())
print(sys.modules.keys() & {"boto3"})
forker.close()
"""


def test_a_process_can_have_itself_forked_and_a_fork_knows_no_code_of_ours_that_was_read_for_it(
    tmp_path: Path,
) -> None:
    names = ["boto3", "colorsys", *package.DEPLOYED]
    done = subprocess.run(
        [sys.executable, "-c", ITSELF.replace("NAMES", repr(names))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["['boto3', 'colorsys']", "set()"]
    assert done.stderr == ""


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

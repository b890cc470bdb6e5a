"""Functions that are forked run as if their Python had been started, and end when they are told to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from local.emulator.function_forks import PRELOADED
from local.emulator.function_processes import FunctionProcess, FunctionProcesses

SCRIPT = """
import json, os, sys
seen = {"argv": sys.argv, "path": sys.path[0], "folder": os.getcwd(), "environment": dict(os.environ), "name": __name__,
        "ours": [name for name in sys.modules if name.split(".")[0] in ("tokenizer", "schemas", "handlers", "policies")]}
print(json.dumps(seen), flush=True)
for line in sys.stdin:
    if line == "fail\\n":
        raise ValueError("as asked")
    print("ä" + line, end="", flush=True)
"""
ENVIRONMENT = {"AWS_REGION": "eu-north-1", "NAME": "ö"}


@pytest.fixture(scope="module")
def processes() -> Iterator[FunctionProcesses]:
    made = FunctionProcesses()
    yield made
    made.stop()


@contextmanager
def started(processes: FunctionProcesses, folder: Path) -> Iterator[FunctionProcess]:
    script = folder / "_worker.py"
    script.write_text(SCRIPT)
    made: FunctionProcess = processes.Popen([sys.executable, str(script)], cwd=str(folder), env=ENVIRONMENT)
    with made.stdout, made.stderr:
        yield made
        with suppress(BrokenPipeError):
            made.stdin.close()
        made.wait(60)


def first_line(process: FunctionProcess) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(process.stdout.readline())
    return seen


def test_a_function_sees_its_own_folder_and_environment_and_none_of_our_modules(
    processes: FunctionProcesses, tmp_path: Path
) -> None:
    with started(processes, tmp_path) as process:
        assert first_line(process) == {
            "argv": [str(tmp_path / "_worker.py")],
            "path": str(tmp_path),
            "folder": str(tmp_path),
            "environment": ENVIRONMENT,
            "name": "__main__",
            "ours": [],
        }
        process.stdin.write("one\n")
        process.stdin.flush()
        assert process.stdout.readline() == "äone\n"
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(60) is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("how", ["terminate", "kill"])
def test_a_function_ends_when_it_is_told_to_and_its_neighbour_goes_on(
    processes: FunctionProcesses, tmp_path: Path, how: str
) -> None:
    with started(processes, tmp_path) as process, started(processes, tmp_path) as neighbour:
        first_line(process)
        first_line(neighbour)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0)
        getattr(process, how)()
        assert process.wait(60) is not None
        assert process.stdout.read() == ""
        getattr(process, how)()  # once more is no error
        assert neighbour.poll() is None


def test_an_error_is_printed_and_ends_the_function(processes: FunctionProcesses, tmp_path: Path) -> None:
    with started(processes, tmp_path) as process:
        first_line(process)
        process.stdin.write("fail\n")
        process.stdin.flush()
        assert process.wait(60) is not None
        assert process.stderr.read().splitlines()[-1] == "ValueError: as asked"


def test_any_other_command_is_started_as_usual(processes: FunctionProcesses) -> None:
    other = processes.Popen([sys.executable, "-c", "print(1)"], stdout=processes.PIPE, text=True)
    assert isinstance(other, subprocess.Popen)
    assert other.communicate()[0] == "1\n"


def test_functions_run_on_and_more_are_started_when_the_process_that_forks_has_died(tmp_path: Path) -> None:
    own = FunctionProcesses()
    with started(own, tmp_path) as process:
        first_line(process)
        own.stop()
        assert process.poll() is None
        with started(own, tmp_path) as another:
            first_line(another)
    own.stop()


def test_what_the_functions_import_from_elsewhere_is_imported_before() -> None:
    code = f"""
import importlib, pkgutil, sys
for name in {PRELOADED!r}: importlib.import_module(name)
before = set(sys.modules)
import handlers
for each in pkgutil.iter_modules(handlers.__path__): importlib.import_module(f"handlers.{{each.name}}")
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}} - {{name.partition(".")[0] for name in before}}
print(*sorted(tops - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"tokenizer", "schemas", "handlers", "policies"}

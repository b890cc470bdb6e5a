"""The commands of the contract, as a person types them, in a copy of the tree so that nobody's own stack is touched.

The copy has the environment that `make demo` makes, and nothing else.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench.end_to_end.clocks import stack_cpu
from tests.support import terminal

pytestmark = [pytest.mark.e2e, pytest.mark.build]

ROOT = Path.cwd()
# As on a terminal, which the README shows, and as in a pipe.
ROW = re.compile(r"^[┃│] *(.+?) *[┃│] *([\d,]+) *[┃│] *([\d,]+) *[┃│] *right *[┃│]$", re.MULTILINE)
PLAIN_ROW = re.compile(r"^ *(.+?)\t(\d+)\t(\d+)\tright$", re.MULTILINE)


OF_ORDERS = ("sent", "published", "with its own public fields", "in the orders table")
OF_THE_LAKE = {"in the lake", "analyst's answers, as raw", "refused to the analyst"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the files of the tree, with the demo's environment."""
    copy = tmp_path_factory.mktemp("tree")
    listed = subprocess.run(
        [shutil.which("git") or "", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # deleted since, or another test's for a moment
            shutil.copy2(name, copy / name)
    done(".venv/.demo", copy)
    return copy


def environment() -> dict[str, str]:
    given = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MAKE", "MFLAGS"))
    }
    return given | {"PYTHON": sys.executable}


def make(target: str, tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make") or "", *target.split()],
        cwd=tree,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
    )


def done(target: str, tree: Path) -> str:
    found = make(target, tree)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def figures(text: str, row: re.Pattern[str] = PLAIN_ROW) -> dict[str, tuple[str, str]]:
    return {
        name: (measured.replace(",", ""), must.replace(",", "")) for name, measured, must in row.findall(text)
    }


def test_make_demo_ends_with_the_figures_that_the_readme_shows_with_fewer_orders(tree: Path) -> None:
    printed, shown = figures(done("demo ORDERS=100", tree)), figures((ROOT / "README.md").read_text(), ROW)
    assert len(shown) > 10
    assert printed.keys() == shown.keys()
    assert [name for name, (measured, must) in printed.items() if measured != must] == []
    # Of the five hundred orders a hundred are left; which tokens repeat, and how much there is to search, follows from that.
    counted, drawn = {*OF_ORDERS, "in the lake"}, {"tokens of the emails", "tokens of the phones"}
    for name in shown.keys() - drawn - {"same search, raw orders"}:
        fewer = 400 if name in counted else 0
        assert int(printed[name][0]) == int(shown[name][0]) - fewer, name
    assert not (tree / ".local").exists()


@pytest.mark.big
def test_make_demo_ends_with_the_figures_that_the_readme_shows(tree: Path) -> None:
    assert figures(done("demo", tree)) == figures((ROOT / "README.md").read_text(), ROW)


@pytest.mark.big
def test_the_core_alone_does_the_same_without_the_lake(tree: Path) -> None:
    text = done("demo MODULES=core ORDERS=100", tree)
    printed, whole = figures(text), figures((ROOT / "README.md").read_text(), ROW)
    assert printed.keys() == whole.keys() - OF_THE_LAKE
    assert int(printed["places searched"][0]) < int(whole["places searched"][0])
    # Of the five hundred orders a hundred are left.
    few = {name: str(int(whole[name][0]) - 400) for name in OF_ORDERS}
    assert {name: printed[name][0] for name in few} == few


def test_the_demos_environment_stays_below_400_mb(tree: Path) -> None:
    blocks = sum(each.lstat().st_blocks for each in (tree / ".venv").rglob("*"))
    assert 100 < blocks * 512 / 2**20 < 400


def test_ctrl_c_at_a_terminal_ends_the_demo_and_leaves_nothing_running(tree: Path, tmp_path: Path) -> None:
    shown = terminal.run(
        [shutil.which("make") or "", "demo"],
        cwd=tree,
        environment=environment() | {"TMPDIR": str(tmp_path)},
        interrupt_at="starting the stream's event source mapping",
    )
    assert shown.code != 0
    assert "error: interrupted: nothing is left running\nhint: `make demo` starts again" in shown.text
    assert shown.text.count("error:") == 1
    assert "Traceback" not in shown.text
    assert not list(tmp_path.iterdir())
    assert not [each for each in _command_lines() if str(tmp_path) in each]


def _command_lines() -> Iterator[str]:
    """Yields the command line of every process on this machine, and its environment as far as we may read it."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (process / "cmdline").read_text(errors="replace") + (process / "environ").read_text(
                errors="replace"
            )


@pytest.fixture(scope="module")
def stopped(tree: Path) -> Iterator[None]:
    """Stops what these tests leave running."""
    yield
    make("down", tree)


@pytest.fixture(scope="module")
def up(tree: Path, stopped: None) -> dict[str, object]:
    """Returns the stack that is up, until a test that comes after all others but one kills its emulator."""
    done("up", tree)
    state: dict[str, object] = json.loads((tree / ".local/stack.json").read_text())
    return state


def _pids(tree: Path) -> list[int]:
    found: list[int] = json.loads((tree / ".local/pids.json").read_text())
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_benchmark_tells_whose_cpu_time_it_is(tree: Path, up: dict[str, object]) -> None:
    used = stack_cpu(tree / ".local")
    assert len(used) == len(
        _pids(tree)
    )  # the functions are no process of the list, and the live page is not measured
    assert used["the emulator"] > 0
    assert used["the delivery to the lake"] > 0


def test_the_local_stack_listens_on_loopback_alone(up: dict[str, object]) -> None:
    port = int(str(up["endpoint_url"]).rpartition(":")[2])
    assert str(up["endpoint_url"]) == f"http://127.0.0.1:{port}"
    # Whoever listens on all addresses leaves none of them to another.
    with socket.socket() as another:
        another.bind(("127.0.0.2", port))
    with socket.socket() as same, pytest.raises(OSError, match="in use"):
        same.bind(("127.0.0.1", port))


def test_make_up_finds_the_stack_that_runs(tree: Path, up: dict[str, object]) -> None:
    assert {"endpoint_url", "region", "outputs"} <= up.keys()
    assert "is up already" in done("up", tree)
    assert json.loads((tree / ".local/stack.json").read_text()) == up
    assert "there is no line" in done("verify-audit", tree)


@pytest.mark.big
def test_a_stack_whose_emulator_was_killed_is_cleaned_up_and_started_anew_with_the_modules_asked_for(
    tree: Path, up: dict[str, dict[str, str]]
) -> None:
    old = _pids(tree)
    os.kill(old[0], signal.SIGKILL)
    assert "cleaning up after a stack that is not running any more" in done("up MODULES=core", tree)
    assert not [pid for pid in old if _alive(pid)]
    pids = _pids(tree)
    assert all(_alive(pid) for pid in pids)
    whole = up["outputs"].keys()
    core = json.loads((tree / ".local/stack.json").read_text())["outputs"].keys()
    assert core == whole - {
        *(
            "AnalyticsBucketName",
            "AnalystRoleArn",
            "AnalystWorkGroupName",
            "LakeDatabaseName",
            "LakeDeliveryName",
        ),
        *("ApiUrl", "MachineClientId", "MachineKeyId", "TokenUrl", "UserPoolClientId", "UserPoolId"),
        *("HoneyFunctionName", "HoneyKeeperRoleArn", "KeyChangesQueueUrl"),
    }
    assert "error: not a module: nonsense" in make("up MODULES=nonsense", tree).stderr


def test_make_down_leaves_nothing(tree: Path, up: dict[str, object]) -> None:
    """The last of this file, since it ends the stack."""
    pids = _pids(tree)
    assert pids
    assert "stopped" in done("down", tree)
    assert not [pid for pid in pids if _alive(pid)]
    assert not (tree / ".local").exists()
    assert "was not running" in done("down", tree)

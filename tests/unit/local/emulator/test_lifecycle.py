"""A stack that is interrupted while it starts knows each process that it has started."""

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulator import lifecycle


def _started(pid: int) -> Callable[[], int]:
    def start() -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return pid

    return start


@pytest.fixture
def before() -> Iterator[object]:
    """Yields what Ctrl-C does; a shell has it do nothing in what it starts in the background."""
    found = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, found)


def test_ctrl_c_waits_until_a_process_that_is_starting_is_noted(tmp_path: Path, before: object) -> None:
    pids = [1]

    with pytest.raises(KeyboardInterrupt):
        lifecycle._run(tmp_path, pids, _started(2))

    assert json.loads((tmp_path / "pids.json").read_text()) == [1, 2]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_process_that_does_not_start_is_not_noted_and_ctrl_c_works_again(
    tmp_path: Path, before: object
) -> None:
    def start() -> int:
        raise RuntimeError("it does not start")

    with pytest.raises(RuntimeError, match="it does not start"):
        lifecycle._run(tmp_path, [], start)

    assert not (tmp_path / "pids.json").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_notes_its_process_too(tmp_path: Path) -> None:
    thread = threading.Thread(target=lambda: lifecycle._run(tmp_path, [], lambda: 3))
    thread.start()
    thread.join()

    assert json.loads((tmp_path / "pids.json").read_text()) == [3]


def test_every_process_of_a_stack_is_started_so() -> None:
    starts = re.findall(r"(\S+ )?(\w+)\.start\(", Path(lifecycle.__file__).read_text())

    assert [module for _, module in starts] == [
        "server",
        "mapping_process",
        "delivery_process",
        "live_process",
    ]
    assert {before for before, _ in starts} == {"lambda: "}

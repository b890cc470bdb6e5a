"""Reads the CPU seconds of the stack's processes, to tell the emulator's share from ours."""

import json
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# In the order in which the stack starts them; what comes behind them, the live page, is not measured.
_PROCESSES = ("the emulator", "the stream's mapping", "the delivery to the lake")
_FUNCTIONS = "the functions"


def stack_cpu(directory: Path) -> dict[str, float]:
    """Returns the CPU seconds so far, by who used them.

    Args:
        directory: of a stack that is up; its emulator's children are the functions' workers.
    """
    pids = json.loads((directory / "pids.json").read_text())[: len(_PROCESSES)]
    used = {name: _seconds(pid) for name, pid in zip(_PROCESSES, pids, strict=True)}
    used[_FUNCTIONS] = 0.0
    for worker in _descendants(pids[0]):
        used[_FUNCTIONS] += _seconds(worker)
    return used


def _seconds(pid: int) -> float:
    """Returns the CPU seconds of a process, and of those of its children that have ended."""
    fields = _stat(pid)
    return sum(int(each) for each in fields[11:15]) / _TICKS if fields else 0.0


def _descendants(pid: int) -> list[int]:
    parents = {
        int(each.name): int(_stat(int(each.name))[1]) for each in _processes() if _stat(int(each.name))
    }
    found, look = [], [pid]
    while look:
        parent = look.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        look += children
    return found


def _processes() -> list[Path]:
    return [each for each in Path("/proc").iterdir() if each.name.isdecimal()]


def _stat(pid: int) -> list[str]:
    """Returns the fields of /proc/PID/stat from the third on; none where the process has ended."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []

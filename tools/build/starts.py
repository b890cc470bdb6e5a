"""Measures how long a function takes to import, with the built folders and nothing else on the path."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.build.errors import BuildError

# -I and -S: no environment, no site-packages; -B: Lambda's folders are read-only, so nothing is compiled for next time.
_FLAGS = ("-I", "-S", "-B")
_IMPORT = """
import sys, time
sys.path[:0] = sys.argv[2:]
wall, cpu = time.perf_counter(), time.process_time()
__import__(sys.argv[1])
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
import json
print(json.dumps([wall, cpu]))
"""
_SECONDS = 60


@dataclass(frozen=True)
class Start:
    """Returns the seconds that an import takes, the median of several runs."""

    wall: float
    cpu: float


def measure(python: Path, module: str, folders: Sequence[Path], runs: int) -> Start:
    """Imports a module from some folders alone.

    Args:
        python: an interpreter of the runtime's version.
        module: the handler's module.
        folders: the function's, and the layer's `python/`.
        runs: how often, each in a process of its own.

    Raises:
        BuildError: it can't be imported.
    """
    found = [_once(python, module, folders) for _ in range(runs)]
    return Start(median(wall for wall, _ in found), median(cpu for _, cpu in found))


def _once(python: Path, module: str, folders: Sequence[Path]) -> tuple[float, float]:
    command = [str(python), *_FLAGS, "-c", _IMPORT, module, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd="/")  # noqa: S603 -- an interpreter
    if done.returncode:
        raise BuildError(
            f"{module} does not start", (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        )
    wall, cpu = json.loads(done.stdout)
    return wall, cpu

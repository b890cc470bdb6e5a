"""Measures cold starts and memory, process by process.

The clock is the process's CPU from after the interpreter's start, which Lambda's runtime has behind it by then. Measured
with compiled files and without: a layer whose `.pyc` files are missing, or of another Python, compiles at every cold
start, since nothing can be written beside them there.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.clock import spread

_ROOT = Path(__file__).parents[2]
_BATCH = 100


def cold_start(rounds: int) -> dict[str, Any]:
    """Returns the CPU seconds of the import, and of import and first batch of 100 orders.

    Args:
        rounds: processes of each kind.
    """
    with tempfile.TemporaryDirectory() as compiled, tempfile.TemporaryDirectory() as empty:
        _child(_BATCH, 0, {"PYTHONPYCACHEPREFIX": compiled})
        return {
            "compiled": _starts(rounds, {"PYTHONPYCACHEPREFIX": compiled}),
            "not compiled": _starts(rounds, {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"}),
        }


def memory() -> dict[str, Any]:
    """Returns the peak resident MiB of an environment after one batch of 500 orders of 4 KiB."""
    return {"peak_mib": max(_child(500, 4096, {})["peak_mib"] for _ in range(3))}


def _starts(rounds: int, environment: dict[str, str]) -> dict[str, Any]:
    times = [_child(_BATCH, 0, environment) for _ in range(rounds)]
    whole = [each["import"] + each["first batch"] for each in times]
    return {
        "import_seconds": asdict(spread([each["import"] for each in times])),
        "import_and_first_batch_seconds": asdict(spread(whole)),
    }


def _child(orders: int, size: int, environment: dict[str, str]) -> dict[str, float]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.start.child", str(orders), str(size)],
        cwd=_ROOT,
        env={**inherited, "PYTHONPATH": str(_ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return found

"""Runs one suite of the benchmarks in its own process, into a JSON file: `python -m bench.suite NAME FILE`.

The function that is measured logs to standard output as on Lambda; whoever starts a suite discards that.
"""

import importlib
import json
import platform
import sys
import time
from pathlib import Path

# The function that measures each suite, and its arguments: mostly a number of rounds.
SUITES: dict[str, tuple[str, tuple[int, ...]]] = {
    "engine": ("bench.engine.measure:engine", (9,)),
    "stages": ("bench.engine.measure:stages", (30,)),
    "counts": ("bench.engine.measure:counts", ()),
    "peers": ("bench.peers.measure:peers", (5,)),
    "cold_start": ("bench.start.measure:cold_start", (7,)),
    "memory": ("bench.start.measure:memory", ()),
    "growth": ("bench.growth.measure:growth", (5,)),
    "simulation": ("bench.capacity.check:simulated", ()),
    "end_to_end": ("bench.end_to_end.measure:end_to_end", (10_000,)),
}


def main(arguments: list[str]) -> int:
    """Measures a suite and writes its results."""
    name, file = arguments
    place, given = SUITES[name]
    module, _, function = place.partition(":")
    started = time.perf_counter()
    figures = getattr(importlib.import_module(module), function)(*given)
    head = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seconds": round(time.perf_counter() - started, 1),
    }
    Path(file).write_text(json.dumps({"run": head, **figures}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

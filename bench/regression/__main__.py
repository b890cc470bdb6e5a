"""Prints the counts as JSON on standard error (`python -m bench.regression`); `--store` makes them the baseline.

Standard output is the measured function's own log. Bytecodes and calls into C are of an order in a batch: the difference
of two batches, so that what a batch costs whatever its size is left out. Another version of Python has other bytecodes,
so the baseline names its own; calls into C are the same in all of them.
"""

import json
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path as File
from typing import Any

from bench import guard_cost
from bench.engine.measure import MIXES
from bench.engine.path import Path
from bench.network import Network
from bench.regression.counting import Run, blocks_left, bytecodes, c_calls, peak_bytes
from bench.workload import Mix

BASELINE = File(__file__).parent / "baseline.json"
_SMALL, _LARGE, _BATCH = 25, 50, 100


def counted() -> dict[str, Any]:
    """Returns every count by mix, the worst record's beside an ordinary one's, and the version of Python."""
    network = Network()
    with network.installed():
        path = Path(network)
        found = {name: _of(mix, path, network) for name, mix in MIXES.items()}
    found["worst record"] = guard_cost.counted()
    return {"python": ".".join(platform.python_version_tuple()[:2]), **found}


def _of(mix: Mix, path: Path, network: Network) -> dict[str, Any]:
    path.know(mix)

    def batch(count: int) -> Run:
        return partial(path.run, path.event(mix, count))

    batch(_BATCH)()
    network.reset()
    batch(_BATCH)()
    calls = dict(network.calls)
    same = batch(_BATCH)
    return {
        "calls": calls,
        "bytes_sent": network.sent.total(),
        "bytecodes": round(_per_order(batch, bytecodes)),
        "c_calls": round(_per_order(batch, c_calls), 1),
        "peak_kib": peak_bytes(same) // 1024,
        "blocks_left": round(blocks_left(same, 8), 1),
    }


def _per_order(batch: Callable[[int], Run], count: Callable[[Run], int]) -> float:
    small, large = count(batch(_SMALL)), count(batch(_LARGE))
    return (large - small) / (_LARGE - _SMALL)


if __name__ == "__main__":
    document = json.dumps(counted(), indent=1)
    if "--store" in sys.argv:
        BASELINE.write_text(document + "\n")
    print(document, file=sys.stderr)

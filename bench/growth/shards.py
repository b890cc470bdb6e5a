"""Shards: each has an execution environment of its own, so one more must not make an order dearer.

Processes stand for environments. They start working together and each counts its own CPU; beyond the machine's cores they
wait for each other, which CPU time does not count.
"""

import json
import subprocess
import sys
from statistics import median

from bench.clock import measure
from bench.engine.measure import batches
from bench.engine.path import Path
from bench.growth.linear import Curve
from bench.network import Network
from bench.workload import CONSISTENT

SHARDS = (1, 2, 4)


def shards(rounds: int) -> Curve:
    """CPU of all shards together for a batch of 100 on each, by their number."""
    costs = []
    for count in SHARDS:
        workers = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "bench.growth.shards", str(rounds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        told = [worker.communicate()[1] for worker in workers]
        costs.append(count * median(float(json.loads(each.splitlines()[-1])) for each in told))
    return Curve("shards", "CPU of a batch of 100 on each", list(SHARDS), costs)


def _work(rounds: int) -> float:
    network = Network()
    with network.installed():
        path = Path(network)
        path.know(CONSISTENT)
        return 100 * measure({"": batches(path, CONSISTENT, 100)}, network, rounds)[""].cpu.median


if __name__ == "__main__":
    print(json.dumps(_work(int(sys.argv[1]))), file=sys.stderr)

"""Checks that one more shard makes no order dearer: each shard has its own execution environment.

Processes stand for environments. All are up at once and take turns, since processes that work side by side slow each
other down by the caches and clock that they share, which environments on AWS do not. What shards do share there, tables
and bus, is in the capacity model.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import IO

from bench.clock import measure
from bench.engine.measure import batches
from bench.engine.path import Path
from bench.growth.linear import Curve
from bench.network import Network
from bench.workload import CONSISTENT

SHARDS = (1, 2, 4, 8)
_BATCH = 100


def shards(rounds: int) -> Curve:
    """Returns the CPU of all shards together for a batch of 100 on each, by their number."""
    with _environments(max(SHARDS)) as turns:
        taken = [[_turn(each) for each in turns] for _ in range(rounds)]
    costs = [median(sum(each[:count]) for each in taken) for count in SHARDS]
    return Curve("shards", "CPU of a batch of 100 on each", list(SHARDS), costs)


@contextmanager
def _environments(count: int) -> Iterator[list[tuple[IO[str], IO[str]]]]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.growth.shards"]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    workers = [
        subprocess.Popen(command, stdin=pipe, stderr=pipe, stdout=nowhere, text=True) for _ in range(count)
    ]
    try:
        yield [(worker.stdin, worker.stderr) for worker in workers if worker.stdin and worker.stderr]
    finally:
        for worker in workers:
            worker.communicate()


def _turn(environment: tuple[IO[str], IO[str]]) -> float:
    """Gives an environment a batch, and returns the microseconds of CPU that it took."""
    asked, answers = environment
    asked.write("go\n")
    asked.flush()
    return float(answers.readline())


def main() -> int:
    """Runs an environment: it takes a batch for each line that comes in, until no more come."""
    network = Network()
    with network.installed():
        path = Path(network)
        path.know(CONSISTENT)
        subject = {"": batches(path, CONSISTENT, _BATCH)}
        measure(subject, network, 1)
        for _ in sys.stdin:
            taken = measure(subject, network, 1, warm_up=0)[""].cpu.median
            print(taken * _BATCH, file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

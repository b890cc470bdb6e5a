"""Measures time on a noisy machine: CPU beside wall time, medians beside extremes, rounds interleaved.

Subjects take turns within a round, so that whatever slows the machine down slows down all of them; claims are ratios of
medians of one run. What the stubbed network took is taken out.
"""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.network import Network


@dataclass(frozen=True)
class Spread:
    """Holds a figure over all rounds: its median and extremes."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Timing:
    """Holds microseconds per order."""

    cpu: Spread
    wall: Spread

    @property
    def per_second(self) -> float:
        """Returns the orders per second and core, by the CPU clock."""
        return 1e6 / self.cpu.median

    def json(self) -> dict[str, Any]:
        """Returns the timing as it stands in the results."""
        return {**asdict(self), "orders_per_second_and_core": self.per_second}


@dataclass(frozen=True)
class Subject:
    """Describes something that is measured.

    Args:
        orders: how many one run takes through.
        run: what is timed; gets what `prepare` made.
        prepare: makes the input of a round, untimed.
    """

    orders: int
    run: Callable[[Any], object]
    prepare: Callable[[int], Any] = lambda number: number


def spread(values: list[float]) -> Spread:
    """Returns median and extremes of a figure's rounds."""
    return Spread(median(values), min(values), max(values))


def measure(
    subjects: Mapping[str, Subject], network: Network, rounds: int, warm_up: int = 1
) -> dict[str, Timing]:
    """Runs subjects in turn.

    Args:
        subjects: by name.
        network: whose own time is taken out.
        rounds: that count.
        warm_up: rounds before those.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in subjects}
    for number in range(warm_up + rounds):
        for name, subject in subjects.items():
            given = subject.prepare(number)
            gc.collect()
            taken = _timed(lambda subject=subject, given=given: subject.run(given), network)  # type: ignore[misc]
            if number >= warm_up:
                times[name].append((taken[0] / subject.orders * 1e6, taken[1] / subject.orders * 1e6))
    return {
        name: Timing(spread([cpu for cpu, _ in each]), spread([wall for _, wall in each]))
        for name, each in times.items()
    }


def _timed(run: Callable[[], object], network: Network) -> tuple[float, float]:
    network.cpu = network.wall = 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu - network.cpu, wall - network.wall

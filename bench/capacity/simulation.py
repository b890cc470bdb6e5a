"""Simulates the stream, its environments, the table and the bus, event by event, to check the model's arithmetic.

Orders arrive at random at each shard and wait for its environment; that takes up to a batch, waits out the window for a
fuller one, works for as long as the model says a batch lasts, and holds its shard until all of it is done: writes that
the table does not take wait for it, a bus that is down makes the batch try again. Nothing here is shared between shards
but the table and the bus. A split closes each shard and opens two, and Lambda reads these once their parent is read to its
end. What the model says of the same events is a line of arithmetic: a backlog grows by what comes
in beyond what gets done, and drains at what is left over.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy

from bench.capacity.facts import Demand
from bench.capacity.model import batch_seconds

BATCH, WINDOW, MEMORY = 100, 1.0, 1024  # the mapping's, and the function's megabytes
_TICK = 0.1  # seconds: arrivals are drawn, and waiting is looked at, so often
_RETRY = 2.0  # seconds until a batch that met a stopped bus is tried again, as the budget's longest wait

Steps = tuple[tuple[float, float], ...]
Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Scenario:
    """Describes what happens in a simulation, as values that each hold from a given time on.

    Args:
        name: of the scenario.
        seconds: that are simulated.
        rate: orders per second of all shards.
        shards: at work, in even shares.
        split: when each of them is split in two.
        writes: write units per second that the vault's table takes; None for as many as come.
        bus: 1 while the bus takes events, 0 while it does not.
    """

    name: str
    seconds: float
    rate: Steps
    shards: int
    split: float = float("inf")
    writes: Steps = ((0.0, float("inf")),)
    bus: Steps = ((0.0, 1.0),)


@dataclass
class Run:
    """Holds the result of a scenario: the backlog over time."""

    backlog: list[tuple[float, float]] = field(default_factory=list)

    def highest(self) -> float:
        """Returns the highest backlog."""
        return max(orders for _, orders in self.backlog)

    def drained(self, after: float, level: float) -> float:
        """Returns the seconds from a moment until the backlog is at a level again."""
        return next(
            (at - after for at, orders in self.backlog if at >= after and orders <= level), float("inf")
        )


def at(steps: Steps, now: float) -> float:
    """Returns the value that holds at a time."""
    return next(value for since, value in reversed(steps) if since <= now)


def simulate(scenario: Scenario, asked: Demand, seed: int = 8) -> Run:
    """Plays a scenario."""
    return _Stream(scenario, asked, Random(seed)).run()  # noqa: S311 -- a simulation, the same every time


class _Stream:
    def __init__(self, scenario: Scenario, asked: Demand, random: Random) -> None:
        self.scenario, self.asked, self.random = scenario, asked, random
        self.world = simpy.Environment()
        self.parents: list[list[float]] = [[] for _ in range(scenario.shards)]
        self.children: list[list[float]] = [[] for _ in range(2 * scenario.shards)]
        self.table = simpy.Container(self.world)
        self.result = Run()

    def run(self) -> Run:
        self.world.process(self._arrive())
        for queue in self.parents:
            self.world.process(self._work(queue, []))
        for number, queue in enumerate(self.children):
            self.world.process(self._work(queue, self.parents[number // 2]))
        self.world.run(until=self.scenario.seconds)
        return self.result

    def _arrive(self) -> Process:
        while True:
            now = self.world.now
            queues = self.parents if now < self.scenario.split else self.children
            mean = at(self.scenario.rate, now) * _TICK / len(queues)
            for queue in queues:
                queue.extend([now] * self._poisson(mean))
            if not math.isfinite(self._writes()):
                self.table.put(sum(each.amount for each in self.table.get_queue) + 1)
            elif self.table.level < self._writes():
                self.table.put(self._writes() * _TICK)
            waiting = sum(map(len, self.parents)) + sum(map(len, self.children))
            self.result.backlog.append((now, float(waiting)))
            yield self.world.timeout(_TICK)

    def _work(self, queue: list[float], parent: list[float]) -> Process:
        while True:
            waited = 0.0
            while parent or (len(queue) < BATCH and (not queue or waited < WINDOW)):
                yield self.world.timeout(_TICK)
                waited += _TICK if queue else 0.0
            count = min(BATCH, len(queue))
            yield self.world.timeout(batch_seconds(self.asked, count, MEMORY))
            if math.isfinite(self._writes()):
                yield self.table.get(count * self.asked.vault_units)
            while not at(self.scenario.bus, self.world.now):
                yield self.world.timeout(self.random.uniform(0, _RETRY))
            del queue[:count]

    def _writes(self) -> float:
        return at(self.scenario.writes, self.world.now)

    def _poisson(self, mean: float) -> int:
        # A normal law is near enough where more than a few come at once.
        return max(0, round(self.random.gauss(mean, mean**0.5)))

"""Measures the local stack: all orders at once for the throughput, then a trickle for the latency.

Most of what is measured here is the emulator: it is one Python process that stands for every AWS service. The figures
say whether the path holds together under load and what share of the CPU is ours, not what AWS will do.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.end_to_end.actors import Consumer, Producer, Times
from bench.end_to_end.clocks import stack_cpu
from bench.workload import CONSISTENT, orders
from local.emulator import lifecycle

_WARM, _PACED, _RATE = 20, 200, 20  # orders to begin with; of the trickle, and per second
_PATIENCE = 240.0


def end_to_end(count: int) -> dict[str, Any]:
    """Measures throughput and latency.

    Args:
        count: orders of the flood, half on each source.

    Raises:
        TimeoutError: not all of them came out.
    """
    with tempfile.TemporaryDirectory() as folder, lifecycle.running(Path(folder) / "stack") as running:
        times = Times()
        consumer, producer = Consumer(running, times), Producer(running, times)
        consumer.start()
        producer.put(orders(CONSISTENT, _WARM, 9_000_000))
        _await(lambda: len(times.received) >= _WARM)
        before, begun = stack_cpu(Path(folder) / "stack"), time.time()
        producer.put(flood := orders(CONSISTENT, count))
        _await(lambda: len(times.received) >= _WARM + count)
        ended, after = time.time(), stack_cpu(Path(folder) / "stack")
        first = set(times.received)
        for at in range(0, _PACED, _RATE):
            producer.put(orders(CONSISTENT, _RATE, 8_000_000 + at))
            time.sleep(1)
        _await(lambda: len(times.received) >= _WARM + count + _PACED)
        consumer.stop.set()
        consumer.join()
    used = {who: seconds - before[who] for who, seconds in after.items()}
    return {
        "orders": len(flood),
        "orders_per_second": count / (ended - begun),
        "cpu_seconds": used,
        "trickle": {
            "per_second": _RATE,
            "latency": _latency(times, set(times.received) - first),
        },
        "flood_latency": _latency(times, {event_id for event_id in first if times.put[event_id] >= begun}),
    }


def _latency(times: Times, event_ids: set[str]) -> dict[str, dict[str, float]]:
    """Returns the latency in seconds, in all and by where an order was."""
    ways = {
        "put to consumer": (times.put, times.received),
        "put until the source had it": (times.put, times.ingested),
        "source to the consumer's queue: batch, function, bus": (times.ingested, times.delivered),
        "queue to consumer": (times.delivered, times.received),
    }
    return {
        name: _percentiles([end[each] - start[each] for each in event_ids])
        for name, (start, end) in ways.items()
    }


def _percentiles(values: list[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def _await(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("not every order came out")
        time.sleep(0.05)

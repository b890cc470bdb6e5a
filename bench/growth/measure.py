"""Measures the curves: orders per batch, fields and bytes per order, known customers, shards.

A curve's points take turns in one run. Cost is CPU: of a batch where the batch grows, of an order where the order does.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bench.clock import Subject, measure
from bench.engine.measure import batches
from bench.engine.path import Path
from bench.growth.linear import Curve
from bench.growth.shards import shards
from bench.network import Network
from bench.workload import Mix

_BATCH = 100
ORDERS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
FIELDS = (5, 10, 20, 40, 80)
BYTES = (600, 1_200, 2_400, 4_800, 9_600)
KNOWN = (0, 25, 50, 75, 100)


def growth(rounds: int) -> dict[str, Any]:
    """Returns every curve with its exponent."""
    network = Network()
    with network.installed():
        path = Path(network)
        path.know(Mix(consistent=2))
        curves = [
            _curve("orders per batch", ORDERS, _by_orders(path), network, rounds, of_batch=True),
            _curve("fields per order", FIELDS, _by_fields(path), network, rounds),
            _curve("bytes per order", BYTES, _by_bytes(path), network, rounds),
            _curve("first-seen customers in percent", KNOWN, _by_new(path), network, rounds),
        ]
    curves.append(shards(rounds))
    return {each.name: {**asdict(each), "exponent": each.exponent, "linear": each.linear} for each in curves}


def _curve(
    name: str,
    at: tuple[int, ...],
    subjects: Mapping[str, Subject],
    network: Network,
    rounds: int,
    *,
    of_batch: bool = False,
) -> Curve:
    timings = measure(subjects, network, rounds)
    per_order = [timings[str(each)].cpu.median for each in at]
    if of_batch:
        costs = [cost * size for cost, size in zip(per_order, at, strict=True)]
        return Curve(name, "CPU of a batch", list(at), costs)
    return Curve(name, "CPU of an order", list(at), per_order)


def _by_orders(path: Path) -> dict[str, Subject]:
    return {str(size): batches(path, Mix(), size, max(1, 20 // size)) for size in ORDERS}


def _by_fields(path: Path) -> dict[str, Subject]:
    return {str(fields): batches(path, Mix(fields=fields), _BATCH) for fields in FIELDS}


def _by_bytes(path: Path) -> dict[str, Subject]:
    return {str(size): batches(path, Mix(bytes=size), _BATCH) for size in BYTES}


def _by_new(path: Path) -> dict[str, Subject]:
    return {str(new): batches(path, Mix(consistent=2, known=1 - new / 100), _BATCH) for new in KNOWN}

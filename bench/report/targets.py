"""Lists the engine's targets, each with what was measured. Nothing here measures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.engine.measure import MIXES
from bench.peers.measure import ARTICLE

Results = dict[str, Any]

_PLAIN, _CONSISTENT = MIXES
_AT_LEAST, _AT_MOST = True, False


@dataclass(frozen=True)
class Target:
    """Describes a figure and its target.

    Args:
        name: what is measured.
        wanted: the limit.
        least: whether the limit is the least it may be; else it is the most.
        measured: out of all results.
        unit: behind the figure.
    """

    name: str
    wanted: float
    least: bool
    measured: Callable[[Results], float]
    unit: str = ""

    def met(self, results: Results) -> bool:
        """Returns True if the measured figure meets the target."""
        value = self.measured(results)
        return value >= self.wanted if self.least else value <= self.wanted


def _per_second(mix: str) -> Callable[[Results], float]:
    return lambda r: float(r["engine"]["batches"]["100"][mix]["orders_per_second_and_core"])


def _count(mix: str, name: str) -> Callable[[Results], float]:
    return lambda r: float(r["counts"][mix][name])


def _by_new(new: int, name: str) -> Callable[[Results], float]:
    return lambda r: float(r["counts"]["by new customers"][str(new)][name])


def _start(name: str) -> Callable[[Results], float]:
    return lambda r: float(r["cold_start"]["compiled"][name]["median"])


TARGETS = (
    Target("engine: orders per second and core, five fields, guard on, batches of 100", 2000, _AT_LEAST, _per_second(_PLAIN)),
    Target("the same with two of five consistent, 70 % of customers known", 1200, _AT_LEAST, _per_second(_CONSISTENT)),
    Target("times the article's way", 200, _AT_LEAST, lambda r: float(r["peers"]["ways"][ARTICLE]["times ours"])),
    Target("times the baseline, five fields, batches of 100", 15, _AT_MOST, lambda r: float(r["engine"]["batches"]["100"][f"{_PLAIN} to baseline"])),
    Target("times the baseline, two of five consistent", 15, _AT_MOST, lambda r: float(r["engine"]["batches"]["100"][f"{_CONSISTENT} to baseline"])),
    Target("KMS calls per 10,000 orders", 1, _AT_MOST, _count(_PLAIN, "kms_per_10000_orders")),
    Target("KMS calls per 10,000 orders, two consistent", 1, _AT_MOST, _count(_CONSISTENT, "kms_per_10000_orders")),
    Target("DynamoDB calls per order", 0.05, _AT_MOST, _count(_PLAIN, "dynamodb_per_order")),
    Target("DynamoDB calls per order, two consistent", 0.05, _AT_MOST, _count(_CONSISTENT, "dynamodb_per_order")),
    Target("write units per order", 2, _AT_MOST, _count(_PLAIN, "write_units_per_order")),
    Target("write units per order, two consistent, all customers known", 2, _AT_MOST, _by_new(0, "write_units_per_order")),
    Target("write units per order, two consistent, 30 % of customers new", 3.2, _AT_MOST, _by_new(30, "write_units_per_order")),
    Target("PutEvents calls per order", 0.1, _AT_MOST, _count(_PLAIN, "put_events_per_order")),
    Target("memory, a batch of 500 orders of 4 KiB", 200, _AT_MOST, lambda r: float(r["memory"]["peak_mib"]), "MiB"),
    Target("cold start: import and first batch of 100, CPU", 1.0, _AT_MOST, _start("import_and_first_batch_seconds"), "s"),
    Target("import alone, CPU", 0.5, _AT_MOST, _start("import_seconds"), "s"),
)  # fmt: skip

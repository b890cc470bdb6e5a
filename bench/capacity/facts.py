"""Holds the model's inputs: prices and quotas with their sources, assumptions, and what was measured here."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.engine.path import ENVIRONMENT
from bench.network import VAULT

_FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "facts.json").read_text())
_RESULTS = Path(__file__).parents[1] / "results"
_KEPT = Path(__file__).parents[2] / "docs" / "performance" / "run.json"
_SMALL, _BATCH = 10, 100


def price(name: str) -> float:
    """Returns the price of one unit, in dollars."""
    return float(_FACTS["prices"][name]["dollars"])


def quota(name: str) -> float:
    """Returns a default quota."""
    return float(_FACTS["quotas"][name]["value"])


def assumed(name: str) -> float:
    """Returns a figure that nobody publishes and the model has to assume."""
    return float(_FACTS["assumed"][name]["value"])


@dataclass(frozen=True)
class Demand:
    """Holds what each order needs, as counted and measured.

    Args:
        batch_cpu: seconds of CPU that a batch costs whatever its size.
        order_cpu: seconds of CPU that each order adds.
        vault_units: write units on the vault's table.
        index_units: write units on the blind index.
        write_units: on all tables and their indexes.
        read_units: of the blind index and the erasures.
        dynamodb_calls: per order in full batches.
        events_calls: PutEvents calls per order.
        kms_calls: KMS calls per order while data keys are used up by their items.
        bytes: of a raw order.
    """

    batch_cpu: float
    order_cpu: float
    vault_units: float
    index_units: float
    write_units: float
    read_units: float
    dynamodb_calls: float
    events_calls: float
    kms_calls: float
    bytes: float

    def cpu(self, orders: float) -> float:
        """Returns the seconds of CPU for a batch."""
        return self.batch_cpu + self.order_cpu * orders


def measured() -> dict[str, Any]:
    """Returns the suites that the model needs: of the last `make bench`, else of the run that the docs quote.

    Raises:
        FileNotFoundError: neither is there.
    """
    names = ("engine", "counts", "peers")
    if all((_RESULTS / f"{name}.json").exists() for name in names):
        return {name: json.loads((_RESULTS / f"{name}.json").read_text()) for name in names}
    found: dict[str, Any] = json.loads(_KEPT.read_text())
    return found


def demand(mix: str, bytes_each: float, results: dict[str, Any]) -> Demand:
    """Returns what a mix's orders need, from measurements; CPU time is a line through the batches of 10 and of 100."""
    counts, batches = results["counts"][mix], results["engine"]["batches"]
    small, full = (batches[str(size)][mix]["cpu"]["median"] * size / 1e6 for size in (_SMALL, _BATCH))
    order_cpu = (full - small) / (_BATCH - _SMALL)
    units = counts["write_units_by_table"]
    return Demand(
        batch_cpu=max(0.0, small - order_cpu * _SMALL),
        order_cpu=order_cpu,
        vault_units=units[VAULT],
        index_units=units.get(ENVIRONMENT["BLIND_INDEX_TABLE"], 0.0),
        write_units=counts["write_units_per_order"],
        read_units=counts["read_units_per_order"],
        dynamodb_calls=counts["dynamodb_per_order"],
        events_calls=counts["put_events_per_order"],
        kms_calls=counts["kms_per_10000_orders"] / 10_000,
        bytes=bytes_each,
    )

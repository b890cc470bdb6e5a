"""Calculates from a rate of orders what it needs. Only arithmetic; its inputs are in `facts`.

A shard's batches are taken by `parallel` environments. A batch lasts for its CPU, at the share of a vCPU that the memory
size gives, and for its calls one after the other. Shards, environments and tables are planned at the headroom's share of
what they can do.
"""

import math
from dataclasses import dataclass

from bench.capacity.facts import Demand, assumed, price, quota

_BATCH = 100  # the mapping's BatchSize
_WINDOW = 1.0  # seconds: its MaximumBatchingWindowInSeconds
_KEY_SECONDS = 300  # a data key's bound in time
_HOUR = 3600


@dataclass(frozen=True)
class Plan:
    """Holds what is needed to process a rate of orders.

    Args:
        orders: per second.
        batch: orders of a batch, as they come within the window.
        batch_seconds: that a batch takes.
        shards: of the stream.
        parallel: environments per shard, the mapping's ParallelizationFactor.
        environments: at work at once.
        memory_mb: of the function.
        calls: per second, by service.
        writes: write units per second, by table.
        dollars: per million orders, by service.
    """

    orders: float
    batch: float
    batch_seconds: float
    shards: int
    parallel: int
    environments: float
    memory_mb: int
    calls: dict[str, float]
    writes: dict[str, float]
    dollars: dict[str, float]

    @property
    def dollars_per_million(self) -> float:
        """Returns the sum over all services."""
        return sum(self.dollars.values())


def batch_seconds(demand: Demand, orders: float, memory_mb: int) -> float:
    """Returns the seconds of a batch: CPU time at the function's share of a vCPU, then calls one after the other."""
    share = min(1.0, memory_mb / quota("lambda_mb_per_vcpu"))
    cpu = demand.cpu(orders) / assumed("cpu_factor") / share
    database = math.ceil(demand.dynamodb_calls * orders) * assumed("dynamodb_call_seconds")
    bus = math.ceil(demand.events_calls * orders) * assumed("put_events_call_seconds")
    return cpu + database + bus


def planned(demand: Demand, orders: float, memory_mb: int = 1024, parallel: int = 1) -> Plan:
    """Returns what is needed to process a rate of orders.

    Args:
        demand: of an order.
        orders: per second.
        memory_mb: of the function.
        parallel: the mapping's ParallelizationFactor, 1 to 10.
    """
    shards = shards_for(demand, orders, memory_mb, parallel)
    batch = min(float(_BATCH), max(1.0, orders / shards / parallel * _WINDOW))
    seconds = batch_seconds(demand, batch, memory_mb)
    environments = orders / batch * seconds
    # Each environment has its own data key, and drops it when its time is over.
    kms = max(demand.kms_calls * orders, shards * parallel / _KEY_SECONDS)
    dollars = {
        "Kinesis": shards * _hourly() / _HOUR / orders + price("kinesis_put_unit") * math.ceil(demand.bytes / 25_600),
        "Lambda": seconds / batch * memory_mb / 1024 * price("lambda_gb_second_arm") + price("lambda_request") / batch,
        "DynamoDB": demand.write_units * price("dynamodb_write_unit")
        + demand.read_units * price("dynamodb_read_unit"),
        "EventBridge": price("eventbridge_event"),
        "KMS": kms / orders * price("kms_request"),
    }  # fmt: skip
    return Plan(
        orders=orders,
        batch=batch,
        batch_seconds=seconds,
        shards=shards,
        parallel=parallel,
        environments=environments,
        memory_mb=memory_mb,
        calls={
            "DynamoDB": demand.dynamodb_calls * orders,
            "EventBridge": demand.events_calls * orders,
            "KMS": kms,
        },
        writes={
            "vault": demand.vault_units * orders,
            "blind index": demand.index_units * orders,
            "all, with indexes": demand.write_units * orders,
        },
        dollars={name: each * 1e6 for name, each in dollars.items()},
    )


def shards_for(demand: Demand, orders: float, memory_mb: int, parallel: int) -> int:
    """Returns the shards that take a rate, by records, by bytes, and by what their environments get done."""
    done = parallel * _BATCH / batch_seconds(demand, _BATCH, memory_mb)
    takes = min(quota("kinesis_shard_records"), quota("kinesis_shard_bytes") / demand.bytes, done)
    return max(1, math.ceil(orders / (takes * assumed("headroom"))))


def _hourly() -> float:
    return price("kinesis_shard_hour") + price("kinesis_retention_shard_hour")

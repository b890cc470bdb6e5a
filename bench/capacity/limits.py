"""Finds the limit that is reached first: for each quota the rate of orders that reaches it, and what to do then."""

from dataclasses import dataclass

from bench.capacity.facts import Demand, assumed, quota
from bench.capacity.model import Plan, batch_seconds

_BATCH = 100


@dataclass(frozen=True)
class Limit:
    """Describes a default quota and the rate of orders that reaches it.

    Args:
        name: of what is limited.
        orders: per second that meet it.
        then: what to do.
    """

    name: str
    orders: float
    then: str


def limits(demand: Demand, memory_mb: int = 1024) -> list[Limit]:
    """Returns every default quota of one account and region, the first to break first."""
    per_environment = _BATCH / batch_seconds(demand, _BATCH, memory_mb)
    busiest = max(demand.vault_units, demand.index_units)
    found = [
        Limit(
            "one shard with one environment (the template's default)",
            min(per_environment, quota("kinesis_shard_records")),
            "more shards, or ParallelizationFactor up to 10; each shard works alone",
        ),
        Limit(
            "writes of a new on-demand table",
            quota("dynamodb_new_table_writes") / busiest,
            "pre-warm vault and blind index (WarmThroughput) before the first peak; else it doubles in half an hour",
        ),
        Limit(
            "EventBridge invocations",
            quota("eventbridge_invocations") / assumed("rules"),
            "events come late: raise the quota; one rule into a stream, where consumers read; more accounts",
        ),
        Limit(
            "writes of one table",
            quota("dynamodb_table_writes") / busiest,
            "raise the quota, or cells of their own vault; keys are hashes, so no partition gets hot",
        ),
        Limit(
            "PutEvents calls",
            quota("eventbridge_put_events") / demand.events_calls,
            "raise the quota; cells in accounts of their own, since all buses of an account share it",
        ),
        Limit(
            "Lambda concurrency",
            quota("lambda_concurrency") * per_environment,
            "raise the quota; more memory up to 1,769 MB shortens the CPU's part of a batch",
        ),
        Limit("Kinesis shards", quota("kinesis_shards") * min(per_environment, 1000), "raise the quota; more streams"),
        Limit("KMS requests", quota("kms_symmetric") / demand.kms_calls, "no need at any rate seen so far"),
    ]  # fmt: skip
    return sorted(found, key=lambda each: each.orders)


def broken(demand: Demand, plan: Plan) -> list[Limit]:
    """Returns the limits that a rate meets."""
    return [each for each in limits(demand, plan.memory_mb) if each.orders < plan.orders]


def cells(demand: Demand, orders: float) -> int:
    """Returns how many cells serve a rate, each a stack in its own account with default quotas and warm tables."""
    account = [each for each in limits(demand) if not each.name.startswith(("one shard", "writes of a new"))]
    return max(1, -int(-orders // (account[0].orders * assumed("headroom"))))

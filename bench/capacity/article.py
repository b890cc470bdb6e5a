"""Calculates what the seed article's calls and time cost at the same rate, with the same price list.

A function invoked per order; each value makes its own clients, asks KMS for a data key, asks for the table's description
and puts one item, one after the other. Its sign-in, its API and its application table are left out.
"""

from typing import Any

from bench.capacity.facts import assumed, price, quota
from bench.peers.measure import ARTICLE

_CALLS = ("kms.GenerateDataKey", "dynamodb.DescribeTable", "dynamodb.PutItem")
_REQUIRED_MEMORY = 1024  # MB: the same as ours


def article_dollars(results: dict[str, Any]) -> dict[str, float]:
    """Returns the dollars per million orders, by service."""
    way = results["peers"]["ways"][ARTICLE]
    asked = way["asked of AWS per order"]
    share = _REQUIRED_MEMORY / quota("lambda_mb_per_vcpu")
    seconds = way["cpu"]["median"] / 1e6 / assumed("cpu_factor") / share
    seconds += sum(asked[name] for name in _CALLS[1:]) * assumed("dynamodb_call_seconds")
    seconds += asked[_CALLS[0]] * assumed("kms_call_seconds")
    dollars = {
        "Lambda": seconds * _REQUIRED_MEMORY / 1024 * price("lambda_gb_second_arm") + price("lambda_request"),
        "DynamoDB": asked["write units"] * price("dynamodb_write_unit"),
        "KMS": asked[_CALLS[0]] * price("kms_request"),
    }
    return {name: each * 1e6 for name, each in dollars.items()}


def article_limits(results: dict[str, Any]) -> dict[str, float]:
    """Returns the orders per second at which the article's way meets default quotas."""
    asked = results["peers"]["ways"][ARTICLE]["asked of AWS per order"]
    return {
        "DescribeTable calls": 2_500
        / asked[_CALLS[1]],  # control plane, per account; DynamoDB "Service quotas"
        "writes of one table": quota("dynamodb_table_writes") / asked["write units"],
        "KMS requests": quota("kms_symmetric") / asked[_CALLS[0]],
    }

"""Copies items that a table lacks from a restored table. Items stay sealed.

None is overwritten but marks of erasures, which only move forward: without that, a customer who was erased again after
the recovery point would keep the earlier mark, and what the later erasure erased could be revealed.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from ops.explain import explained

_AT_ONCE = 8  # fewer than the ten connections of botocore's pool
_UNTIL = "until"  # which marks of erasures have, and nothing else that is stored


def put_back(dynamodb: Any, source: str, target: str, tick: Callable[[int], None]) -> Counter[str]:
    """Copies each item of one table into another unless that one has an item with its key, or a mark as late.

    Args:
        dynamodb: a DynamoDB client that may scan the first table and write to the second.
        source: the restored table.
        target: the table that functions use.
        tick: is called with the number of items that are done.

    Returns:
        The number of items that were `put back`, and of those that were `there` already.

    Raises:
        CommandError: a table can't be read or written. The same call continues, since copied items are there already.
    """
    with explained(f"reading the keys of {target}", "restoring needs an administrator of the tables"):
        schema = dynamodb.describe_table(TableName=target)["Table"]["KeySchema"]
    key = schema[0]["AttributeName"]

    def put(item: Any) -> str:
        try:
            dynamodb.put_item(TableName=target, Item=item, **_condition(key, item))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return "there"
            raise
        return "put back"

    counts: Counter[str] = Counter()
    with (
        explained(
            f"putting items of {source} into {target}", "restoring needs an administrator of the tables"
        ),
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        for page in dynamodb.get_paginator("scan").paginate(TableName=source, ConsistentRead=True):
            counts.update(pool.map(put, page["Items"]))
            tick(len(page["Items"]))
    return counts


def _condition(key: str, item: Any) -> dict[str, Any]:
    absent = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": {"#key": key}}
    if _UNTIL not in item:
        return absent
    return {
        "ConditionExpression": "attribute_not_exists(#key) OR #until < :until",
        "ExpressionAttributeNames": {"#key": key, "#until": _UNTIL},
        "ExpressionAttributeValues": {":until": item[_UNTIL]},
    }

"""Puts back what a table lacks, from a table that was restored beside it. Items stay sealed as they are, and none is overwritten."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from ops.explain import explained

_AT_ONCE = 8  # below botocore's pool of ten connections


def put_back(dynamodb: Any, source: str, target: str, tick: Callable[[int], None]) -> Counter[str]:
    """Put each item of one table into another unless that has one of its key.

    Args:
        dynamodb: a client of somebody who may scan the one and put into the other.
        source: the restored table.
        target: the table that functions use.
        tick: told how many items are done.

    Returns:
        How many were `put back`, and how many were `there`.

    Raises:
        CommandError: a table can't be read or written; the same call goes on, since what was put back is there.
    """
    with explained(f"reading the keys of {target}", "restoring needs an administrator of the tables"):
        schema = dynamodb.describe_table(TableName=target)["Table"]["KeySchema"]
    key = schema[0]["AttributeName"]

    def put(item: Any) -> str:
        try:
            dynamodb.put_item(
                TableName=target,
                Item=item,
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": key},
            )
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

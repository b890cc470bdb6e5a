"""Reads who uses consistent values that somebody else owns. The blind index writes that table."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from tokenizer.aws.pipeline.share_items import share
from tokenizer.aws.platform.error_mapping import mapped
from tokenizer.errors import OutOfTime, PipelineError
from tokenizer.records import Share
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoShares:
    """Implements the port `Shares`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def of(self, record_ids: Collection[bytes], budget: Budget) -> dict[bytes, list[Share] | PipelineError]:
        """Returns the shares of each value. Each value takes one consistent query, since few are asked for."""
        found: dict[bytes, list[Share] | PipelineError] = {}
        for record_id in record_ids:
            try:
                found[record_id] = OutOfTime("reading shares") if budget.spent else self._of(record_id)
            except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
                found[record_id] = mapped(error, "reading shares")
        return found

    def _of(self, record_id: bytes) -> list[Share]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#record = :record",
            ExpressionAttributeNames={"#record": "record"},
            ExpressionAttributeValues={":record": {"S": record_id.hex()}},
            ConsistentRead=True,
        )
        return [share(item) for page in pages for item in page["Items"]]

"""Stores honey tokens in the table that `HoneyReader` reads."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.honeytokens import HoneyToken

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class HoneyKeeper:
    """Stores honey tokens for the function that makes them."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("noting a honey token")
    def note(self, honey: HoneyToken) -> None:
        """Stores a honey token.

        Raises:
            PipelineError: it was not stored, so it must not be planted.
        """
        fields = {"id": honey.token, "kind": honey.kind, "note": honey.note, "seeded_at": honey.seeded_at}
        self._dynamodb.put_item(
            TableName=self._table, Item={name: {"S": text} for name, text in fields.items()}
        )

    @translated("listing honey tokens")
    def all(self) -> list[HoneyToken]:
        """Returns all honey tokens, the oldest first.

        Raises:
            PipelineError: the table can't be read.
        """
        return sorted(
            (
                HoneyToken(*(item[name]["S"] for name in ("id", "kind", "note", "seeded_at")))
                for item in self._items()
            ),
            key=lambda each: (each.seeded_at, each.token),
        )

    def _items(self) -> Iterator[dict[str, Any]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._table):
            yield from page["Items"]

"""What the API does: raw orders to the stream, sanitized orders from the table, reveals through their own function."""

import hashlib
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from schemas.dead_letter import ErrorCode
from tokenizer import jsontext
from tokenizer.aws.faults import translated
from tokenizer.aws.order_shelf import OrderShelf
from tokenizer.catalog import catalog
from tokenizer.errors import BadRecord, Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kinesis import KinesisClient
    from types_boto3_lambda import LambdaClient

_RECORD_BYTES = 1_000_000  # Kinesis: 1 MiB with the partition key
_REMEMBERED_SECONDS = 86_400


class OrderDesk:
    """Serves the API's callers."""

    def __init__(  # noqa: PLR0917 -- five places to go to
        self,
        kinesis: "KinesisClient",
        stream: str,
        dynamodb: "DynamoDBClient",
        orders: OrderShelf,
        idempotency_table: str,
        functions: "LambdaClient",
        reveal_function: str,
        payment_function: str,
    ) -> None:
        self._kinesis = kinesis
        self._stream = stream
        self._dynamodb = dynamodb
        self._orders = orders
        self._idempotency_table = idempotency_table
        self._functions = functions
        self._reveal_function = reveal_function
        self._payment_function = payment_function

    @translated("taking an order")
    def take(self, data: bytes, caller: str, key: str | None) -> str:
        """Put a raw event on the stream, in the very bytes that came.

        Args:
            data: the request's body.
            caller: whose idempotency keys these are.
            key: a repeat with the same key is answered as the first was, and puts nothing.

        Returns:
            The event's id.

        Raises:
            BadRecord: it would only be dead-lettered.
            PipelineError: the stream or the table failed.
        """
        event = jsontext.parse(data)
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the body is JSON, but no object")
        catalog().plan(event).validate(event)
        if len(data) > _RECORD_BYTES:
            raise BadRecord(ErrorCode.TOO_LARGE, f"the stream takes {_RECORD_BYTES} bytes")
        event_id = str(event["event_id"])
        remembered = self._claimed(f"{caller}#{key}", event_id) if key else None
        if remembered is not None:
            return remembered
        partition = hashlib.sha256(str(event["order"]["customer"]["customer_id"]).encode()).hexdigest()
        self._kinesis.put_record(StreamName=self._stream, Data=data, PartitionKey=partition)
        if key:
            self._finished(f"{caller}#{key}")
        return event_id

    def order(self, order_id: str) -> dict[str, Any] | None:
        """The latest sanitized order, None if there is none."""
        return self._orders.order(order_id)

    def pay(self, order_id: str, key: str, caller: str) -> dict[str, Any]:
        """What the payment function answers."""
        return self._asked(self._payment_function, {"order_id": order_id, "key": key, "caller": caller})

    def reveal(
        self, tokens: Sequence[str], purpose: str, *, masked: bool, caller: dict[str, Any]
    ) -> dict[str, Any]:
        """What the reveal function answers for a caller."""
        request = {"tokens": list(tokens), "purpose": purpose, "masked": masked, "caller": caller}
        return self._asked(self._reveal_function, request)

    @translated("asking a function")
    def _asked(self, function: str, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._functions.invoke(FunctionName=function, Payload=json.dumps(request).encode())
        if answer.get("FunctionError"):
            raise Unavailable("a function failed")
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def _claimed(self, key: str, event_id: str) -> str | None:
        """Claim a key; answers with the event id of the one who has finished under it.

        A claim that never finished (the function died in between) is taken over, so a repeat puts the order again rather
        than never: the stream may hold it twice then, and consumers drop it by its event id.
        """
        hashed = {"id": {"S": hashlib.sha256(key.encode()).hexdigest()}}
        try:
            self._dynamodb.put_item(
                TableName=self._idempotency_table,
                Item={
                    **hashed,
                    "event_id": {"S": event_id},
                    "expires_at": {"N": str(int(time.time()) + _REMEMBERED_SECONDS)},
                },
                ConditionExpression="attribute_not_exists(id) OR attribute_not_exists(finished)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item = self._dynamodb.get_item(
                TableName=self._idempotency_table, Key=hashed, ConsistentRead=True
            )["Item"]
            return str(item["event_id"]["S"])
        return None

    def _finished(self, key: str) -> None:
        self._dynamodb.update_item(
            TableName=self._idempotency_table,
            Key={"id": {"S": hashlib.sha256(key.encode()).hexdigest()}},
            UpdateExpression="SET finished = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )

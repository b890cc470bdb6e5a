"""Does the API's work: puts raw orders on the stream, reads sanitized ones, asks other functions for the rest."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.aws.api.fingerprints import Asked
from tokenizer.aws.api.idempotency import Answer, IdempotencyKeys, Turn
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.platform.functions import ask_function
from tokenizer.callers import Caller
from tokenizer.errors import BadRecord
from tokenizer.messages.erasure import (
    ERASED,
    ORDER_ERASED,
    EraseMessage,
    EraseOrderMessage,
    ErasureCertificate,
    OrderErasureCertificate,
)
from tokenizer.messages.payments import PAID, PayMessage
from tokenizer.messages.reveal import REVEAL_ANSWER, RevealAnswer, RevealMessage
from tokenizer.pipeline.catalog import catalog

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_lambda import LambdaClient

_RECORD_BYTES = 1_000_000  # Kinesis accepts 1 MiB with the partition key


def checked(data: bytes) -> tuple[str, str]:
    """Checks a raw event as the tokenizer will; returns its event id, and its customer's id or a guest's order id.

    Raises:
        BadRecord: the event would be dead-lettered.
    """
    event = json_text.parse(data)
    if not isinstance(event, dict):
        raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the body is JSON, but no object")
    event, plan = catalog().settled(event)
    plan.validate(event)
    if len(data) > _RECORD_BYTES:
        raise BadRecord(ErrorCode.TOO_LARGE, f"the stream takes {_RECORD_BYTES} bytes")
    return str(event["event_id"]), plan.subject_of(event) or str(event["order"]["order_id"])


class OrderService:
    """Serves the API's callers."""

    def __init__(  # noqa: PLR0917 -- the places to go to
        self,
        kinesis: "KinesisClient",
        stream: str,
        orders: OrdersReader,
        keys: IdempotencyKeys,
        functions: "LambdaClient",
        reveal_function: str,
        payment_function: str,
        erase_function: str,
    ) -> None:
        self._kinesis = kinesis
        self._stream = stream
        self._orders = orders
        self._keys = keys
        self._functions = functions
        self._reveal_function = reveal_function
        self._payment_function = payment_function
        self._erase_function = erase_function

    @translated("taking an order")
    def take(self, data: bytes, caller: str, key: str | None) -> dict[str, Any]:
        """Puts a raw event on the stream, in the bytes that came.

        Args:
            data: the request's body.
            caller: the caller who owns the idempotency key.
            key: the idempotency key. A repeat with the same key gets the first answer and puts nothing.

        Returns:
            `{"event_id": ...}`.

        Raises:
            BadRecord: the event would only be dead-lettered.
            Refused: the key stands for another request, or for one that is still running.
            PipelineError: the stream, the table or KMS failed.
        """
        event_id, whose = checked(data)

        def put(_: Turn) -> Answer:
            # A claim that never finished is taken over. The stream may hold the order twice then, which consumers can
            # see by its event id, but it never lacks the order.
            partition = hashlib.sha256(whose.encode()).hexdigest()
            self._kinesis.put_record(StreamName=self._stream, Data=data, PartitionKey=partition)
            return {"event_id": event_id}

        return self._keys.once(Asked("order", caller, key, data), put)

    def order(self, order_id: str) -> dict[str, Any] | None:
        """Returns the latest sanitized order, or None."""
        return self._orders.order(order_id)

    def pay(self, order_id: str, key: str, caller: Caller, id_token: str) -> dict[str, Any]:
        """Pays an order; returns the payment.

        Args:
            order_id: the order.
            key: the idempotency key.
            caller: owns the idempotency key.
            id_token: the caller's, which the payment function verifies.

        Raises:
            Refused: there is no such order, it can't be paid, or the key stands for another request.
            PipelineError: a service failed; try again with the same key.
        """

        def charge(_: Turn) -> Answer:
            asked = PayMessage(order_id=order_id, key=key, id_token=id_token)
            paid = ask_function(self._functions, self._payment_function, asked, PAID)
            return paid.payment.model_dump(exclude_none=True)

        return self._keys.once(Asked(f"payment#{order_id}", caller.name, key, b""), charge)

    def reveal(self, tokens: Sequence[str], purpose: str, *, masked: bool, id_token: str) -> RevealAnswer:
        """Returns what the reveal function answers for the caller whose ID token this is.

        Raises:
            Refused: the function does not understand the request, or can't answer all of it at once.
            PipelineError: a service failed; try again.
        """
        asked = RevealMessage(tokens=tuple(tokens), purpose=purpose, masked=masked, id_token=id_token)
        return ask_function(self._functions, self._reveal_function, asked, REVEAL_ANSWER)

    def erase(self, customer_id: str, purpose: str, id_token: str) -> ErasureCertificate:
        """Returns what the erasing function answers for the caller whose ID token this is.

        Raises:
            Refused: the policies do not let the caller erase, or the function does not understand the request.
            PipelineError: a service failed; try again.
        """
        asked = EraseMessage(customer_id=customer_id, purpose=purpose, id_token=id_token)
        return ask_function(self._functions, self._erase_function, asked, ERASED).certificate

    def erase_order(self, order_id: str, purpose: str, id_token: str) -> OrderErasureCertificate:
        """Returns what the erasing function answers about an order, for the caller whose ID token this is.

        The function decides, and is told whether the order's newest event names a customer.

        Raises:
            Refused: as `erase`; or the order has a customer.
            PipelineError: a service failed; try again.
        """
        of_customer = self._orders.has_customer(order_id)
        asked = EraseOrderMessage(
            order_id=order_id, of_customer=of_customer, purpose=purpose, id_token=id_token
        )
        return ask_function(self._functions, self._erase_function, asked, ORDER_ERASED).certificate

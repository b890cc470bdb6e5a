"""Tokenizing while somebody waits: orders with `Prefer: wait`, and single values.

The tokenizing function of the queue does the work, under an identity that the API gives: its own name and an id of the request. Under an idempotency
key the id is made of the key and the body, so that a repeat has the same tokens, and another body under the same key is another record: one
identity must never stand for two contents.
"""

import hmac
import json
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from schemas.dead_letter import ErrorCode
from tokenizer import jsontext
from tokenizer.aws.faults import translated
from tokenizer.aws.idempotency import IdempotencyKeys
from tokenizer.errors import BadRecord, Unavailable
from tokenizer.replay import FAILED, PUBLISHED, REPLAY, VALUES, WITH_EVENTS

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

# What a caller names, and the field that it is tokenized as.
KINDS = {
    "name": ("value", "name"),
    "email": ("value", "email"),
    "phone": ("value", "phone"),
    "birth_date": ("value", "date_of_birth"),
    "card_number": ("card", "number"),
    "card_expiry": ("value", "expiry"),
    "government_id": ("value", "ssn"),
    "bank_account": ("value", "iban"),
    "address": ("value", "line1"),
    "other": ("value", "secret"),
}


class WaitingDesk:
    """Has the tokenizing function work at once."""

    def __init__(
        self,
        functions: "LambdaClient",
        tokenize_function: str,
        api_name: str,
        keys: IdempotencyKeys | None = None,
    ) -> None:
        """A desk; without `keys` for callers who use none."""
        self._functions = functions
        self._keys = keys
        self._tokenize_function = tokenize_function
        self._api_name = api_name

    def order(self, data: bytes, caller: str, key: str | None) -> dict[str, Any]:
        """Tokenize and publish a raw event.

        Returns:
            The sanitized event.

        Raises:
            BadRecord: it can't be published.
            PipelineError: try again, with the same key.
        """
        return self._tokenized(data, caller, key, WITH_EVENTS)

    def values(
        self, values: Sequence[tuple[str, str]], caller: str, key: str | None, customer_id: str | None
    ) -> list[str]:
        """Tokenize values of named kinds, of a customer where one is named.

        Returns:
            A token each, in the same order.

        Raises:
            BadRecord: a value is not of its kind.
            PipelineError: try again, with the same key.
        """
        fields = [KINDS[kind] for kind, _ in values]
        event = {
            "event_id": "values",
            "event_type": "values.submitted",
            "schema_version": 1,
            "occurred_at": "1970-01-01T00:00:00Z",
            "customer_id": customer_id,
            "values": [
                {part: {name: value}} for (part, name), (_, value) in zip(fields, values, strict=True)
            ],
        }
        shown = self._tokenized(jsontext.dump(event), caller, key, VALUES)["data"]["values"]
        return [str(each[part][name]) for (part, name), each in zip(fields, shown, strict=True)]

    @translated("tokenizing at once")
    def _tokenized(self, data: bytes, caller: str, key: str | None, mode: str) -> dict[str, Any]:
        if key and self._keys:
            claim = self._keys.claim(caller, f"{mode}#{key}", "waited for")
            arrived = claim.arrived  # of the first request, so that a repeat is told the same
            request_id = hmac.digest(f"{caller}#{mode}#{key}".encode(), data, "sha256").hex()
        else:
            arrived, request_id = int(time.time() * 1000), uuid.uuid4().hex
        record = {
            "eventSource": "aws:sqs",
            "eventSourceARN": self._api_name,
            "messageId": request_id,
            "body": data.decode("utf-8", "surrogatepass"),
            "attributes": {"SentTimestamp": str(arrived), "ApproximateReceiveCount": "1"},
        }
        request = json.dumps({REPLAY: True, mode: True, "Records": [record]}).encode()
        answer = self._functions.invoke(FunctionName=self._tokenize_function, Payload=request)
        if answer.get("FunctionError"):
            raise Unavailable("the tokenizing function failed")
        (outcome,) = json.loads(answer["Payload"].read())["outcomes"]
        if outcome["status"] == FAILED:
            raise BadRecord(ErrorCode(outcome["code"]), outcome["message"])
        if outcome["status"] != PUBLISHED:
            raise Unavailable("the order was not tokenized")
        detail: dict[str, Any] = jsontext.parse(outcome["detail"].encode())
        return detail

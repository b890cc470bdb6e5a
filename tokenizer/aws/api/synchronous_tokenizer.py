"""Tokenizes while a caller waits: orders with `Prefer: wait`, and single values.

The queue's tokenizing function does the work, under an identity that the API gives: its own name and a random id. The
id is new for each request, or the same for one idempotency key. The key stands for one body, so an identity never
stands for two contents.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.aws.api.fingerprints import Asked
from tokenizer.aws.api.idempotency import Answer, IdempotencyKeys, Turn
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.platform.functions import ask_function
from tokenizer.errors import BadRecord, Unavailable
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import TOKENIZE_ANSWER, ApiRecord, TokenizeMessage
from tokenizer.replay.messages import FAILED, PUBLISHED

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

# Maps the kinds that a caller names to the fields as which they are tokenized.
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


class SynchronousTokenizer:
    """Has the tokenizing function work at once."""

    def __init__(
        self,
        functions: "LambdaClient",
        tokenize_function: str,
        api_name: str,
        keys: IdempotencyKeys | None = None,
    ) -> None:
        """Uses idempotency keys if `keys` is given."""
        self._functions = functions
        self._keys = keys
        self._tokenize_function = tokenize_function
        self._api_name = api_name

    def order(self, data: bytes, caller: str, key: str | None) -> dict[str, Any]:
        """Tokenizes and publishes a raw event.

        Returns:
            The sanitized event.

        Raises:
            BadRecord: the event can't be published.
            Refused: the key stands for another request, or for one that is still running.
            PipelineError: a service failed; try again with the same key.
        """
        asked = Asked("order, waited for", caller, key, data)
        return self._once(asked, lambda turn: self._tokenized(data, turn, Mode.WAITED_FOR))

    def values(
        self,
        values: Sequence[tuple[str, str]],
        caller: str,
        key: str | None,
        customer_id: str | None,
        hidden: Collection[str] = (),
    ) -> list[str | None]:
        """Tokenizes values of named kinds, for a customer if one is named.

        Args:
            values: the values, each with its kind.
            caller: the caller who owns the idempotency key.
            key: the idempotency key.
            customer_id: the customer.
            hidden: the kinds whose values are left out.

        Returns:
            One token for each value, in the same order; None for those left out.

        Raises:
            BadRecord: a value doesn't fit its kind.
            Refused: the key stands for another request, or for one that is still running.
            PipelineError: a service failed; try again with the same key.
        """
        left = [pair for pair in values if pair[0] not in hidden]

        def tokens(turn: Turn) -> Answer:
            data = json_text.dump(_submitted(left, customer_id))
            shown = self._tokenized(data, turn, Mode.VALUES)["data"]["values"] if left else []
            drawn = [str(each[part][name]) for (part, name), each in zip(_fields(left), shown, strict=True)]
            rest = iter(drawn)
            return {"tokens": [None if kind in hidden else next(rest) for kind, _ in values]}

        everything = json_text.dump(_submitted(values, customer_id))
        return list(self._once(Asked("tokens", caller, key, everything), tokens)["tokens"])

    def _once(self, asked: Asked, work: Callable[[Turn], Answer]) -> Answer:
        return self._keys.once(asked, work) if self._keys else work(Turn.fresh())

    @translated("tokenizing at once")
    def _tokenized(self, data: bytes, turn: Turn, mode: Mode) -> dict[str, Any]:
        body = data.decode("utf-8", "surrogatepass")
        record = ApiRecord(origin=self._api_name, record_id=turn.record_id, arrived=turn.arrived, body=body)
        request = TokenizeMessage(mode=mode, record=record)
        (outcome,) = ask_function(self._functions, self._tokenize_function, request, TOKENIZE_ANSWER).outcomes
        if outcome.status == FAILED:
            raise BadRecord(ErrorCode(outcome.code or ""), outcome.message or "")
        if outcome.status != PUBLISHED or outcome.detail is None:
            raise Unavailable("the order was not tokenized")
        detail: dict[str, Any] = json_text.parse(outcome.detail.encode())
        return detail


def _fields(values: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [KINDS[kind] for kind, _ in values]


def _submitted(values: Sequence[tuple[str, str]], customer_id: str | None) -> dict[str, Any]:
    """Returns the event in which values come to the tokenizer."""
    return {
        "event_id": "values",
        "event_type": "values.submitted",
        "schema_version": 1,
        "occurred_at": "1970-01-01T00:00:00Z",
        "customer_id": customer_id,
        "values": [
            {part: {name: value}} for (part, name), (_, value) in zip(_fields(values), values, strict=True)
        ],
    }

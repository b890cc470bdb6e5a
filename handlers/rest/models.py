"""Defines what the API takes and answers. Its OpenAPI description is generated from these models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from schemas.check import settled
from schemas.events.order_placed_v1 import OrderPlaced as OrderPlacedV1
from schemas.events.order_placed_v2 import OrderPlaced as OrderPlacedV2
from schemas.events.order_placed_v3 import OrderPlaced as OrderPlacedV3
from schemas.fault import Fault as WrongEvent
from schemas.registry import registry

_ORDER = {
    "event_id": "0192f0c8-1111-7abc-8def-000000000001",
    "event_type": "order.placed",
    "schema_version": 1,
    "occurred_at": "2026-11-23T10:15:00Z",
    "order": {
        "order_id": "SO-1001",
        "currency": "USD",
        "total": "129.90",
        "items": [{"sku": "SKU-1", "name": "Kettle", "quantity": 1, "unit_price": "129.90"}],
        "customer": {"customer_id": "C-77", "name": "Ann Example", "email": "ann@example.com"},
        "payment": {"method": "card", "card": {"number": "4242424242424242", "expiry": "12/29"}},
    },
}
# A reason that somebody gives for a request; the functions behind the API refuse a blank one as well.
Purpose = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
_TOKEN = "tok_1gb8tgx31kfs46r9wgjm8em128"  # noqa: S105 -- a token's form; it stands for nothing


def _example(value: Any) -> Any:
    """Returns a model's configuration with an example."""
    return {"examples": [value]}


def _without_discriminator(schema: dict[str, Any]) -> None:
    """Removes the discriminator: OpenAPI requires a string, and a schema version is a number."""
    schema.pop("discriminator", None)
    schema |= _example(_ORDER)


_Orders = Annotated[OrderPlacedV1 | OrderPlacedV2 | OrderPlacedV3, Field(discriminator="schema_version")]


ORDERS_ALONE = "orders_alone"  # the error of a body that is no `order.placed` event


class RawOrder(RootModel[_Orders]):
    """Holds a raw `order.placed` event of any version, in its own envelope.

    Other event types, events in a wrapper, and bodies in a producer's own form go to the queue or the stream.
    """

    model_config = ConfigDict(hide_input_in_errors=True, json_schema_extra=_without_discriminator)

    @model_validator(mode="before")
    @classmethod
    def _of_guest(cls, event: Any) -> Any:
        """Reads a guest's order as the tokenizer does; the bytes that came are what goes on the stream."""
        if isinstance(event, dict) and event.get("event_type") != _ORDER["event_type"]:
            raise PydanticCustomError(
                ORDERS_ALONE,
                "an order.placed event in its own envelope is required; other event types, wrapped events and bodies in"
                " a producer's own form go to the queue or the stream (docs/produce.md)",
            )
        try:
            return settled(event, registry())[1] if isinstance(event, dict) else event
        except WrongEvent:
            return event  # the union says what is wrong


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class Accepted(_Model):
    """Says that the raw event is on the stream."""

    event_id: str


class SanitizedOrder(_Model):
    """Holds the latest sanitized event of an order."""

    order_id: str
    event_id: str
    occurred_at: str
    ingest_id: str
    order: dict[str, Any]


class NamedValue(_Model):
    """Holds a value and its kind."""

    kind: Literal[
        "name",
        "email",
        "phone",
        "birth_date",
        "card_number",
        "card_expiry",
        "government_id",
        "bank_account",
        "address",
        "other",
    ]
    value: Annotated[str, Field(min_length=1, max_length=4096)]


class TokensRequest(_Model):
    """Holds values to tokenize, and the customer whose they are, so that erasing the customer erases them.

    `purpose` says why consistent tokens are looked up, for the audit trail.
    """

    model_config = ConfigDict(
        json_schema_extra=_example(
            {
                "values": [
                    {"kind": "card_number", "value": "4242424242424242"},
                    {"kind": "email", "value": "ann@example.com"},
                ]
            }
        )
    )

    customer_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    purpose: Purpose | None = None
    values: Annotated[list[NamedValue], Field(min_length=1, max_length=100)]


class TokensAnswer(_Model):
    """Holds a token for each value, in the same order.

    It is null where the same value always has the same token, and the caller may not look that up.
    """

    tokens: list[str | None]


class FindRequest(_Model):
    """Holds a customer's email, and the purpose for which the customer is looked for."""

    model_config = ConfigDict(json_schema_extra=_example({"email": "ann@example.com", "purpose": "support"}))

    email: Annotated[str, Field(min_length=1, max_length=320)]
    purpose: Purpose


class ValueErasureRequest(_Model):
    """Holds a value to erase for all who used it, and the purpose."""

    model_config = ConfigDict(
        json_schema_extra=_example(
            {"kind": "email", "value": "ann@example.com", "purpose": "erasure_request"}
        )
    )

    kind: Literal["email", "phone"]
    value: Annotated[str, Field(min_length=1, max_length=320)]
    purpose: Purpose = "erasure_request"


class FoundCustomer(_Model):
    """Holds a customer who used an email, and orders in which they did: a hundred at most, in no order of time."""

    customer_id: str
    order_ids: list[str]


class FoundCustomers(_Model):
    """Holds the customers who used an email; none if nobody did."""

    customers: list[FoundCustomer]


class RevealRequest(_Model):
    """Holds tokens, and the purpose for which they are needed."""

    model_config = ConfigDict(json_schema_extra=_example({"tokens": [_TOKEN], "purpose": "charge"}))

    tokens: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]
    purpose: Purpose
    masked: bool = False


class Fault(_Model):
    """Holds a code for programs, and a sentence for people."""

    code: str
    message: str


class Problem(_Model):
    """Holds an error. Every error has this form."""

    error: Fault

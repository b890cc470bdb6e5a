"""Two event types of producers that don't know our envelope, for tests."""

from typing import Annotated, Any, Literal

from schemas.base import Envelope, EventModel
from schemas.fields import CustomerId, Email, Name
from schemas.foreign import Foreign, Unit
from schemas.kinds import Identifier, Public, Token
from schemas.lenient import LenientMoney, LenientQuantity, LenientTime
from schemas.registry import EventName
from tests.support.samples import ARRIVED
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.sources import sqs_records
from tokenizer.records import RawRecord


class Buyer(EventModel):
    """The buyer, or null for a guest."""

    ref: CustomerId
    name: Name | None = None
    email: Email | None = None


class Line(EventModel):
    """A line of the order."""

    quantity: LenientQuantity | None = None
    price: LenientMoney | None = None


class Webhook(Envelope):
    """Its envelope stands in the body."""

    foreign = Foreign(
        event_id="/id",
        event_type="/meta/topic",
        types=("order.created", "order.changed"),
        schema_version="/meta/api",
        versions=("2026-10", 7),
        occurred_at="/created",
        zone="Europe/Berlin",
        unit=Unit.MILLISECONDS,
    )
    shows_unknown_booleans = True

    event_type: Annotated[Literal["web.order"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    id: Annotated[int | str, Identifier()]
    created: LenientTime
    total: LenientMoney | None = None
    buyer: Buyer | None = None
    lines: list[Line] | None = None
    answer: Annotated[Any, Token()] = None


class Relayed(Envelope):
    """Its envelope stands in attributes of the message, but for the time."""

    foreign = Foreign(
        event_id="attribute:delivery", event_type="attribute:topic", occurred_at="/at", unit=Unit.SECONDS
    )

    event_type: Annotated[Literal["relayed.order"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    buyer: Buyer | None = None


QUEUE = "arn:aws:sqs:us-east-1:000000000000:raw"
MODELS: dict[EventName, type[Envelope]] = {
    EventName("web.order", 1): Webhook,
    EventName("relayed.order", 1): Relayed,
}


def catalog() -> Catalog:
    """Returns the catalog of both types."""
    return Catalog(MODELS)


def webhook(**changes: Any) -> dict[str, Any]:
    """Returns a body as its shop sends it; keyword arguments replace its fields."""
    return {
        "id": 820982911946154508,
        "meta": {"topic": "order.created", "api": "2026-10"},
        "created": "2026-07-01 09:30:00.120",
        "total": "129.90",
        "buyer": {"ref": "B-1", "name": "Ann Canaryname", "email": "Ann.Canary@example.com"},
        "lines": [{"quantity": 1.5, "price": 20}],
        "answer": {"size": 42, "gift": True},
        "express": True,
        **changes,
    }


def relayed(**changes: Any) -> dict[str, Any]:
    """Returns a body whose message has the attributes `delivery` and `topic`."""
    return {"at": 1782891000, "buyer": {"ref": "B-1", "name": "Ann Canaryname"}, **changes}


def message(
    body: str,
    attributes: dict[str, str] | None = None,
    message_id: str = "m-1",
    known: Catalog | None = None,
) -> RawRecord:
    """Returns a message of the queue as the function reads it from what Lambda hands over."""
    entry = {
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "messageId": message_id,
        "body": body,
        "attributes": {
            "SentTimestamp": str(int(ARRIVED.timestamp() * 1000)),
            "ApproximateReceiveCount": "1",
        },
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String", "binaryListValues": [], "stringListValues": []}
            for name, value in (attributes or {}).items()
        },
    }
    (record,) = sqs_records({"Records": [entry]}, 5, (known or catalog()).attributes())
    return record

"""Tests that a producer's own names work from the raw event to the consumers' kit and the lake, at every depth."""

import gzip
import json
import re
import sys
from keyword import iskeyword
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal
from warnings import catch_warnings, simplefilter

import pytest
from jsonschema import Draft202012Validator
from pydantic import create_model
from pydantic.errors import PydanticUserError

from ops.lake.columns import columns, glue
from ops.lake.database import Database
from ops.misspelt import Misspelt, misspelt
from order_events.decode import decode
from order_events.parts import is_token
from schemas.base import Envelope, EventModel, Flag, Identifier, PublicText, Text
from schemas.check import check
from schemas.fields import CardNumber, Email
from schemas.foreign import Foreign
from schemas.json_schema import raw_schema, sanitized_schema
from schemas.kinds import OrderReference, Public, Subject, Token
from schemas.lenient import LenientMoney, LenientQuantity
from schemas.no_place import NoPlace
from schemas.publish.kit import RESERVED, attribute_name, kit_files
from schemas.registry import EventName
from tests.support.fakes.world import World, ample_budget
from tests.support.further_types import put_in_force
from tests.support.lake import envelope
from tests.support.samples import stream_record
from tokenizer.pipeline.catalog import Catalog

NAME = EventName("camel.order", 1)


class CustomField(EventModel):
    """A field of the shop's own."""

    name: PublicText
    displayValue: Annotated[Text, Token()] | None = None


class OrderItem(EventModel):
    """A line of the order."""

    uniqueId: Identifier
    unitPrice: LenientMoney | None = None
    quantity: LenientQuantity | None = None
    maxQuantity: LenientQuantity | None = None
    metadata: PublicText | None = None
    customFields: list[CustomField] | None = None


class BillingAddress(EventModel):
    """Where the invoice goes."""

    fullName: Annotated[Text, Token()] | None = None
    postalCode: PublicText | None = None


class OrderContent(EventModel):
    """The order."""

    invoiceNumber: Annotated[Text, OrderReference()]
    userId: Annotated[Text, Subject()] | None = None
    finalGrandTotal: LenientMoney | None = None
    creditCardLast4Digits: PublicText | None = None
    cardNumber: CardNumber | None = None
    userEmail: Email | None = None
    billingAddress: BillingAddress | None = None
    isRecurringOrder: Flag | None = None
    items: list[OrderItem] | None = None
    extra: PublicText | None = None
    metadata: PublicText | None = None
    data: PublicText | None = None


class CamelOrder(Envelope):
    """The raw event: a webhook's own body."""

    foreign = Foreign(
        event_id="/content/invoiceNumber",
        event_type="/eventName",
        types=("tests.order.completed",),
        occurred_at="/createdOn",
        zone="UTC",
    )

    event_type: Annotated[Literal["camel.order"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    eventName: PublicText
    createdOn: PublicText
    content: OrderContent


WEBHOOK: dict[str, Any] = {
    "eventName": "tests.order.completed",
    "createdOn": "2026-11-28T12:15:34.207Z",
    "content": {
        "invoiceNumber": "SNIP-1427",
        "userId": "4a90ab14",
        "finalGrandTotal": 129.9,
        "creditCardLast4Digits": "4242",
        "cardNumber": "4111111111111111",
        "userEmail": "grete@example.com",
        "billingAddress": {"fullName": "Grete Beispielmann", "postalCode": "G1K"},
        "isRecurringOrder": False,
        "items": [
            {
                "uniqueId": "i-1",
                "unitPrice": 64.95,
                "quantity": 2,
                "maxQuantity": 9,
                "metadata": "blue",
                "customFields": [{"name": "engraving", "displayValue": "for Berta"}],
            }
        ],
        "extra": "none",
        "metadata": "from the shop",
        "data": "of the shop",
        "paymentStatus": "Paid",
    },
}


def published() -> dict[str, Any]:
    """Returns the webhook as the bus gets it."""
    world = World(catalog=Catalog({NAME: CamelOrder}))
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(WEBHOOK)], ample_budget())
    assert outcome.published, outcome
    return dict(json.loads(world.bus.events[0].detail))


def kit_of(schema: dict[str, Any], name: EventName = NAME) -> dict[str, Any]:
    """Returns the names that the kit's generated module of an event type defines."""
    text = kit_files({name: schema})[Path("events", f"{name.event_type.replace('.', '_')}_v1.py")]
    module = ModuleType("tests.generated_kit")
    sys.modules[module.__name__] = module  # dataclasses look their modules up
    exec(compile(text, "kit", "exec"), vars(module))  # noqa: S102 -- what `make schemas` writes
    return vars(module)


def test_events_keep_the_producers_names_and_show_what_is_named() -> None:
    detail = published()
    content = detail["data"]["content"]
    assert content.keys() == WEBHOOK["content"].keys() | {
        *("cardNumber_last4", "cardNumber_brand", "userEmail_domain"),
    }
    assert [
        content[name] for name in ("invoiceNumber", "creditCardLast4Digits", "isRecurringOrder", "metadata")
    ] == ["SNIP-1427", "4242", False, "from the shop"]
    assert content["items"][0]["customFields"][0]["name"] == "engraving"
    tokens = [content[name] for name in ("cardNumber", "userEmail", "paymentStatus")]
    assert all(map(is_token, [*tokens, content["billingAddress"]["fullName"]]))
    Draft202012Validator(sanitized_schema(CamelOrder)).validate(detail)
    Draft202012Validator(raw_schema(CamelOrder))


def test_the_kit_gives_names_of_its_own_another_attribute() -> None:
    kit = kit_of(sanitized_schema(CamelOrder))
    order = decode(kit["CamelOrder"], published()["data"], "/detail/data")
    content = order.content
    assert (content.metadata, content.data, content.extra_) == ("from the shop", "of the shop", "none")
    assert (content.items[0].metadata, content.items[0].maxQuantity) == ("blue", 9)
    assert content.extra.keys() == {"paymentStatus"}


def test_every_name_that_the_kit_needs_itself_is_read_under_an_attribute_of_its_own() -> None:
    names = sorted({*RESERVED, "Line"})
    line = {"title": "Line", "type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    fields: dict[str, Any] = {name: {"$ref": "#/$defs/Line"} for name in names}
    data = {"title": "Odd", "type": "object", "properties": {**fields, "last": {"type": "string"}}}
    for required in ([], names):
        schema = {
            "$defs": {"Line": line},
            "properties": {
                "metadata": sanitized_schema(CamelOrder)["properties"]["metadata"],
                "data": {**data, "required": required},
            },
        }
        kit = kit_of(schema)
        read = decode(kit["Odd"], {**{name: {"a": 1} for name in names}, "last": "x", "more": 1}, "")
        assert [getattr(read, attribute_name(name, ["Line"])).a for name in names] == [1] * len(names)
        assert (read.last, read.extra) == ("x", {"more": 1})


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_field_beside_the_attribute_that_the_kit_would_give_is_refused(name: str) -> None:
    both = {each: {"type": "integer"} for each in (name, f"{name}_")}
    data = {"title": "Odd", "type": "object", "properties": both}
    metadata = sanitized_schema(CamelOrder)["properties"]["metadata"]
    with pytest.raises(NoPlace, match=f"Odd: a field of the kit can't be called {name} beside {name}_"):
        kit_files({NAME: {"properties": {"metadata": metadata, "data": data}}})


def test_a_misspelt_name_is_noticed_and_another_style_too(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, {NAME: CamelOrder})
    event = json.loads(json.dumps(WEBHOOK))
    content = event["content"]
    assert misspelt(json.dumps(event).encode()) == []
    content["invoice_total"] = 1
    content["final_grand_total"] = content.pop("finalGrandTotal")
    content["items"][0]["unitPirce"] = content["items"][0].pop("unitPrice")
    assert misspelt(json.dumps(event).encode()) == [
        Misspelt("/content/items/0/unitPirce", "unitPrice"),
        Misspelt("/content/final_grand_total", "finalGrandTotal"),
    ]
    assert check(json.dumps(event).encode())["event_id"] == "SNIP-1427"


def test_the_lake_has_the_names_in_lower_case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put_in_force(monkeypatch, {NAME: CamelOrder})
    place = tmp_path / "events/event_type=camel.order/day=2026-11-28"
    place.mkdir(parents=True)
    (place / "1.gz").write_bytes(gzip.compress(envelope(published(), "camel.order") + b"\n"))
    lake = Database(tmp_path)
    content = "detail.data.content"
    told = lake.ask(
        f"SELECT {content}.finalGrandTotal, {content}.items[1].unitprice, {content}.billingAddress.POSTALCODE,"  # noqa: S608 -- our own names
        f" {content}.items[1].customFields[1].name, {content}.isRecurringOrder, {content}.cardNumber_last4 FROM camel_order"
    )
    assert told.rows == [("129.9", "64.95", "G1K", "engraving", "false", "1111")]
    named = columns({NAME: sanitized_schema(CamelOrder)})["camel.order"]["detail"]
    assert glue(named) == glue(named).lower()


def _refused_names(base: type[EventModel]) -> set[str]:
    """Returns the attributes of a model that no field below it can have the name of."""
    found = set()
    for name in (each for each in dir(base) if not each.startswith("_")):
        try:
            with catch_warnings():
                simplefilter("error")
                create_model("Tried", __base__=base, **{name: (PublicText, None)})  # type: ignore[call-overload]
        except (UserWarning, ValueError, NameError, PydanticUserError):
            found.add(name)
    return found


def test_the_page_lists_the_names_that_no_field_can_have_and_those_that_the_kit_changes() -> None:
    page = (
        Path("docs/new-event-type.md").read_text().partition("## Names of fields\n")[2].partition("\n## ")[0]
    )
    kit, _, base = page.partition("The kit needs some names itself.")[2].partition("A field can't be named")
    said = set(re.findall(r"`(\w+)`", kit.partition("These are")[2].partition("`metadata`")[0]))
    assert said == RESERVED
    models, envelope_ = (set(re.findall(r"`(\w+)`", each)) for each in base.split("\n- ")[2:])
    refused = _refused_names(EventModel)
    assert models - {"model_"} == {name for name in refused if not name.startswith("model_")}
    assert envelope_ == _refused_names(Envelope) - refused
    words = re.findall(r"`(\w+)`", base.split("\n- ")[1])
    assert words
    assert all(map(iskeyword, words))

"""Tests that orders of guests are published, and that what stands for no customer is nobody's id."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from handlers.rest.models import RawOrder
from ops.preview.outcomes import Preview
from schemas.check import check
from schemas.fault import Fault
from schemas.json_schema import raw_schema, sanitized_schema
from schemas.registry import EventName, registry
from schemas.sanitized import SanitizedEvent
from tests.support.fakes.world import SUBJECT_KEY, World, ample_budget
from tests.support.samples import data, order, stream_record
from tokenizer.aws.api.order_service import checked
from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.pipeline.catalog import catalog
from tokenizer.records import Outcome
from tokenizer.subjects import names_nobody

VERSIONS = sorted(name.schema_version for name in registry() if name.event_type == "order.placed")
NEWEST = VERSIONS[-1]
NOBODY: list[Any] = [
    None, 0, -1, "", " ", "0", "000", "-1", "0.0", "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff", "guest", "Guest", " GUEST ", "\uff47\uff55\uff45\uff53\uff54", "guest_user", "guest-checkout",
    "Guest Customer", "anonymous", "null", "NULL", "None", "nil", "NaN", "n/a", "N/A", "na", "-", "--", "?", "undefined",
    "unknown", "not available", "default", "walk-in customer", "invité", "Gast", "invitado", "gość", "\u0433\u043e\u0441\u0442\u044c", "ゲスト", "访客",
    "xxx", False, {}, [],
]  # fmt: skip
SOMEBODY: list[Any] = [
    "C-77", "1", 1, 7, "10", "100", "007", "1111", "guest-4711", "guest@example.org", "anna", "0a", "C-0", "a", "N",
    "6f0e8a52-0000-4000-8000-000000000000", "-100", "10.0", "Nullmeier", "Guesthouse",
]  # fmt: skip


def tokenized(event: dict[str, Any]) -> tuple[Outcome, World]:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    return outcome, world


def of(customer: Any, version: int = NEWEST) -> dict[str, Any]:
    return {**order(customer=customer), "schema_version": version}


def subjects(world: World) -> set[str]:
    """Returns who owns what was written; an order that came without a customer owns its values."""
    return {each.subject for each in world.vault.stored.values()}


@pytest.mark.parametrize("value", NOBODY, ids=repr)
def test_what_stands_for_no_customer_names_nobody(value: Any) -> None:
    assert names_nobody(value)


@pytest.mark.parametrize("value", SOMEBODY, ids=repr)
def test_an_id_that_only_looks_like_a_placeholder_is_somebodys(value: Any) -> None:
    assert not names_nobody(value)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "customer",
    [None, *({"customer_id": each, "email": "ann@example.com"} for each in (None, "", 0))],
    ids=["no customer", "null", "empty", "zero"],
)
def test_a_guests_order_of_any_version_is_published_and_belongs_to_its_order(
    customer: Any, version: int
) -> None:
    event = of(customer, version)
    outcome, world = tokenized(event)
    assert outcome.published, outcome
    shown = world.bus.details()[0]
    assert shown["metadata"]["schema_version"] == NEWEST
    assert shown["data"]["order"]["customer"] == (
        None
        if customer is None
        else {**shown["data"]["order"]["customer"], "customer_id": customer["customer_id"]}
    )
    assert subjects(world) == {SUBJECT_KEY.order("SO-1001")}
    name = EventName("order.placed", NEWEST)
    Draft202012Validator(sanitized_schema(registry()[name])).validate(shown)
    assert check(data(event))["schema_version"] == NEWEST
    assert dict(Preview(catalog()).fields(data(event)))
    assert RawOrder.model_validate(event).root.schema_version == NEWEST
    assert checked(data(event)) == (event["event_id"], "SO-1001")


@pytest.mark.parametrize("customer", ["absent", {}, {"name": "Ann Example"}], ids=repr)
def test_the_newest_version_needs_no_customer(customer: Any) -> None:
    event = of(customer)
    if customer == "absent":
        del event["order"]["customer"]
    Draft202012Validator(raw_schema(registry()[EventName("order.placed", NEWEST)])).validate(event)
    outcome, world = tokenized(event)
    assert outcome.published, outcome
    assert subjects(world) == {SUBJECT_KEY.order("SO-1001")}
    Draft202012Validator(sanitized_schema(registry()[EventName("order.placed", NEWEST)])).validate(
        world.bus.details()[0]
    )


@pytest.mark.parametrize("version", VERSIONS[:-1])
@pytest.mark.parametrize(
    "customer", ["absent", {}, {"name": "Ann Example"}, {"customer_id": False}, []], ids=repr
)
def test_an_earlier_version_still_requires_its_customer(customer: Any, version: int) -> None:
    event = of(customer, version)
    if customer == "absent":
        del event["order"]["customer"]
    outcome, world = tokenized(event)
    assert outcome.letter is not None
    assert (outcome.letter.code, "/order/customer" in outcome.letter.message) == ("invalid_field", True)
    assert world.letters.sent[0].data == data(event)
    with pytest.raises(Fault):
        check(data(event))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("customer_id", [each for each in NOBODY if isinstance(each, str) and each])
def test_under_a_placeholder_an_order_owns_its_values(customer_id: str, version: int) -> None:
    outcome, world = tokenized(of({"customer_id": customer_id, "email": "ann@example.com"}, version))
    assert outcome.published, outcome
    assert world.bus.details()[0]["metadata"]["schema_version"] == version
    assert subjects(world) == {SUBJECT_KEY.order("SO-1001")}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_customer_is_the_subject_of_any_version(version: int) -> None:
    _, world = tokenized(of({"customer_id": "C-77", "name": "Ann Example"}, version))
    assert "" not in subjects(world)


def test_a_guests_letter_holds_what_came_and_a_replay_gives_the_event_of_the_order() -> None:
    event = of(None, 1)
    event["order"]["total"] = "bad"
    outcome, world = tokenized(event)
    assert outcome.letter is not None
    (letter,) = world.letters.sent
    assert json.loads(letter.data) == event
    again, other = tokenized(json.loads(letter.data))
    assert again.letter is not None
    assert other.letters.sent[0].message == letter.message


class Puts:
    """Keeps the item that is put, in the place of the orders table."""

    item: dict[str, Any]

    def put_item(self, **call: Any) -> None:
        self.item = call["Item"]


def found_by(customer: Any) -> set[str]:
    """Returns the attributes of the index by email that the orders table gets for an order."""
    _, world = tokenized(of(customer))
    puts: Any = Puts()
    assert OrdersWriter(puts, "orders").keep(SanitizedEvent.model_validate(world.bus.details()[0]))
    return {"email", "customer_id"} & set(puts.item)


def test_a_guest_is_no_customer_of_an_email() -> None:
    email = {"email": "ann@example.com"}
    for customer in (None, email, *({**email, "customer_id": each} for each in (None, "", 0, "guest"))):
        assert found_by(customer) == set()
    assert found_by({**email, "customer_id": "C-77"}) == {"email", "customer_id"}


def test_null_stays_null_where_no_schema_names_it() -> None:
    event = order(gift=None, **{"p 493012345678": None})
    event["beside"] = None
    outcome, world = tokenized(event)
    assert outcome.published
    shown = world.bus.details()[0]["data"]
    assert (shown["beside"], shown["order"]["gift"]) == (None, None)
    assert "p 493012345678" not in shown["order"]
    assert [key[:4] for key, value in shown["order"].items() if value is None] == ["gift", "tok_"]
    told = dict(Preview(catalog()).fields(data(event)))
    assert (told["/beside"], told["/order/gift"], told["/order/*"]) == ("empty", "empty", "empty")
    Draft202012Validator(sanitized_schema(registry()[EventName("order.placed", 1)])).validate(
        world.bus.details()[0]
    )

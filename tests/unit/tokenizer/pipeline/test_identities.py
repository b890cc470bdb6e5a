"""Tests that cleaning text never turns an identity into another one, whatever field, source or wrapper it comes in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, passing_luhn, stream_record
from tests.support.webhooks import catalog as webhook_catalog
from tests.support.webhooks import relayed, webhook
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import EACH, identity_tree, identity_values
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS, refused_aggregate
from tokenizer.pipeline.catalog import Catalog, EventPlan, catalog, values_catalog
from tokenizer.pipeline.cleaning import clean_record
from tokenizer.pipeline.identity_fields import identity_paths

CODES = ("PIN-1001", "CVC-1001", "CVV101", "VISA-PIN-1001", "SO-CVC2-1001", "1001-CVV", "csc-101", "cvv:1001")
EMAILS = ("pin1001@example.com", "pin.1001@example.com", "cvv1001@example.com", "cvc-1001@example.com")
BAD = (
    "cvv 737",
    "4111111111111111 737",
    "4111-1111-1111-1111-737",
    "%B4111111111111111^EXAMPLE/ANN^29121010000000000000?",
    ";4111111111111111=29121010000000000?",
    '{"cvv": "737"}',
    "***",
    "PIN-***",
)
PLANS = [*catalog().plans(), *values_catalog().plans()]
PLACES = [(plan, path) for plan in PLANS for path in identity_paths(plan)]


def _ids(value: Any) -> str:
    plan, path = value
    return f"{plan.name.event_type}-{plan.name.schema_version}-{'.'.join(path)}"


def _raw(plan: EventPlan) -> dict[str, Any]:
    """Returns the envelope of a type and nothing else."""
    return {
        "event_id": "e-1",
        "event_type": plan.name.event_type,
        "schema_version": plan.name.schema_version,
        "occurred_at": "2026-11-23T10:15:00Z",
    }


def _nested(path: tuple[str, ...], text: str) -> Any:
    if not path:
        return text
    inner = _nested(path[1:], text)
    return [inner] if path[0] == EACH else {path[0]: inner}


def _with(plan: EventPlan, path: tuple[str, ...], text: str) -> dict[str, Any]:
    """Returns an event that has a text in one of its identities."""
    return {**_raw(plan), **_nested(path, text)}


@pytest.mark.parametrize("place", PLACES, ids=map(_ids, PLACES))
def test_every_identity_of_every_schema_stays_as_it_came(place: tuple[EventPlan, tuple[str, ...]]) -> None:
    plan, path = place
    known = values_catalog() if plan in values_catalog().plans() else catalog()
    for text in (*CODES, *EMAILS):
        event = _with(plan, path, text)
        assert text in dict(identity_values(event, identity_tree([path]))).values()
        cleaned = clean_record(json.dumps(event).encode(), known)
        assert cleaned.event == event
        assert json_text.parse(cleaned.kept) == event


def test_the_places_are_all_that_schemas_compare() -> None:
    names = {".".join(path) for _, path in PLACES}
    assert names >= {
        "event_id",
        "order.order_id",
        "order.items.*.sku",
        "order.customer.customer_id",
        "order.customer.email",
        "order.customer.phone",
        "customer_id",
        "values.*.value.email",
    }
    assert not names & {"order.notes", "order.customer.name", "order.payment.card.number", "order.total"}


@pytest.mark.parametrize("code", CODES)
def test_two_orders_with_such_ids_are_two_orders(code: str) -> None:
    world, other = World(), code.replace("101", "102").replace("1001", "1002")
    for number, each in enumerate((code, other), 1):
        raw = order(order_id=each, notes="my cvv is 737")
        raw["event_id"] = raw["order"]["customer"]["customer_id"] = raw["order"]["items"][0]["sku"] = each
        raw["order"]["customer"]["email"] = f"{each.replace(':', '')}@example.com"
        world.tokenizer.tokenize_batch([stream_record(raw, number)], ample_budget())
    events = world.bus.details()
    assert [each["metadata"]["event_id"] for each in events] == [code, other]
    orders = [each["data"]["order"] for each in events]
    for ids in (
        [each["order_id"] for each in orders],
        [each["customer"]["customer_id"] for each in orders],
        [each["items"][0]["sku"] for each in orders],
    ):
        assert ids == [code, other]
    assert orders[0]["customer"]["email"] != orders[1]["customer"]["email"]
    assert [each["notes"] for each in orders] == ["my cvv is ***"] * 2
    subjects = {each.subject for each in world.vault.stored.values() if each.subject}
    assert len(subjects) == 2


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("field", ["order_id", "customer_id", "email", "phone", "sku"])
def test_an_identity_that_holds_authentication_data_is_a_letter_without_it(field: str, bad: str) -> None:
    world, raw = World(), order()
    holder = {"order_id": raw["order"], "sku": raw["order"]["items"][0]}.get(field, raw["order"]["customer"])
    holder[field] = bad
    world.tokenizer.tokenize_batch([stream_record(raw, 1)], ample_budget())
    assert world.bus.events == []
    (letter,) = world.letters.sent
    assert letter.code == ErrorCode.INVALID_FIELD
    assert f"/{field}: " in letter.message
    assert b"737" not in letter.data
    assert b"2912101" not in letter.data
    again = World()
    again.tokenizer.tokenize_batch([stream_record(json.loads(letter.data), 1)], ample_budget())
    assert [each.code for each in again.letters.sent] == [ErrorCode.INVALID_FIELD]


@pytest.mark.parametrize(
    "known",
    [
        passing_luhn("501820261130") + "-1234",
        "+44 1632 960961 1235",
        "j***@example.com",
        "*** *** 0123",
        "ann.4821.pinewood@example.com",
    ],
)
def test_what_only_looks_like_it_is_no_letter(known: str) -> None:
    world, raw = World(), order()
    raw["order"]["customer"] |= {"email": known, "phone": known, "customer_id": known}
    world.tokenizer.tokenize_batch([stream_record(raw, 1)], ample_budget())
    assert world.letters.sent == []
    assert len(world.bus.events) == 1


def test_a_customer_beside_a_card_number_keeps_an_id_of_four_digits() -> None:
    raw = order()
    raw["order"]["customer"] |= {"customer_id": "1234", "card_number": "4111111111111111", "kode": "737"}
    cleaned = clean_record(json.dumps(raw).encode(), catalog())
    assert cleaned.event["order"]["customer"]["customer_id"] == "1234"
    assert "kode" not in cleaned.event["order"]["customer"]


def _wrapped() -> Iterator[tuple[str, Any, Catalog]]:
    inner = order(order_id="PIN-1001", notes="cvv 737")
    sns = {"Type": "Notification", "MessageId": "m", "TopicArn": "t", "Timestamp": "2026-11-23T10:15:00Z"}
    yield "sns", {**sns, "Message": json.dumps(inner)}, catalog()
    cloud = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}
    yield "cloudevent", {**cloud, "data": inner}, catalog()
    yield "body", webhook(id="PIN-1001", answer={"note": "cvv 737"}), webhook_catalog()
    foreign = relayed(note="cvv 737")
    for names in (
        ("delivery", "topic"),
        ("Delivery", "TOPIC"),
    ):  # the case of an attribute's name doesn't matter
        named = dict(zip(names, ("PIN-1001", "relayed.order"), strict=True))
        yield f"cloudevent with {names[0]}", {**cloud, **named, "data": foreign}, webhook_catalog()
        values = {name: {"Type": "String", "Value": text} for name, text in named.items()}
        yield (
            f"sns with {names[0]}",
            {**sns, "Message": json.dumps(foreign), "MessageAttributes": values},
            webhook_catalog(),
        )
        texts = {name: {"stringValue": text} for name, text in named.items()}
        message = {"messageAttributes": texts, "body": json.dumps(foreign)}
        yield f"message with {names[0]}", message, webhook_catalog()


@pytest.mark.parametrize(("raw", "known"), [pytest.param(*each, id=name) for name, *each in _wrapped()])
def test_in_every_wrapper_and_foreign_body_the_letter_has_the_id_too(raw: Any, known: Catalog) -> None:
    cleaned = clean_record(json.dumps(raw).encode(), known)
    assert b"737" not in cleaned.kept
    assert b"PIN-1001" in cleaned.kept
    for data in (json.dumps(raw).encode(), cleaned.kept):
        world = World(catalog=known)
        world.tokenizer.tokenize_batch([stream_record(json.loads(data), 1)], ample_budget())
        (event,) = world.bus.details()
        order_id = event["data"].get("order", {}).get("order_id")
        assert "PIN-1001" in {order_id, event["metadata"]["event_id"]}


def test_a_record_of_an_unknown_type_keeps_its_ids_for_a_replay_after_its_schema_came() -> None:
    raw = {**order(order_id="PIN-1001", notes="cvv 737"), "schema_version": 99}
    with pytest.raises(BadRecord):
        catalog().plan(raw)
    kept = json_text.parse(clean_record(json.dumps(raw).encode(), catalog()).kept)
    assert kept["order"] == {**raw["order"], "notes": "cvv ***"}


def test_user_records_of_a_refused_aggregate_keep_their_ids() -> None:
    line = json.dumps(order(order_id="PIN-1001", notes="cvv 737")).encode()
    refused = refused_aggregate(b"\n".join([line] * (MAX_USER_RECORDS + 1)), catalog())
    assert refused is not None
    assert refused[0].count(b'"PIN-1001"') == MAX_USER_RECORDS + 1
    assert b"737" not in refused[0]

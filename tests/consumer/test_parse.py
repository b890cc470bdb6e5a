"""Tests what the kit reads and what it refuses, and that no refusal repeats a value."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from order_events import OtherEvent, Unreadable, is_token, parse, parse_detail
from order_events.decode import decode
from order_events.events import OrderPlacedV1
from order_events.parts import Part
from order_events.testing import Variant, detail, envelope, known, wrapped

CANARY = "4111111111111111"


def order(**changes: Any) -> dict[str, Any]:
    return envelope("order.placed", 1, changes={f"/{key}": value for key, value in changes.items()})


def read(sent: Any) -> OrderPlacedV1:
    event = parse(sent)
    assert isinstance(event, OrderPlacedV1)
    return event


def test_text_bytes_and_parsed_json_are_the_same_event() -> None:
    sent = order()
    text = json.dumps(sent)
    assert read(sent) == read(text) == read(text.encode())


def test_what_an_input_transformer_kept_of_the_envelope_will_do() -> None:
    sent = order()
    assert parse({"detail-type": sent["detail-type"], "detail": sent["detail"]}) == parse(sent)
    assert parse_detail("order.placed", sent["detail"]) == parse(sent)


@pytest.mark.parametrize("value", ["a", 1, None, {"a": [True]}, ["x"]], ids=repr)
def test_a_field_of_a_newer_minor_version_is_kept_and_breaks_nothing(value: Any) -> None:
    sent = order()
    sent["detail"]["data"]["order"]["gift"] = value
    sent["detail"]["metadata"]["trace"] = value
    event = read(sent)
    assert event.data.order.extra == {"gift": value}
    assert event.metadata.extra == {"trace": value}


def test_a_newer_fields_number_keeps_its_digits() -> None:
    text = json.dumps(order()).replace('"order":', '"weight": 1.10, "order":', 1)
    weight = read(text).data.extra["weight"]
    assert isinstance(weight, Decimal)
    assert str(weight) == "1.10"


def test_a_type_or_version_that_the_kit_does_not_know_is_another_event() -> None:
    sent = order()
    unknown = parse({**sent, "detail-type": "order.lost"})
    sent["detail"]["metadata"]["schema_version"] = 77
    newer = parse(sent)
    for event in (unknown, newer):
        assert isinstance(event, OtherEvent)
        assert event.data == sent["detail"]["data"]
    assert (unknown.event_type, newer.event_type) == ("order.lost", "order.placed")


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize(("event_type", "version"), known(), ids=str)
def test_every_legal_form_of_every_event_is_read(event_type: str, version: int, variant: Variant) -> None:
    for seed in range(20):
        event = parse(envelope(event_type, version, seed=seed, variant=variant))
        assert (event.event_type, event.metadata.schema_version) == (event_type, version)


def test_a_value_where_a_token_has_to_be_is_refused() -> None:
    sent = order()
    sent["detail"]["data"]["order"]["payment"]["card"]["number"] = CANARY
    with pytest.raises(Unreadable, match="/detail/data/order/payment/card/number") as caught:
        parse(sent)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/data/order/total", 129.9),
        ("/data/order/order_id", None),
        ("/data/order/items/0/quantity", 1.5),
        ("/data/order/items/0/quantity", True),
        ("/data/order/items/0", CANARY),
        ("/data/order/items", {}),
        ("/data/order/customer", [CANARY]),
        ("/data/order", CANARY),
        ("/metadata/ingest_id", 7),
    ],
)
def test_a_known_field_of_another_type_is_refused_by_its_path(path: str, value: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(wrapped("order.placed", detail("order.placed", 1, changes={path: value})))
    assert caught.value.path == f"/detail{path}"
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("name", ["order_id", "total", "items", "customer"])
def test_a_missing_field_is_refused_by_its_path(name: str) -> None:
    sent = order()
    del sent["detail"]["data"]["order"][name]
    with pytest.raises(Unreadable, match=f"/detail/data/order/{name}: is missing"):
        parse(sent)


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", '"x"', b"\xff", "{}", '{"detail-type": "order.placed"}', '{"detail-type": 1, "detail": {}}',
        '{"detail-type": "order.placed", "detail": {"metadata": {}}}', "[" * 100_000,
        json.dumps({**order(), "source": "aws.s3"}), json.dumps({**order(), "detail": "x"}),
        json.dumps({"detail-type": "new", "detail": {"metadata": order()["detail"]["metadata"], "data": 1}}),
    ],
    ids=lambda body: str(body[:40]),
)  # fmt: skip
def test_what_is_no_sanitized_event_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable):
        parse(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Part):
    """A part with a number, as a further type may have one."""

    price: int | Decimal | str


@pytest.mark.parametrize("text", ["20.83", "0.1", "1e-07", "20.833333333333332", "7", '"7.50"'])
def test_a_number_that_came_parsed_is_what_it_was_in_the_text(text: str) -> None:
    parsed = decode(Line, json.loads(f'{{"price": {text}}}'), "")
    assert parsed == decode(Line, json.loads(f'{{"price": {text}}}', parse_float=Decimal), "")
    assert isinstance(parsed.price, Decimal) == (("." in text and '"' not in text) or "e" in text)


TOKEN = "tok_" + "0" * 26


@pytest.mark.parametrize("text", [TOKEN, "tok_7" + "z" * 25])
def test_what_has_the_form_of_a_token_is_one(text: str) -> None:
    assert is_token(text)


@pytest.mark.parametrize(
    "text", ["", "tok_", TOKEN[:-1], TOKEN + "0", TOKEN + "\n", " " + TOKEN, TOKEN.upper(), "tok_8" + "0" * 25, "tok_" + "l" * 26, None, 7, [TOKEN]]
)  # fmt: skip
def test_nothing_else_is_one(text: object) -> None:
    assert not is_token(text)

"""Events that the local stack published are read whole, typed, and valid."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from order_events import EVENTS, Metadata, OtherEvent, from_file, is_token, parse
from order_events.events import OrderPlacedV1, OrderPlacedV2
from order_events.testing import faults

SHIPPED = {
    ("customer.erased", 1),
    ("customer.updated", 1),
    ("order.erased", 1),
    ("order.placed", 1),
    ("order.placed", 2),
    ("order.refunded", 1),
    ("order.refused", 1),
}


def as_json(value: Any) -> Any:
    """Returns a model as the JSON it came from, less what is absent or null."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {f.name: getattr(value, f.name) for f in fields(value) if f.name != "extra"}
        extra: dict[str, Any] = dict(getattr(value, "extra", {}))
        return {key: as_json(each) for key, each in {**named, **extra}.items() if each is not None}
    if isinstance(value, Decimal):
        return float(value)
    return [as_json(each) for each in value] if isinstance(value, (list, tuple)) else value


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def test_what_was_captured_is_known_to_the_kit(captured: list[dict[str, Any]]) -> None:
    found = {(each["detail-type"], each["detail"]["metadata"]["schema_version"]) for each in captured}
    assert SHIPPED <= found <= set(EVENTS), "one event of each type and version, or more"


def test_every_event_is_typed_and_nothing_of_it_is_lost(captured: list[dict[str, Any]]) -> None:
    for each in captured:
        event = parse(each)
        assert not isinstance(event, OtherEvent)
        assert isinstance(event.metadata, Metadata)
        assert event.event_type == each["detail-type"]
        assert as_json(event) == without_nulls(each["detail"])


def test_every_event_is_valid_by_the_schemas_that_ship_with_the_kit(captured: list[dict[str, Any]]) -> None:
    assert [faults(each["detail-type"], each["detail"]) for each in captured] == [[]] * len(captured)


def test_the_same_customer_has_the_same_token_in_every_order(captured: list[dict[str, Any]]) -> None:
    events = [parse(each) for each in captured]
    orders = [each for each in events if isinstance(each, (OrderPlacedV1, OrderPlacedV2))]
    emails = {each.data.order.customer.email for each in orders}
    assert len({each.metadata.ingest_id for each in orders}) == 4
    assert len(emails) == 1
    assert all(map(is_token, emails))


def test_a_record_that_came_twice_came_in_the_same_bytes(captured: list[dict[str, Any]]) -> None:
    details: dict[str, list[Any]] = {}
    for each in captured:
        details.setdefault(each["detail"]["metadata"]["ingest_id"], []).append(each["detail"])
    twice = [each for each in details.values() if len(each) > 1]
    assert twice
    assert all(detail == each[0] for each in twice for detail in each)


def test_a_file_of_them_is_read_as_the_queue_was(captured_text: str, captured: list[dict[str, Any]]) -> None:
    joined = captured_text.replace("\n", "")
    for content in (captured_text, joined, joined.encode()):
        assert [each.event() for each in from_file(content)] == [parse(each) for each in captured]

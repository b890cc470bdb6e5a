"""Every order of arrival ends with the same newest event."""

from itertools import permutations
from typing import Any

from order_events import AnyEvent, if_newer, newest, parse, rank
from order_events.events import OrderPlacedV1
from order_events.testing import envelope


def order(
    order_id: str, occurred_at: str, ingest_id: str, ingested_at: str = "2026-11-23T13:00:00.000Z"
) -> OrderPlacedV1:
    event = parse(
        envelope(
            "order.placed",
            changes={
                "/data/order/order_id": order_id,
                "/metadata/occurred_at": occurred_at,
                "/metadata/ingest_id": ingest_id,
                "/metadata/ingested_at": ingested_at,
            },
        )
    )
    assert isinstance(event, OrderPlacedV1)
    return event


def order_id(event: OrderPlacedV1) -> str:
    return event.data.order.order_id


NOON = order("A", "2026-11-23T12:00:00Z", "ing_1")
SAME_MOMENT = order("A", "2026-11-23T14:00:00+02:00", "ing_2")
EARLIER_AS_TEXT_LATER_IN_TIME = order("A", "2026-11-23T11:30:00-01:00", "ing_0")
OTHER = order("B", "2020-01-01T00:00:00z", "ing_9")


def test_later_wins_ties_go_to_the_greater_ingest_id_in_every_order_of_arrival() -> None:
    events = [NOON, SAME_MOMENT, EARLIER_AS_TEXT_LATER_IN_TIME, OTHER]
    for arrival in permutations(events):
        assert newest(arrival, order_id) == {"A": EARLIER_AS_TEXT_LATER_IN_TIME, "B": OTHER}
    for arrival in permutations([NOON, SAME_MOMENT]):
        assert newest(arrival, order_id) == {"A": SAME_MOMENT}


def test_a_moment_that_the_guard_made_a_token_of_is_replaced_by_the_arrival() -> None:
    hidden = order("A", "tok_" + "0" * 26, "ing_3", "2026-11-23T11:00:00.000Z")
    assert rank(hidden) == "2026-11-23T11:00:00.000000+00:00#ing_3"
    assert newest([hidden, NOON], order_id) == {"A": NOON}


def test_fractions_of_a_second_count() -> None:
    earlier, later = (order("A", f"2026-11-23T12:00:00.{each}Z", "ing_1") for each in ("009", "1"))
    assert rank(earlier) < rank(later)


def test_a_moment_in_small_letters_is_the_same_moment() -> None:
    for text in ("2026-11-23t12:00:00z", "2026-11-23T12:00:00z", "2026-11-23T14:00:00+02:00"):
        assert rank(order("A", text, "ing_1")) == rank(NOON) == "2026-11-23T12:00:00.000000+00:00#ing_1"


def test_the_condition_for_dynamodb_holds_the_rank() -> None:
    condition: dict[str, Any] = if_newer(NOON)
    assert condition["ExpressionAttributeValues"] == {":rank": {"S": rank(NOON)}}


def test_any_event_has_a_rank() -> None:
    other: AnyEvent = parse({**envelope("order.placed"), "detail-type": "order.lost"})
    assert rank(other)

"""Tests that the orders table, the consumers' kit and the lake agree on an order's newest event, whatever producers write."""

import copy
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.lake.database import Database
from order_events import AnyEvent, newest, parse
from schemas.sanitized import SanitizedEvent
from tests.support.lake import Event, envelope
from tokenizer.aws.api.orders_table import OrdersWriter

LakeOf = Callable[[Iterable[bytes]], Database]
ARRIVED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TOKEN = "tok_1gb8tgx31kfs46r9wgjm8em128"
# Each case lists events of one order by when they occurred and how many minutes after ARRIVED they arrived; the last
# one listed is the newest. Ingest ids rise with the list's order.
CASES = {
    "later wins": [("2026-11-23T09:00:00Z", 0), ("2026-11-23T09:30:00Z", -10)],
    "year 9999 against a later arrival": [("9999-12-31T23:59:59Z", 0), ("2026-11-23T10:30:00Z", 30)],
    "year 9999 against what arrived long before": [
        ("2026-11-23T09:00:00Z", -60),
        ("9999-12-31T23:59:59Z", 0),
    ],
    "two of the year 9999": [("9999-12-31T23:59:59Z", 0), ("9998-01-01T00:00:00Z", 1)],
    "a tie beyond five minutes": [("2026-11-23T10:20:00Z", 0), ("2026-11-23T10:10:00Z", 0)],
    "five minutes ahead still count": [("2026-11-23T10:04:58Z", 0), ("2026-11-23T10:04:59Z", 0)],
    "one second more no longer": [("2026-11-23T10:05:01Z", 0), ("2026-11-23T10:05:00Z", 0)],
    "another year in UTC": [("9999-12-31T23:59:59-01:00", 0), ("2026-11-23T10:30:00Z", 30)],
    "a token": [("2026-11-23T09:59:59Z", 0), (TOKEN, 0)],
    "after a token": [(TOKEN, 0), ("2026-11-23T10:00:01Z", 0)],
}


def _details(one: Event, times: Sequence[tuple[str, int]]) -> list[Event]:
    made = []
    for at, (occurred, minutes) in enumerate(times):
        detail = copy.deepcopy(one)
        arrived = (ARRIVED + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")
        detail["metadata"] |= {"occurred_at": occurred, "ingest_id": f"ing_{at}"}
        detail["metadata"]["ingested_at"] = arrived.replace("+00:00", "Z")
        detail["data"]["order"]["total"] = f"{at}.00"
        made.append(detail)
    return made


class _Table:
    """Stores an item under the writer's own condition."""

    def __init__(self) -> None:
        self.item: dict[str, Any] | None = None

    def put_item(self, **asked: Any) -> None:
        assert asked["ConditionExpression"] == "attribute_not_exists(order_id) OR #rank < :rank"
        if self.item is not None and not self.item["rank"]["S"] < asked["Item"]["rank"]["S"]:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        self.item = asked["Item"]


def _by_table(events: Sequence[Event]) -> str:
    table: Any = _Table()
    for each in events:
        OrdersWriter(table, "orders").keep(SanitizedEvent.model_validate(each))
    return str(table.item["ingest_id"]["S"])


def _by_kit(events: Sequence[Event]) -> str:
    (found,) = newest(map(_parsed, events), lambda _: "order").values()
    return found.metadata.ingest_id


def _parsed(detail: Event) -> AnyEvent:
    return parse({"detail-type": "order.placed", "detail": detail})


@pytest.mark.parametrize("case", CASES)
def test_all_agree_in_every_order_of_arrival(details: list[Event], lake_of: LakeOf, case: str) -> None:
    made = _details(details[0], CASES[case])
    expected = made[-1]["metadata"]["ingest_id"]
    for order in permutations(made):
        assert _by_table(order) == expected
        assert _by_kit(order) == expected
    (total,) = lake_of(map(envelope, made)).ask("SELECT total FROM orders").rows[0]
    assert f"{total:.2f}" == made[-1]["data"]["order"]["total"]


def test_the_first_content_of_an_ingest_id_wins(details: list[Event], lake_of: LakeOf) -> None:
    first, second = _details(details[0], [("2026-11-23T10:00:00Z", 0)] * 2)
    second["metadata"]["ingest_id"] = first["metadata"]["ingest_id"]
    table: Any = _Table()
    for each in (first, second):
        OrdersWriter(table, "orders").keep(SanitizedEvent.model_validate(each))
    assert '"total":"0.00"' in table.item["order"]["S"]
    (kept,) = newest(map(_parsed, (first, second)), lambda _: "order").values()
    assert kept == _parsed(first)
    later = envelope(second).replace(b'"time": "2026', b'"time": "2027')
    rows = lake_of([later, envelope(first)]).ask("SELECT total FROM orders").rows
    assert [f"{total:.2f}" for (total,) in rows] == ["0.00"]

"""The latest sanitized order of each id, whatever comes twice, late, or with a time that the guard took away."""

from datetime import datetime
from typing import Any

import pytest

from schemas.sanitized import SanitizedEvent
from tests.support.aws_account import Aws
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.api.orders_table import OrdersReader, OrdersWriter
from tokenizer.vault.tokens import is_token


@pytest.fixture
def orders(aws: Aws) -> tuple[OrdersWriter, OrdersReader]:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return OrdersWriter(dynamodb, "orders"), OrdersReader(dynamodb, "orders")


def sanitized(occurred_at: str, born: str, arrived: str = "2026-11-23T10:15:01+00:00") -> SanitizedEvent:
    world = World()
    raw: dict[str, Any] = {
        **order(customer={"customer_id": "C-1", "date_of_birth": born}),
        "occurred_at": occurred_at,
    }
    record = stream_record(raw, int(arrived[14:16]), arrived_at=datetime.fromisoformat(arrived))
    world.tokenizer.tokenize_batch([record], ample_budget())
    return SanitizedEvent.model_validate(world.bus.details()[0])


def test_an_order_whose_time_the_guard_took_away_is_kept_by_its_arrival(
    orders: tuple[OrdersWriter, OrdersReader],
) -> None:
    table, shelf = orders
    born_today = sanitized("2026-11-23T10:15:00Z", "2026-11-23")
    assert is_token(born_today.metadata.occurred_at)
    assert table.keep(born_today)
    found = shelf.order("SO-1001")
    assert found
    assert found["ingest_id"] == born_today.metadata.ingest_id
    assert not table.keep(sanitized("2026-11-23T10:14:00Z", "1990-04-01"))
    assert table.keep(sanitized("2026-11-23T10:16:00Z", "1990-04-01", "2026-11-23T10:17:01+00:00"))


# Moments whose order as text is another than in time: offsets, fractions of a second, a date that has not begun yet elsewhere.
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-11-23T11:00:00+00:30", "2026-11-23T12:00:00Z"),
        ("2026-11-23T12:30:00+02:00", "2026-11-23T11:00:00Z"),
        ("2026-11-23T10:00:00Z", "2026-11-23T08:30:00-05:00"),
        ("2026-11-24T00:30:00+14:00", "2026-11-23T10:45:00Z"),
        ("2026-11-23T10:15:00Z", "2026-11-23T10:15:00.001Z"),
        ("2026-11-23T10:15:00.9Z", "2026-11-23T10:15:01z"),
        ("2026-12-31T23:59:59-01:00", "2027-01-01T01:00:00+00:00"),
        *[(f"2026-11-23T12:30:00.12345{at}Z", f"2026-11-23T12:30:00.12345{at + 1}Z") for at in range(6)],
    ],
)
def test_the_latest_stays_in_whatever_order_they_come(
    orders: tuple[OrdersWriter, OrdersReader], earlier: str, later: str
) -> None:
    table, shelf = orders
    late, early = (sanitized(each, "1990-04-01", "2027-01-02T10:15:01+00:00") for each in (later, earlier))
    assert table.keep(early)
    assert table.keep(late)
    assert not table.keep(early)
    assert not table.keep(late)
    found = shelf.order("SO-1001")
    assert found
    assert found["occurred_at"] == later


def test_no_customer_is_hidden_by_the_orders_of_another_one(aws: Aws) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "order_id", "AttributeType": "S"},
            {"AttributeName": "email", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "email",
                "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["customer_id"]},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    world, table = World(), OrdersWriter(dynamodb, "orders")
    owners = {**{f"AA-{number:03}": "C-FLOOD" for number in range(130)}, "ZZ-1": "C-VICTIM"}
    for number, (order_id, customer_id) in enumerate(owners.items(), 1):
        customer = {"customer_id": customer_id, "email": "ann@example.com"}
        raw = order(order_id=order_id, customer=customer)
        world.tokenizer.tokenize_batch([stream_record(raw, number)], ample_budget())
    details = world.bus.details()
    for each in details:
        assert table.keep(SanitizedEvent.model_validate(each))
    (token,) = {each["data"]["order"]["customer"]["email"] for each in details}
    found = OrdersReader(dynamodb, "orders").with_email(token)
    assert [each.order_id for each in found if each.customer_id == "C-VICTIM"] == ["ZZ-1"]
    assert len([each for each in found if each.customer_id == "C-FLOOD"]) == 100

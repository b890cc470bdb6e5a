"""Both memories of the consumers' kit keep the same promises; DynamoDB's also outlives its process."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from order_events import (
    Claim,
    DynamoDBSeen,
    InProgress,
    LeaseLost,
    MemorySeen,
    Seen,
    handle_once,
    if_newer,
    parse,
    rank,
)
from order_events.testing import envelope

TABLE = "seen"
EVENT = parse(envelope("order.placed"))
ID = EVENT.metadata.ingest_id


class Clock:
    now = 1_795_428_901.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def seen(request: pytest.FixtureRequest, dynamodb: Any, clock: Clock) -> Seen:
    return MemorySeen() if request.param == "memory" else DynamoDBSeen(dynamodb, TABLE, "lake", clock=clock)


@pytest.fixture
def process(dynamodb: Any, clock: Clock) -> Callable[[], DynamoDBSeen]:
    """Starts another process of the same consumer."""
    return lambda: DynamoDBSeen(dynamodb, TABLE, "lake", lease_seconds=60, keep_days=1, clock=clock)


def test_a_fresh_event_a_claimed_one_and_a_handled_one_are_told_apart(seen: Seen) -> None:
    assert seen.claim(ID) is Claim.FRESH
    assert seen.claim(ID) is Claim.IN_PROGRESS
    seen.complete(ID)
    assert seen.claim(ID) is Claim.DUPLICATE
    assert seen.claim("another") is Claim.FRESH


def test_a_released_event_is_fresh_again(seen: Seen) -> None:
    seen.claim(ID)
    seen.release(ID)
    assert seen.claim(ID) is Claim.FRESH


def test_a_duplicate_is_handled_once(seen: Seen) -> None:
    handled: list[str] = []
    for expected in (True, False):
        assert handle_once(seen, EVENT, lambda event: handled.append(event.metadata.ingest_id)) is expected
    assert handled == [ID]


def test_a_failed_event_is_handled_again(seen: Seen) -> None:
    def fail(_: Any) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 -- it has no words
        handle_once(seen, EVENT, fail)
    assert handle_once(seen, EVENT, lambda _: None)


def test_an_event_whose_process_died_is_handled_again_when_its_claim_runs_out(
    process: Callable[[], DynamoDBSeen], clock: Clock
) -> None:
    assert process().claim(ID) is Claim.FRESH  # and dies
    clock.now += 59
    with pytest.raises(InProgress):
        handle_once(process(), EVENT, lambda _: None)
    clock.now += 1
    assert handle_once(process(), EVENT, lambda _: None)
    assert process().claim(ID) is Claim.DUPLICATE


def test_who_was_too_slow_is_told_and_takes_nothing_from_who_came_after(
    process: Callable[[], DynamoDBSeen], clock: Clock
) -> None:
    slow, quick = process(), process()
    slow.claim(ID)
    clock.now += 61
    assert quick.claim(ID) is Claim.FRESH
    with pytest.raises(LeaseLost):
        slow.complete(ID)
    slow.claim("other")
    clock.now += 61
    assert quick.claim("other") is Claim.FRESH
    slow.release("other")
    assert process().claim("other") is Claim.IN_PROGRESS


def test_a_handled_event_is_forgotten_after_its_days_though_ttl_has_not_deleted_it(
    process: Callable[[], DynamoDBSeen], clock: Clock
) -> None:
    handle_once(process(), EVENT, lambda _: None)
    clock.now += 86_399
    assert process().claim(ID) is Claim.DUPLICATE
    clock.now += 1
    assert process().claim(ID) is Claim.FRESH


def test_a_claim_whose_answer_got_lost_is_still_ones_own(
    dynamodb: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_item = dynamodb.put_item

    def sent_twice(**arguments: Any) -> Any:
        put_item(**arguments)
        return put_item(**arguments)

    monkeypatch.setattr(dynamodb, "put_item", sent_twice)
    seen = DynamoDBSeen(dynamodb, TABLE, "lake", clock=clock)
    assert seen.claim(ID) is Claim.FRESH
    seen.complete(ID)


def test_consumers_that_share_a_table_are_kept_apart(dynamodb: Any, clock: Clock) -> None:
    for consumer in ("lake", "fraud"):
        assert handle_once(DynamoDBSeen(dynamodb, TABLE, consumer, clock=clock), EVENT, lambda _: None)


def test_entries_carry_the_time_that_ttl_deletes_them_at_and_nothing_of_the_event(
    dynamodb: Any, clock: Clock, process: Callable[[], DynamoDBSeen]
) -> None:
    handle_once(process(), EVENT, lambda _: None)
    (item,) = dynamodb.scan(TableName=TABLE)["Items"]
    assert item.keys() == {"id", "owner", "handled_at", "expires_at"}
    assert item["id"] == {"S": f"lake#{ID}"}
    assert item["expires_at"] == {"N": str(int(clock.now) + 86_400)}


def test_the_condition_keeps_the_newer_of_two_events(dynamodb: Any) -> None:
    older, newer = (
        parse(envelope("order.placed", changes={"/metadata/occurred_at": f"2026-11-23T10:0{minute}:00Z"}))
        for minute in (1, 2)
    )

    def put(event: Any) -> None:
        dynamodb.put_item(
            TableName=TABLE, Item={"id": {"S": "A"}, "rank": {"S": rank(event)}}, **if_newer(event)
        )

    put(newer)
    for event in (older, newer):
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
            put(event)
    assert dynamodb.scan(TableName=TABLE)["Items"][0]["rank"] == {"S": rank(newer)}

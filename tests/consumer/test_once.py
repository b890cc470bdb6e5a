"""Each event is handled once, whoever dies; nothing is acknowledged that was not handled."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from order_events import Claim, DynamoDBSeen, InProgress, MemorySeen, handle_batch, handle_once, parse
from order_events.testing import envelope, sqs_event

ONE, TWO, THREE = (envelope("order.placed", 1, seed=seed) for seed in (1, 2, 3))


class Handler:
    """Remembers what it was given; fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.ids: list[str] = []
        self._failures = failures

    def __call__(self, event: Any) -> None:
        if self._failures:
            self._failures -= 1
            raise OSError("the world is bad")
        self.ids.append(event.metadata.ingest_id)


def test_a_duplicate_is_dropped() -> None:
    seen, handler = MemorySeen(), Handler()
    assert handle_once(seen, parse(ONE), handler)
    assert not handle_once(seen, parse(ONE), handler)
    assert len(handler.ids) == 1


def test_an_event_whose_handling_failed_is_handled_again() -> None:
    seen, handler = MemorySeen(), Handler(failures=1)
    with pytest.raises(OSError, match="bad"):
        handle_once(seen, parse(ONE), handler)
    assert handle_once(seen, parse(ONE), handler)
    assert len(handler.ids) == 1


@pytest.mark.parametrize("end", [asyncio.CancelledError, KeyboardInterrupt, SystemExit, TimeoutError])
def test_an_event_whose_handling_was_ended_from_outside_is_handled_again(end: type[BaseException]) -> None:
    seen, handler = MemorySeen(), Handler()

    def ended(_: Any) -> None:
        raise end

    with pytest.raises(end):
        handle_once(seen, parse(ONE), ended)
    assert handle_once(seen, parse(ONE), handler)
    assert len(handler.ids) == 1


def test_an_event_that_is_being_handled_is_not_handled_beside_it() -> None:
    seen, handler = MemorySeen(), Handler()

    def nested(event: Any) -> None:
        with pytest.raises(InProgress):
            handle_once(seen, event, handler)

    assert handle_once(seen, parse(ONE), nested)
    assert handler.ids == []


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    seen = MemorySeen(max_ids=2)
    for ingest_id in ("a", "b", "c"):
        assert seen.claim(ingest_id) is Claim.FRESH
        seen.complete(ingest_id)
    assert [seen.claim(each) for each in ("c", "b", "a")] == [Claim.DUPLICATE, Claim.DUPLICATE, Claim.FRESH]


def test_memory_keeps_what_still_comes_again() -> None:
    seen = MemorySeen(max_ids=2)
    for ingest_id in ("a", "b"):
        seen.claim(ingest_id)
        seen.complete(ingest_id)
    assert seen.claim("a") is Claim.DUPLICATE
    seen.claim("c")
    seen.complete("c")
    assert [seen.claim(each) for each in ("a", "c", "b")] == [Claim.DUPLICATE, Claim.DUPLICATE, Claim.FRESH]


class Table:
    """A DynamoDB client that keeps what it was asked for, and holds nothing."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.exceptions = SimpleNamespace(ConditionalCheckFailedException=KeyError)

    def _note(self, **asked: Any) -> None:
        self.asked.append(asked)

    put_item = update_item = delete_item = _note


def test_a_claim_in_dynamodb_holds_two_minutes_and_a_handled_event_is_remembered_for_35_days() -> None:
    table = Table()
    seen = DynamoDBSeen(table, "seen", "lake", clock=lambda: 1_000.9)
    assert seen.claim("ing_1") is Claim.FRESH
    seen.complete("ing_1")
    seen.claim("ing_2")
    seen.release("ing_2")
    first, done, second, released = table.asked
    owner, other = first["Item"]["owner"], second["Item"]["owner"]
    assert owner != other
    assert first == {
        "TableName": "seen",
        "Item": {"id": {"S": "lake#ing_1"}, "owner": owner, "expires_at": {"N": "1120"}},
        "ConditionExpression": "attribute_not_exists(id) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": "1000"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    own = {"ConditionExpression": "#owner = :owner", "ExpressionAttributeNames": {"#owner": "owner"}}
    assert done == {
        "TableName": "seen",
        "Key": {"id": {"S": "lake#ing_1"}},
        "UpdateExpression": "SET handled_at = :now, expires_at = :until",
        "ExpressionAttributeValues": {":owner": owner, ":now": {"N": "1000"}, ":until": {"N": "3025000"}},
        **own,
    }
    assert released == {
        "TableName": "seen",
        "Key": {"id": {"S": "lake#ing_2"}},
        "ExpressionAttributeValues": {":owner": other},
        **own,
    }


def test_a_claim_is_never_forgotten_for_the_bound() -> None:
    seen = MemorySeen(max_ids=1)
    assert seen.claim("long") is Claim.FRESH
    for ingest_id in ("a", "b"):
        seen.claim(ingest_id)
        seen.complete(ingest_id)
    assert seen.claim("long") is Claim.IN_PROGRESS


def test_a_batch_answers_with_what_has_to_come_again_and_nothing_else() -> None:
    batch = sqs_event(ONE, TWO, ONE, THREE)
    batch["Records"][1]["body"] = "{"
    handler, told = Handler(failures=1), list[tuple[str | None, str]]()
    answer = handle_batch(
        batch, MemorySeen(), handler, lambda item, why: told.append((item, type(why).__name__))
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}
    assert told == [("1", "OSError"), ("2", "Unreadable")]
    assert handler.ids == [each["detail"]["metadata"]["ingest_id"] for each in (ONE, THREE)]

"""An order that is made to be slow leaves its neighbours as they were, on the deployed template: counted, not timed."""

import json
from itertools import chain, zip_longest
from typing import Any

import pytest

from bench import guard_cost
from bench.workload import PLAIN, encoded
from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, Subscriber, eventually

pytestmark = pytest.mark.e2e

# Each was an attack that stopped a shard for seconds or minutes.
ATTACKS = (
    "1,500 numbers and a note of digits",
    "cards but for the check digit",
    "IBANs but for the check digits",
)
_SIZE = 60_000  # bytes


def lines(on: Stack, function: str) -> list[dict[str, Any]]:
    """Returns the JSON lines in a function's log."""
    logs, group = on.client("logs"), f"/aws/lambda/{on.outputs[function]}"
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    texts = [event["message"] for page in pages for event in page["events"]]
    return [json.loads(text[text.index("{") :]) for text in texts if '"message":"' in text]


def outcomes_by_place(on: Stack, function: str) -> dict[str, list[str]]:
    """Returns what a function's log says of each record, once for each delivery, by the record's place."""
    found: dict[str, list[str]] = {}
    for line in lines(on, function):
        for place, _, outcome in (each.partition(" ") for each in line.get("records", ())):
            found.setdefault(place, []).append(outcome)
    return found


def retries(on: Stack, function: str) -> int:
    """Returns how many records had to come again, and how many calls to AWS were repeated."""
    batches = [each for each in lines(on, function) if each["message"] == "batch"]
    return sum(each[name] for each in batches for name in ("to_retry", "retried"))


def test_on_the_stream_the_neighbours_of_attacks_are_delivered_once_and_published(running: Stack) -> None:
    function = "TokenizeStreamFunctionName"
    attacks = [guard_cost.shaped(attack, _SIZE) for attack in ATTACKS]
    ordinary = [encoded(PLAIN, 500 + at, 500 + at) for at in range(12)]
    mixed = [each for each in chain.from_iterable(zip_longest(ordinary, attacks)) if each]
    subscriber = Subscriber(running, "neighbours")
    before = retries(running, function)
    answer = running.client("kinesis").put_records(
        StreamName=running.outputs["RawOrdersStreamName"],
        Records=[{"Data": data, "PartitionKey": "order"} for data in mixed],
    )
    places = [each["SequenceNumber"] for each in answer["Records"]]
    assert eventually(lambda: outcomes_by_place(running, function).keys() >= set(places))
    outcomes = outcomes_by_place(running, function)
    assert [len(outcomes[each]) for each in places] == [1] * len(places)
    # The attacks are within the guard's limits, so they are published as well.
    events = {each["detail"]["metadata"]["ingest_id"] for each in subscriber.receive(len(mixed))}
    assert events == {outcomes[each][0] for each in places}
    assert retries(running, function) == before


def test_through_the_api_an_attack_of_nobodys_reaches_no_function_but_the_one_that_refuses_it(
    running: Stack,
) -> None:
    nobody, shop = (
        Api(running, users.sign_in(running, *groups), Idempotency_Key="one") for groups in ((), ("shop",))
    )
    subscriber = Subscriber(running, "beside-nobody")
    before = sum(map(len, outcomes_by_place(running, "TokenizeStreamFunctionName").values()))
    for at, attack in enumerate(ATTACKS):
        status, answer = nobody("POST", "/orders", guard_cost.shaped(attack, _SIZE))
        assert (status, answer["error"]["code"]) == (403, "denied")
        status, _ = shop(
            "POST", "/orders", encoded(PLAIN, 600 + at, 600 + at), Idempotency_Key=f"beside-{at}"
        )
        assert status == 202
    events = subscriber.receive(len(ATTACKS))
    assert {each["detail"]["data"]["order"]["order_id"] for each in events} == {
        f"SO-{600 + at}" for at in range(len(ATTACKS))
    }
    after = outcomes_by_place(running, "TokenizeStreamFunctionName").values()
    assert sum(map(len, after)) - before == len(ATTACKS)

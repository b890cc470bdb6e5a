"""Tests which calls go side by side: bounded, each result with its argument, and events of one key in their order."""

import threading
import time
from collections import Counter
from random import Random
from typing import Any

import pytest
from botocore.httpsession import MAX_POOL_CONNECTIONS

from tests.support.fakes.world import ample_budget
from tokenizer.aws.pipeline.bus import ENTRIES, EventBridgeBus
from tokenizer.aws.platform import counters
from tokenizer.aws.platform.batches import in_calls, in_lanes
from tokenizer.aws.platform.workers import AT_ONCE, InTurn, Threads
from tokenizer.records import SanitizedRecord


@pytest.mark.parametrize("workers", [InTurn(), Threads(3)], ids=["in turn", "threads"])
def test_each_result_stands_where_its_argument_does(workers: InTurn | Threads) -> None:
    assert workers.each(lambda number: number * number, list(range(20))) == [n * n for n in range(20)]
    assert workers.each(str, []) == []


def test_an_error_of_one_call_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        Threads(3).each(_raise_at_two, [1, 2, 3])


def _raise_at_two(number: int) -> int:
    if number == 2:
        raise KeyboardInterrupt
    return number


def test_calls_run_side_by_side_and_no_more_than_allowed() -> None:
    together = threading.Barrier(3)
    running, most = 0, 0
    lock = threading.Lock()

    def call(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=10)  # which only three at once get through
        with lock:
            running -= 1

    Threads(3).each(call, list(range(9)))
    assert most == 3


def test_a_client_keeps_a_connection_for_each_call_at_once() -> None:
    assert MAX_POOL_CONNECTIONS >= AT_ONCE


def test_calls_that_run_side_by_side_are_all_counted() -> None:
    counters.take()

    def call(_: int) -> None:
        for _ in range(1_000):
            counters.count("events")

    Threads(8).each(call, list(range(8)))
    assert counters.take() == {"events": 8_000}


KEYS = ("a", "b", "c", None)


@pytest.mark.parametrize("seed", range(40))
def test_keys_of_one_group_keep_their_order_in_one_call_or_one_lane(seed: int) -> None:
    random = Random(seed)
    sizes = {at: random.randint(1, 40) for at in range(random.randint(0, 60))}
    groups = {at: random.choice(KEYS) for at in sizes}
    lanes = in_lanes(sizes, groups, 10, 100)
    calls = [call for lane in lanes for call in lane]
    assert sorted(key for call in calls for key in call) == list(sizes)
    assert all(
        len(call) <= 10 and (sum(sizes[key] for key in call) <= 100 or len(call) == 1) for call in calls
    )
    for group in KEYS[:-1]:
        mine = [[key for call in lane for key in call if groups[key] == group] for lane in lanes]
        assert len([each for each in mine if each]) <= 1, "one group stands in two lanes"
        assert all(each == sorted(each) for each in mine)


def test_without_groups_the_calls_are_as_few_as_ever() -> None:
    sizes = {at: 10 + at % 7 for at in range(100)}
    lanes = in_lanes(sizes, dict.fromkeys(sizes), 10, 120)
    assert [call for (call,) in lanes] == list(in_calls(sizes, 10, 120))


class Events:
    """EventBridge, which takes a while for a call, and keeps the order in which calls ended."""

    def __init__(self) -> None:
        self.ended: list[list[str]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- botocore's name
        details = [each["Detail"] for each in Entries]
        time.sleep(0.02 if details[0].endswith(".0") else 0.001)  # an earlier call lasts longer
        self.ended.append(details)
        return {"Entries": [{"EventId": "e"} for _ in Entries]}


def test_events_of_one_partition_key_come_out_in_their_order() -> None:
    events: Any = Events()
    bus = EventBridgeBus(events, "bus", 256_000, Threads())
    counts: Counter[str] = Counter()
    sent = []
    for at in range(90):
        key = "hot" if at % 3 else f"key {at}"
        sent.append(SanitizedRecord("t", f"{key}.{counts[key]}".encode(), "i", key))
        counts[key] += 1
    assert bus.publish(sent, ample_budget()) == [None] * 90
    came = [detail for call in events.ended for detail in call]
    assert sorted(came) == sorted(event.detail.decode() for event in sent)
    assert [each for each in came if each.startswith("hot.")] == [f"hot.{n}" for n in range(60)]
    assert max(map(len, events.ended)) <= ENTRIES

"""A dead letter is followed by an event that says why, holds no value, and never holds up the letter."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

from local.data.poison import poisons
from schemas.dead_letter import ErrorCode
from schemas.json_schema import own_schema
from schemas.refused import NAME, OrderRefused
from tests.support.fakes.world import FakeBus, World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.errors import BadRecord, PipelineError, Unavailable
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.deliveries import MOST_STARTS, Deliveries
from tokenizer.pipeline.in_flight import InFlight
from tokenizer.pipeline.refusals import refusal_of
from tokenizer.pipeline.sources import sqs_records
from tokenizer.records import Outcome, RawRecord, SanitizedRecord
from tokenizer.time_budget import Budget

CANARY = "canary-5105105105105100@example.com"
BAD = order(total=CANARY)


@pytest.fixture
def world() -> World:
    return World(announces=True)


def refusals(world: World) -> list[dict[str, Any]]:
    return [json.loads(each.detail) for each in world.bus.events if each.event_type == NAME.event_type]


def sent(world: World, *records: RawRecord, mode: Mode = Mode.DELIVERED) -> list[Outcome]:
    return world.tokenizer.tokenize_batch(list(records), ample_budget(), mode)


def test_a_refusal_says_why_where_and_what(world: World) -> None:
    (outcome,) = sent(world, stream_record(BAD))
    assert outcome.letter is not None
    (told,) = refusals(world)
    refusal = told["data"]["refusal"]
    assert refusal["code"] == "invalid_field"
    assert refusal["paths"] == ["/order/total"]
    assert (refusal["event_type"], refusal["schema_version"]) == ("order.placed", 1)
    source = outcome.record.source
    assert refusal["source"] == {
        "kind": "stream",
        "shard": source.shard,
        "sequence_number": source.sequence_number,
        "sub_sequence_number": None,
    }
    Draft202012Validator(own_schema(OrderRefused)).validate(told)


def test_a_message_is_named_by_the_id_that_its_producer_got(world: World) -> None:
    message = {
        "messageId": "m-1",
        "body": json.dumps(BAD),
        "attributes": {"SentTimestamp": "1795428901250", "ApproximateReceiveCount": "1"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:orders-raw-orders",
    }
    sent(world, *sqs_records({"Records": [message]}, 5))
    (told,) = refusals(world)
    assert told["data"]["refusal"]["source"] == {"kind": "queue", "message_id": "m-1"}
    assert told["metadata"]["occurred_at"] == told["metadata"]["ingested_at"] == "2026-11-23T10:15:01.250Z"


def test_a_refusal_and_the_event_after_it_are_two_to_a_consumer_that_drops_duplicates(world: World) -> None:
    record = stream_record(BAD)
    sent(world, record)
    (told,) = refusals(world)
    (outcome,) = sent(
        world, stream_record(order())
    )  # the same place in the stream, as a fix of the schema makes of it
    assert outcome.event is not None
    assert told["data"]["refusal"]["ingest_id"] == outcome.event.ingest_id
    assert told["metadata"]["ingest_id"] != outcome.event.ingest_id
    published = json.loads(outcome.event.detail)["metadata"]
    assert told["data"]["refusal"]["rules"] == published["rules"]


def test_a_record_that_is_refused_again_is_told_in_the_same_bytes(world: World) -> None:
    for _ in range(3):
        sent(world, stream_record(BAD))
    assert len({each.detail for each in world.bus.events}) == 1
    sent(world, stream_record(BAD, 7))
    assert len({json.loads(each.detail)["metadata"]["ingest_id"] for each in world.bus.events}) == 2


UNKNOWN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a type": (
        {**order(), "event_type": CANARY},
        {"code": "unknown_event_type", "paths": ["/event_type"], "event_type": None, "schema_version": None},
    ),
    "a version": (
        {**order(), "schema_version": 5105105105105100},
        {
            "code": "unsupported_schema_version",
            "paths": ["/schema_version"],
            "event_type": "order.placed",
            "schema_version": None,
        },
    ),
    "a type of another kind": (
        {**order(), "event_type": [CANARY]},
        {"code": "invalid_field", "paths": ["/event_type"], "event_type": None, "schema_version": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_no_schema_knows_is_not_repeated(world: World, name: str) -> None:
    event, expected = UNKNOWN[name]
    sent(world, stream_record(event))
    (told,) = refusals(world)
    refusal = told["data"]["refusal"]
    assert {key: refusal[key] for key in expected} == expected
    assert refusal["rules"] is None
    assert "canary" not in json.dumps(told)
    assert "5105105105105100" not in json.dumps(told)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/order/items/3/quantity", "/order/items/3/quantity"),
        ("/occurred_at", "/occurred_at"),
        ("/order/items/x/quantity", "/order/items"),
        (f"/order/{CANARY}/a", "/order"),
        (f"/{CANARY}", ""),
        (f"/order/total/{CANARY}", "/order/total"),
        (f"/event_id/{CANARY}", "/event_id"),
        ("", ""),
    ],
)
def test_a_path_ends_before_a_key_that_no_schema_names(path: str, shown: str) -> None:
    plan = catalog().plan({"event_type": "order.placed", "schema_version": 1})
    assert plan.named(path) == shown


def test_a_record_with_too_much_under_an_unknown_key_is_told_without_the_key(world: World) -> None:
    sent(world, stream_record(order(**{CANARY: [f"value-{at}" for at in range(6_000)]})))
    (told,) = refusals(world)
    assert told["data"]["refusal"]["code"] == "too_large"
    assert told["data"]["refusal"]["paths"] == ["/order"]


class _ManyStarts:
    def unfinished(self, ids: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        return dict.fromkeys(ids, MOST_STARTS)

    def note(self, starts: Mapping[str, int], budget: Budget) -> dict[str, PipelineError]:
        return {}


def test_an_invocation_that_never_ends_is_told_as_well() -> None:
    world, record = World(announces=True), stream_record(order())
    (outcome,) = Deliveries(world.tokenizer, _ManyStarts()).tokenize([record], {0}, ample_budget())
    assert outcome.letter is not None
    (told,) = refusals(world)
    assert told["data"]["refusal"]["code"] == "retries_exhausted"
    assert told["data"]["refusal"]["event_type"] is None


def test_every_poison_has_its_refusal_and_none_holds_a_value(world: World) -> None:
    made = poisons(seed=5)
    outcomes = sent(world, *(stream_record(each.data, at) for at, each in enumerate(made)))
    told = refusals(world)
    assert [each["data"]["refusal"]["code"] for each in told] == [
        str(each.letter.code) for each in outcomes if each.letter
    ]
    assert {each.code for each in made} <= {ErrorCode(each["data"]["refusal"]["code"]) for each in told}
    text = json.dumps(told)
    assert [value for each in made for value in each.sensitive if value in text] == []
    for each in told:
        OrderRefused.model_validate_json(json.dumps(each))


class _Broken(FakeBus):
    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        raise RuntimeError(CANARY)


@pytest.mark.parametrize("broken", [False, True])
def test_a_bus_that_is_down_holds_up_no_letter(world: World, broken: bool) -> None:
    world.bus.down = Unavailable("publishing: down")
    if broken:
        world.tokenizer = replace(world.tokenizer, bus=_Broken(world.vault))
    (outcome,) = sent(world, stream_record(BAD))
    assert [letter.code for letter in world.letters.sent] == [ErrorCode.INVALID_FIELD]
    assert outcome.letter is not None
    assert outcome.failure is None
    assert outcome.unannounced is not None
    assert "canary" not in str(outcome.unannounced)


def test_a_letter_that_is_not_sent_is_not_told(world: World) -> None:
    world.letters.down = Unavailable("sending letters: down")
    (outcome,) = sent(world, stream_record(BAD))
    assert outcome.failure is not None
    assert refusals(world) == []


def test_a_record_that_is_delivered_again_is_not_told_and_hides_no_refusal_beside_it(world: World) -> None:
    world.index.down = Unavailable("looking up: down")
    waits, refused = sent(world, stream_record(order(), 1), stream_record(BAD, 2))
    assert (waits.letter, waits.unannounced, refused.unannounced) == (None, None, None)
    (told,) = refusals(world)
    assert told["data"]["refusal"]["source"]["sequence_number"] == refused.record.source.sequence_number


@pytest.mark.parametrize("mode", Mode)
def test_a_refusal_follows_a_letter_in_every_mode_and_nothing_else(world: World, mode: Mode) -> None:
    sent(world, stream_record(BAD), mode=mode)
    assert len(refusals(world)) == len(world.letters.sent) == mode.sends_letters


def test_nothing_is_told_where_it_is_switched_off() -> None:
    world = World()
    sent(world, stream_record(BAD))
    assert len(world.letters.sent) == 1
    assert world.bus.events == []


class _Timed(FakeBus):
    """Notes how much time each call has, and takes no refusal."""

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        self.times.append(budget.remaining())
        if events[0].event_type == NAME.event_type:
            raise RuntimeError(CANARY)
        return [None for _ in events]

    times: ClassVar[list[float]] = []


@pytest.mark.parametrize(("left", "has"), [(60.0, 1.0), (5.5, 1.0), (0.75, 0.75)])
def test_telling_takes_a_second_at_most_and_an_error_in_it_belongs_to_each_record(
    world: World, left: float, has: float
) -> None:
    bus = _Timed(world.vault)
    _Timed.times = []
    world.tokenizer = replace(world.tokenizer, bus=bus)
    bad = [InFlight(stream_record(BAD, at)) for at in range(3)]
    for each in bad:
        each.letter = BadRecord(ErrorCode.INVALID_FIELD, "m")
    budget = Budget(lambda: left, lambda _: None, Random(0))
    world.tokenizer.announce(bad, budget)
    assert bus.times == [has]
    assert [str(each.unannounced) for each in bad] == ["announcing letters: RuntimeError"] * 3
    world.tokenizer.announce([], budget)
    assert len(bus.times) == 1  # no call where there is nothing to tell


def test_who_is_not_at_fault_is_not_refused(world: World) -> None:
    with pytest.raises(ValueError, match="not at fault"):
        refusal_of(InFlight(stream_record(order())), "ing_1", None)


@pytest.mark.parametrize("mode", Mode)
def test_each_mode_publishes_and_sends_letters_as_it_says_and_shows_its_events(
    world: World, mode: Mode
) -> None:
    published, letters = {
        Mode.DELIVERED: (True, True),
        Mode.REPLAYED: (True, False),
        Mode.REPLAYED_WITHOUT_LETTER: (True, True),
        Mode.WAITED_FOR: (True, False),
        Mode.VALUES: (False, False),
    }[mode]
    good, bad = sent(world, stream_record(order(), 1), stream_record(BAD, 2), mode=mode)
    assert good.published
    assert good.event is not None
    assert bad.letter is not None  # why it failed, whether a letter is sent or not
    events = [each for each in world.bus.events if each.event_type != NAME.event_type]
    assert events == [good.event] * published
    assert len(world.letters.sent) == letters

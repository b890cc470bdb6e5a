import json
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, data, order, stream_record
from tokenizer.errors import BadRecord, PipelineError, Rejected, Throttled, Unavailable
from tokenizer.records import Outcome, RawRecord
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import Pointer


def run(world: World, *records: RawRecord) -> list[Outcome]:
    return world.tokenizer.tokenize_batch(records, ample_budget())


def email(world: World, at: int = -1) -> str:
    return str(world.bus.details()[at]["data"]["order"]["customer"]["email"])


def test_delivering_a_record_again_repeats_the_bytes_and_the_vault_record() -> None:
    world = World()
    for _ in range(3):
        run(world, stream_record(order()))
    details = {event.detail for event in world.bus.events}
    assert len(world.bus.events) == 3
    assert len(details) == 1
    assert len(world.vault.stored) == 3  # the order's own, and one each for its email and its phone


def test_two_records_with_the_same_bytes_are_two_orders() -> None:
    world = World()
    run(world, stream_record(order(), 1), stream_record(order(), 2))
    first, second = world.bus.details()
    assert first["metadata"]["ingest_id"] != second["metadata"]["ingest_id"]
    names = {detail["data"]["order"]["customer"]["name"] for detail in (first, second)}
    assert len(names) == 2


def test_a_known_customer_has_the_same_consistent_tokens_in_the_next_order() -> None:
    world = World()
    other = order()
    other["order"]["customer"] |= {"email": " ann.canary@EXAMPLE.com ", "phone": "+1 (202) 555-0123"}
    run(world, stream_record(order(), 1))
    run(world, stream_record(other, 2))
    first, second = (detail["data"]["order"]["customer"] for detail in world.bus.details())
    assert (first["email"], first["phone"]) == (second["email"], second["phone"])
    assert first["ssn"] != second["ssn"]


def test_a_value_that_comes_twice_in_one_batch_has_one_token() -> None:
    world = World()
    run(world, stream_record(order(), 1), stream_record(order(), 2))
    assert email(world, 0) == email(world, 1)
    assert len(world.index.entries) == 2


def test_who_loses_the_race_for_a_value_publishes_the_winners_token() -> None:
    winner, loser = World(), World()
    run(winner, stream_record(order(), 1))
    loser.index.lookup = lambda wanted, budget: type(winner.index)().lookup(wanted, budget)  # type: ignore[method-assign]
    loser.index.entries = winner.index.entries
    loser.vault.stored = winner.vault.stored
    run(loser, stream_record(order(), 2))
    assert email(loser) == email(winner)
    assert loser.reveal(email(loser))[email(loser)].found is not None
    # Nothing points at the vault records that the loser wrote for values, so they go by themselves.
    used = {Pointer.parse(each.token).record_id for each in winner.index.entries.values()}
    consistent = {key: each for key, each in winner.vault.stored.items() if each.consistent}
    assert used < consistent.keys()
    arrived = stream_record(order(), 2).arrived_at.timestamp()
    ends = {each.expires_at for key, each in consistent.items() if key not in used}
    assert ends == {int(arrived) + 86_400}
    assert {consistent[key].expires_at for key in used} == {0}


BAD: list[tuple[Any, ErrorCode]] = [
    (b'{"a":', ErrorCode.MALFORMED_JSON),
    (b"", ErrorCode.MALFORMED_JSON),
    (b"\xff\xfe{}", ErrorCode.MALFORMED_JSON),
    (b'{"a":1,"a":2}', ErrorCode.MALFORMED_JSON),
    (b'{"a":NaN}', ErrorCode.MALFORMED_JSON),
    (b"[" * 100_000, ErrorCode.MALFORMED_JSON),
    (b'{"a":"\\ud800"}', ErrorCode.MALFORMED_JSON),
    (b'{"a":"\\uD83D"}', ErrorCode.MALFORMED_JSON),
    (b"[1]", ErrorCode.NOT_AN_OBJECT),
    (b"null", ErrorCode.NOT_AN_OBJECT),
    (b"{}", ErrorCode.INVALID_FIELD),
    (order() | {"event_type": "order.lost"}, ErrorCode.UNKNOWN_EVENT_TYPE),
    (order() | {"event_type": 7}, ErrorCode.INVALID_FIELD),
    (order() | {"schema_version": 99}, ErrorCode.UNSUPPORTED_SCHEMA_VERSION),
    (order() | {"schema_version": True}, ErrorCode.INVALID_FIELD),
    (order() | {"occurred_at": "2026-13-45T10:00:00Z"}, ErrorCode.INVALID_FIELD),
    (order() | {"occurred_at": "2026-11-23T10:15:00"}, ErrorCode.INVALID_FIELD),
    (order(total=129.9), ErrorCode.INVALID_FIELD),
    (order(total="129,90"), ErrorCode.INVALID_FIELD),
    (order(items=[]), ErrorCode.INVALID_FIELD),
    (order(customer={"name": "Ann Canaryname"}), ErrorCode.INVALID_FIELD),
    (order(payment={"card": {"number": 4111111111111111}}), ErrorCode.INVALID_FIELD),
]


@pytest.mark.parametrize(("raw", "code"), BAD)
def test_a_bad_record_is_dead_lettered_at_once_and_its_neighbours_are_published(
    raw: Any, code: ErrorCode
) -> None:
    world = World()
    before, bad, after = run(
        world, stream_record(order(), 1), stream_record(raw, 2), stream_record(order(), 3)
    )
    assert before.published
    assert after.published
    assert bad.letter is not None
    assert bad.letter.code is code
    (letter,) = world.letters.sent
    assert letter.code is code
    assert letter.data == (raw if isinstance(raw, bytes) else data(raw))
    assert not [canary for canary in CANARIES if canary in letter.message]
    assert not [canary for canary in CANARIES if canary in repr(letter)]


def test_an_error_names_the_path_of_the_field_and_not_its_value() -> None:
    world = World()
    (outcome,) = run(world, stream_record(order(total="four canaries")))
    assert outcome.letter is not None
    assert "/order/total" in outcome.letter.message
    assert "canaries" not in outcome.letter.message


def test_a_dead_letter_holds_no_sensitive_authentication_data() -> None:
    world = World()
    event = order(total="bad")
    event["order"]["payment"]["card"]["cvv"] = "987"
    run(world, stream_record(event, 1), stream_record(b'{"cvv": "987", "broken', 2))
    parsed, broken = (letter.data for letter in world.letters.sent)
    assert b"987" not in parsed
    del event["order"]["payment"]["card"]["cvv"]
    assert json.loads(parsed) == event
    assert b"987" not in broken


def test_an_event_too_large_for_the_bus_is_dead_lettered_before_anything_is_written() -> None:
    world = World()
    world.bus.max_bytes = 500
    (outcome,) = run(world, stream_record(order()))
    assert outcome.letter is not None
    assert outcome.letter.code is ErrorCode.TOO_LARGE
    assert not world.vault.stored


def test_nothing_is_published_whose_vault_record_was_not_written() -> None:
    world = World()
    world.vault.down = Throttled("full")
    (outcome,) = run(world, stream_record(order()))
    assert isinstance(outcome.failure, Throttled)
    assert not world.bus.events
    assert not world.index.entries


def test_only_the_orders_of_a_failed_vault_record_are_held_back() -> None:
    world = World()
    record = stream_record(order(), 2)
    refused = world.record_id(record)
    world.vault.refused[refused] = Unavailable("lost")
    first, second = run(world, stream_record(order(), 1), record)
    assert first.published
    assert isinstance(second.failure, Unavailable)
    assert len(world.bus.events) == 1


@pytest.mark.parametrize("why", [Unavailable("lost"), Rejected("refused")], ids=["for now", "for good"])
def test_no_value_is_stored_whose_order_is_not_and_the_next_order_brings_it(why: PipelineError) -> None:
    """The order's record lists its values, so without it no erasure would find them."""
    world = World()
    record = stream_record(order(), 1)
    world.vault.refused[world.record_id(record)] = why
    (outcome,) = run(world, record)
    assert outcome.failure == why or outcome.letter is not None
    assert not world.vault.stored
    assert not world.index.entries
    failed, published = run(world, record, stream_record(order(), 2))
    assert (failed.published, published.published) == (False, True)
    assert len(world.index.entries) == 2


def test_an_order_lists_its_values_unless_its_record_has_an_end() -> None:
    guests = order()
    guests["order"]["customer"]["customer_id"] = "guest"
    for lifetimes, event, listed in (
        (Lifetimes(), order(), True),
        (Lifetimes.parse(0, "name=30"), order(), True),
        (Lifetimes(30), order(), False),
        (Lifetimes(), guests, True),  # the order itself owns them
    ):
        world = World(lifetimes)
        run(world, stream_record(event))
        stored = world.vault.stored.values()
        values = {each.record_id for each in stored if each.consistent}
        lists = [each for each in stored if each.uses]
        assert len(lists) == listed
        assert len(values) == 2
        assert {use.record_id for each in lists for use in each.uses} == (values if listed else set())
        assert not any(each.expires_at for each in lists)
        assert [each.listed for each in world.index.entries.values()] == [listed] * 2
        assert [each.listed for each in stored if each.consistent] == [listed] * 2


def test_an_order_waits_while_the_blind_index_is_down() -> None:
    world = World()
    world.index.down = Unavailable("down")
    bare = order()
    bare["order"]["customer"] = {"customer_id": "C-1"}
    waiting, published = run(world, stream_record(order(), 1), stream_record(bare, 2))
    assert isinstance(waiting.failure, Unavailable)
    assert published.published


def test_a_record_that_the_bus_did_not_take_is_delivered_again() -> None:
    world = World()
    record = stream_record(order(), 2)
    world.bus.refused[world.tokenizer.reader.sanitizer.ingest_id(record)] = Throttled("slow down")
    first, second = run(world, stream_record(order(), 1), record)
    assert first.published
    assert isinstance(second.failure, Throttled)
    assert not world.letters.sent


def test_an_event_that_the_bus_will_never_take_is_dead_lettered() -> None:
    world = World()
    record = stream_record(order())
    refusal = BadRecord(ErrorCode.INVALID_FIELD, "refused")
    world.bus.refused[world.tokenizer.reader.sanitizer.ingest_id(record)] = refusal
    (outcome,) = run(world, record)
    assert outcome.letter is refusal


def test_the_last_delivery_that_fails_is_dead_lettered_and_no_earlier_one() -> None:
    world = World()
    world.bus.down = Unavailable("down")
    early = stream_record(order(), 1, attempts=4)
    last = stream_record(order(), 2, attempts=5, last_attempt=True)
    waiting, letter = run(world, early, last)
    assert (waiting.failure, waiting.letter) == (world.bus.down, None)
    assert letter.letter is not None
    assert letter.letter.code is ErrorCode.RETRIES_EXHAUSTED
    assert letter.letter.message == "delivery 5, the last, failed: down"
    assert [each.data for each in world.letters.sent] == [data(order())]


@pytest.mark.parametrize("last", [False, True])
def test_a_bad_record_whose_letter_was_not_taken_is_delivered_again(last: bool) -> None:
    world = World()
    world.letters.down = Throttled("slow down")
    (outcome,) = run(world, stream_record(b"{", last_attempt=last))
    assert outcome.letter is None
    assert isinstance(outcome.failure, Throttled)


def test_the_vault_record_expires_after_its_retention_and_consistent_values_do_not() -> None:
    world = World(Lifetimes(30))
    record = stream_record(order())
    run(world, record)
    own = world.record_id(record)
    assert world.vault.stored[own].expires_at == int(record.arrived_at.timestamp()) + 30 * 86_400
    assert {stored.expires_at for key, stored in world.vault.stored.items() if key != own} == {0}

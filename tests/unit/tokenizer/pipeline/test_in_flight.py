"""A record's failure decides its letter and its outcome: each field of them, for each way to fail."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World
from tests.support.members import for_all
from tests.support.samples import OF_QUEUE, order, stream_record
from tokenizer.errors import BadRecord, PipelineError, Rejected, Throttled, Unforeseen
from tokenizer.pipeline.in_flight import InFlight, Stage
from tokenizer.records import Letter, Outcome

BAD = BadRecord(ErrorCode.INVALID_FIELD, "/order/total: no amount", ("/order/total",))
BUSY, NEVER = Throttled("busy"), Rejected("never")
OF_STREAM = stream_record(order(), 7, attempts=3)
OF_A_QUEUE = replace(OF_STREAM, source=OF_QUEUE)
LAST = replace(OF_STREAM, attempts=5, last_attempt=True)


def test_a_letter_has_each_of_its_fields_from_the_record() -> None:
    record = InFlight(OF_STREAM, kept=b"kept", letter=BAD)
    expected = Letter(
        code=ErrorCode.INVALID_FIELD,
        message="/order/total: no amount",
        identity=OF_STREAM.identity,
        source=OF_STREAM.source,
        attempts=3,
        data=b"kept",
        letter_id="ing_1",
        position_alone=False,
    )
    assert record.to_letter("ing_1") == expected
    record.kept = b""  # an empty record is kept whole
    assert record.to_letter("ing_1") == replace(expected, data=b"")
    record.kept = None
    assert record.to_letter("ing_1") == replace(expected, data=b"", position_alone=True)
    record.letter = None
    with pytest.raises(ValueError, match="not at fault"):
        record.to_letter("ing_1")


def test_an_outcome_has_each_of_its_fields_from_the_record() -> None:
    world = World()
    event = order(notes="call 202-555-0147")
    record = world.tokenizer.reader.read(stream_record(event))
    assert record.draft is not None
    hits = record.draft.guard_hits
    assert hits
    published: Any = object()
    record.event, record.stage = published, Stage.PUBLISHING
    raw, stage = record.raw, "publishing"
    assert record.outcome() == Outcome(raw, guard_hits=hits, event=published)
    record.failure = BUSY
    assert record.outcome() == Outcome(
        raw, failure=BUSY, guard_hits=hits, event=published, stage=stage, cause=BUSY
    )
    record.letter = BAD
    assert record.outcome() == Outcome(raw, BAD, None, hits, published, stage, BUSY)
    record.unannounced = NEVER
    assert record.outcome() == Outcome(raw, BAD, None, hits, published, stage, BUSY, NEVER)
    record.unsent, record.unannounced = NEVER, None
    assert record.outcome() == Outcome(raw, None, NEVER, hits, published, stage, NEVER)


def test_the_outcome_of_a_record_that_was_never_read_says_where_it_failed() -> None:
    record = InFlight(OF_STREAM, failure=BUSY)
    assert record.outcome() == Outcome(OF_STREAM, failure=BUSY, stage="reading", cause=BUSY)


def _raises(error: Exception) -> Callable[[], None]:
    def stage() -> None:
        raise error

    return stage


def test_a_stage_returns_what_it_computes_or_fails_its_record_there() -> None:
    record = InFlight(OF_STREAM)
    assert record.run(Stage.SEALING, divmod, 7, 2) == (3, 1)
    assert (record.stage, record.failure) == (Stage.SEALING, None)
    assert record.run(Stage.SERIALIZING, _raises(BUSY)) is None
    assert (record.stage, record.failure) == (Stage.SERIALIZING, BUSY)
    other = InFlight(OF_STREAM)
    other.run(Stage.ALIASING, _raises(KeyError("ann@example.com")))
    assert isinstance(other.failure, Unforeseen)
    assert str(other.failure) == "claiming aliases: KeyError"


def test_the_first_failure_stays() -> None:
    record = InFlight(OF_STREAM)
    record.fail(Stage.WRITING, None)
    assert (record.stage, record.failure) == (Stage.READING, None)
    record.fail(Stage.WRITING, BUSY)
    record.fail(Stage.PUBLISHING, NEVER)
    assert (record.stage, record.failure) == (Stage.WRITING, BUSY)


GIVEN_UP = (ErrorCode.RETRIES_EXHAUSTED, "delivery 5, the last, failed: busy", ())
NOT_WRITTEN = (ErrorCode.INVALID_FIELD, "writing the vault: never", ())
AT_FAULT = (ErrorCode.INVALID_FIELD, "/order/total: no amount", ("/order/total",))


@for_all(
    ("raw", "kept", "failure", "expected"),
    [
        (OF_STREAM, b"kept", None, None),
        (LAST, b"kept", None, None),
        (OF_STREAM, b"kept", BAD, AT_FAULT),
        (OF_A_QUEUE, b"kept", BAD, AT_FAULT),
        (OF_STREAM, None, BAD, AT_FAULT),  # with its position alone
        (OF_A_QUEUE, None, BAD, None),  # SQS has it, and moves it
        (OF_A_QUEUE, b"", BAD, AT_FAULT),
        (OF_STREAM, b"kept", NEVER, NOT_WRITTEN),
        (OF_STREAM, b"kept", Rejected("writing the vault: never"), NOT_WRITTEN),
        (OF_STREAM, None, NEVER, NOT_WRITTEN),
        (OF_A_QUEUE, None, NEVER, None),
        (OF_STREAM, b"kept", BUSY, None),
        (LAST, b"kept", BUSY, GIVEN_UP),
        (LAST, b"", BUSY, GIVEN_UP),
        (LAST, None, BUSY, None),
        (replace(LAST, source=OF_QUEUE), b"kept", BUSY, GIVEN_UP),
        (replace(LAST, source=OF_QUEUE), None, BUSY, None),
    ],
)
def test_who_gets_a_letter_and_what_it_says(
    raw: Any, kept: bytes | None, failure: PipelineError | None, expected: Any
) -> None:
    record = InFlight(raw, stage=Stage.WRITING, failure=failure, kept=kept)
    final = record.final()
    assert (final and (final.code, final.message, final.paths)) == expected


@for_all(
    ("raw", "unsent", "letter", "dropped"),
    [
        (OF_STREAM, NEVER, BAD, True),
        (OF_STREAM, Unforeseen("never"), BAD, True),
        (OF_STREAM, None, BAD, False),
        (OF_STREAM, NEVER, None, False),
        (OF_STREAM, BUSY, BAD, False),  # tried again whole
        (OF_A_QUEUE, NEVER, BAD, False),
    ],
)
def test_a_letter_that_can_never_be_sent_becomes_the_position_alone(
    raw: Any, unsent: PipelineError | None, letter: BadRecord | None, dropped: bool
) -> None:
    record = InFlight(raw, failure=BAD, kept=b"kept", letter=letter, unsent=unsent)
    assert record.drop_bytes() is dropped
    if not dropped:
        assert (record.kept, record.letter, record.stage) == (b"kept", letter, Stage.READING)
        return
    assert (record.kept, record.stage) == (None, Stage.LETTER)
    assert record.letter is not None
    assert record.letter.message == "dead-lettering: never; /order/total: no amount"
    assert (record.letter.code, record.letter.paths) == (BAD.code, BAD.paths)


def test_a_record_is_late_up_to_the_millisecond_of_the_erasure() -> None:
    record = World().tokenizer.reader.read(OF_STREAM)
    assert record.draft is not None
    arrived = record.draft.arrived
    late = {}
    for until in (0, arrived - 1, arrived, arrived + 1):
        record.erased_until = until
        late[until - arrived] = record.late
    assert late == {-arrived: False, -1: False, 0: True, 1: True}
    assert not InFlight(OF_STREAM, erased_until=arrived).late

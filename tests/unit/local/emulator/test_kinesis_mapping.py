"""Lambda's documented rules for a stream's mapping, one by one (../shared/reliability.md, section 1)."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.kinesis_mapping import (
    Answer,
    Failure,
    GiveUp,
    Invoke,
    Lane,
    NotInvoked,
    Partial,
    Record,
    Segment,
    Settings,
    Success,
    Wait,
    failure_record,
    interpret,
    lambda_event,
)

SETTINGS = Settings(
    "id", "arn:aws:kinesis:us-east-1:0:stream/raw", "arn:function", retries=3, partial_answers=True
)
EVENTS = Path(__file__).parents[3] / "events"


def records(count: int, arrived: float = 0.0) -> list[Record]:
    return [Record(str(at), arrived, "key", "e30=") for at in range(1, count + 1)]


def lane(settings: Settings, count: int) -> Lane:
    made = Lane(settings)
    for record in records(count):
        made.offer(record)
    return made


def invoked(at: Lane, now: float = 0.0) -> list[str]:
    action = at.next(now)
    assert isinstance(action, Invoke), action
    return [record.sequence for record in action.segment.records]


@pytest.mark.parametrize(
    "payload", [None, "", {}, {"batchItemFailures": None}, {"batchItemFailures": []}, {"wrong": [1]}]
)
def test_these_answers_are_a_success(payload: Any) -> None:
    assert interpret(SETTINGS, payload, None, records(3)) == Success()


@pytest.mark.parametrize(
    "payload",
    [
        [],
        7,
        "done",
        ValueError(),
        {"batchItemFailures": "1"},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"wrong": "1"}]},
        {"batchItemFailures": [{"itemIdentifier": "99"}]},
    ],
    ids=repr,
)
def test_these_answers_fail_the_whole_batch(payload: Any) -> None:
    assert interpret(SETTINGS, payload, None, records(3)) == Failure()


def test_the_lowest_sequence_number_counts_and_is_compared_as_a_number() -> None:
    failures = {"batchItemFailures": [{"itemIdentifier": "10"}, {"itemIdentifier": "9"}]}
    assert interpret(SETTINGS, failures, None, records(12)) == Partial("9")


def test_partial_answers_count_only_where_the_mapping_asks_for_them() -> None:
    failures = {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert interpret(replace(SETTINGS, partial_answers=False), failures, None, records(3)) == Success()


def test_a_function_error_fails_the_whole_batch() -> None:
    assert interpret(SETTINGS, {}, "Unhandled", records(3)) == Failure("Unhandled")


def test_a_batch_is_cut_at_its_size_and_the_next_waits_for_its_answer() -> None:
    at = lane(replace(SETTINGS, batch_size=2), 3)
    assert invoked(at) == ["1", "2"]
    at.answered(Success(), 0)
    assert invoked(at) == ["3"]
    at.answered(Success(), 0)
    assert at.drained


def test_a_batch_that_is_not_full_waits_for_its_window() -> None:
    at = lane(replace(SETTINGS, window=1.0), 2)
    assert at.next(0.5) == Wait(1.0)
    assert invoked(at, 1.0) == ["1", "2"]


def test_a_batch_is_cut_at_six_megabytes() -> None:
    at = Lane(SETTINGS)
    for sequence in range(1, 5):
        at.offer(Record(str(sequence), 0.0, "key", "x" * 2_500_000))
    assert invoked(at) == ["1", "2"]


def test_a_partial_answer_repeats_everything_from_the_reported_record() -> None:
    at = lane(SETTINGS, 4)
    invoked(at)
    at.answered(Partial("3"), 0)
    assert invoked(at, 100) == ["3", "4"]


def test_without_bisecting_the_failing_suffix_is_given_up_after_its_retries() -> None:
    at = lane(SETTINGS, 3)
    invoked(at)
    at.answered(Partial("2"), 0)
    for now in (100, 200, 300):
        assert invoked(at, now) == ["2", "3"]
        at.answered(Partial("2"), now)
    given_up = at.next(400)
    assert isinstance(given_up, GiveUp)
    assert given_up.condition == "RetryAttemptsExhausted"
    document = failure_record(SETTINGS, "shard", given_up, "request", 0.0)
    assert document["requestContext"]["approximateInvokeCount"] == 4
    assert document["KinesisBatchInfo"]["startSequenceNumber"] == "2"
    assert document["KinesisBatchInfo"]["endSequenceNumber"] == "3"
    assert at.drained


def test_bisecting_halves_a_failed_batch_without_using_up_a_retry() -> None:
    at = lane(replace(SETTINGS, bisect=True, retries=0), 4)
    assert invoked(at) == ["1", "2", "3", "4"]
    at.answered(Failure("Unhandled"), 0)
    assert invoked(at) == ["1", "2"]
    at.answered(Success(), 0)
    assert invoked(at) == ["3", "4"]
    at.answered(Failure("Unhandled"), 0)
    assert invoked(at) == ["3"]
    at.answered(Failure("Unhandled"), 0)
    given_up = at.next(0)
    assert isinstance(given_up, GiveUp)
    assert [record.sequence for record in given_up.segment.records] == ["3"]
    assert invoked(at) == ["4"]


def test_bisecting_splits_a_partial_answer_at_the_reported_record() -> None:
    at = lane(replace(SETTINGS, bisect=True, retries=0), 3)
    invoked(at)
    at.answered(Partial("2"), 0)
    assert invoked(at) == ["2", "3"]


def test_endless_retries_never_give_up_and_wait_in_between() -> None:
    at = lane(replace(SETTINGS, retries=-1), 1)
    now = 0.0
    for _ in range(50):
        assert invoked(at, now) == ["1"]
        at.answered(Failure("Unhandled"), now)
        waiting = at.next(now)
        assert isinstance(waiting, Wait)
        now = waiting.until


def test_a_throttled_invocation_uses_up_nothing() -> None:
    at = lane(replace(SETTINGS, retries=0), 1)
    for now in range(20):
        assert invoked(at, float(now)) == ["1"]
        at.answered(NotInvoked(), float(now))
    assert not at.drained


def test_records_past_their_age_are_given_up_unseen_and_the_younger_are_delivered() -> None:
    settings = replace(SETTINGS, record_age=60.0)
    at = Lane(settings)
    at.offer(Record("1", 0.0, "key", ""))
    at.offer(Record("2", 50.0, "key", ""))
    given_up = at.next(100.0)
    assert isinstance(given_up, GiveUp)
    assert given_up.condition == "RecordAgeExceeded"
    assert "responseContext" not in failure_record(settings, "shard", given_up, "request", 0.0)
    assert invoked(at, 100.0) == ["2"]


def test_the_on_failure_record_has_lambdas_own_shape_and_no_data() -> None:
    sample = json.loads((EVENTS / "lambda_kinesis_on_failure.json").read_text())
    given_up = GiveUp(Segment(tuple(records(2)), 3, 4), "RetryAttemptsExhausted", Failure("Unhandled"))
    document = failure_record(SETTINGS, "shard", given_up, "request", 0.0)
    assert document.keys() == sample.keys()
    for part in ("requestContext", "responseContext", "KinesisBatchInfo"):
        assert document[part].keys() == sample[part].keys()
    assert "e30=" not in json.dumps(document)


def test_the_event_has_lambdas_own_shape() -> None:
    sample = json.loads((EVENTS / "lambda_kinesis.json").read_text())["Records"][0]
    (record,) = lambda_event(SETTINGS, "shard", records(1), "role")["Records"]
    assert record.keys() == sample.keys()
    assert record["kinesis"].keys() == sample["kinesis"].keys()
    assert record["eventID"] == "shard:1"


@given(
    count=st.integers(1, 30),
    poison=st.sets(st.integers(1, 30)),
    size=st.integers(1, 10),
    bisect=st.booleans(),
    partial=st.booleans(),
)
def test_every_record_is_delivered_or_given_up_and_in_order(
    count: int, poison: set[int], size: int, bisect: bool, partial: bool
) -> None:
    at = lane(replace(SETTINGS, batch_size=size, bisect=bisect, retries=2), count)
    done: list[str] = []
    lost: list[str] = []
    now = 0.0
    while not at.drained:
        match at.next(now):
            case Invoke(segment):
                sequences = [record.sequence for record in segment.records]
                failing = [sequence for sequence in sequences if int(sequence) in poison]
                answer: Answer = Success()
                if failing:
                    answer = Partial(failing[0]) if partial else Failure("Unhandled")
                if isinstance(answer, Partial):
                    done += sequences[: sequences.index(answer.sequence)]
                elif not failing:
                    done += sequences
                at.answered(answer, now)
            case GiveUp(segment):
                lost += [record.sequence for record in segment.records]
            case Wait(until):
                now = until
    assert sorted(done + lost, key=int) == [str(each) for each in range(1, count + 1)]
    assert done == sorted(done, key=int)
    if bisect and not partial:
        assert {int(sequence) for sequence in lost} <= poison

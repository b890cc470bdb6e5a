"""Letters as an operator meets them, over a queue in memory."""

import json
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from ops.errors import CommandError
from replay.filters import Filter, moment
from replay.letters import Letter, LetterQueue, read
from replay.runner import LETTERS, Pace, Report, Runner
from tests.support.fakes.replay_function import FakeFunction, body
from tests.support.members import for_all
from tokenizer.replay.messages import NO_LETTER

MANY = 10_000
BODY = "A" * 30_000


class FakeSqs:
    """A queue that makes its messages as they are asked for."""

    def __init__(self, count: int, sealed: str = "AAAA") -> None:
        self._made = iter(range(count))
        self._sealed = sealed
        self.deleted: list[str] = []
        self.given_back: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        found = [at for _, at in zip(range(10), self._made, strict=False)]
        return {
            "Messages": [
                {"MessageId": f"id-{at}", "ReceiptHandle": f"r-{at}", "Body": body(at, sealed=self._sealed)}
                for at in found
            ]
        }

    def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert len(Entries) <= 10
        self.deleted += [each["ReceiptHandle"] for each in Entries]
        return {}

    def change_message_visibility_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.given_back += [each["ReceiptHandle"] for each in Entries]
        return {}


def run(sqs: FakeSqs, function: Any, pace: Pace | None = None) -> Report:
    queue = LetterQueue(sqs, "url", 60)
    runner = Runner(queue, function, pace or Pace(0, 4, 50), lambda _: None)
    report = runner.run(queue.take(), Filter())
    runner.give_back()
    return report


FAILURE = {
    "requestContext": {
        "condition": "RetryAttemptsExhausted" + "-" * 40,
        "approximateInvokeCount": 6,
    },
    "KinesisBatchInfo": {
        "shardId": "shardId-0",
        "startSequenceNumber": "4958",
        "endSequenceNumber": "4960",
        "approximateArrivalOfFirstRecord": "2026-11-23T10:15:01.250Z",
        "batchSize": 3,
        "streamArn": "arn",
    },
}
OF_STREAM = {
    "error": {"code": "too_large", "message": "why"},
    "source": {
        "stream": "s",
        "shard": "0",
        "sequence_number": "7",
        "arrived_at": "2026-11-23T11:15:01.250+01:00",
    },
    "attempts": 4,
    "sealed": "AAAA",
}
OF_QUEUE = OF_STREAM | {
    "source": {"queue": "q", "message_id": "m-1", "arrived_at": "2026-11-23T10:15:01.250"}
}
ARRIVED_AT = "2026-11-23T10:15:01.250000+00:00"


@for_all(
    ("document", "expected"),
    [
        (
            FAILURE,
            {
                "shape": "positions", "code": "retries_exhausted", "source": "stream", "place": "4958",
                "arrived_at": ARRIVED_AT, "records": 3, "attempts": 6,
                "message": "RetryAttemptsExhausted------------------",
            },
        ),
        (
            OF_STREAM,
            {
                "shape": "sealed", "code": "too_large", "source": "stream", "place": "7",
                "arrived_at": "2026-11-23T11:15:01.250000+01:00", "records": 1, "attempts": 4, "message": "why",
            },
        ),
        (
            OF_QUEUE,
            {
                "shape": "sealed", "code": "too_large", "source": "queue", "place": "m-1",
                "arrived_at": ARRIVED_AT, "records": 1, "attempts": 4, "message": "why",
            },
        ),
    ],
)  # fmt: skip
def test_a_letter_of_each_kind_is_read_with_all_that_it_says(
    document: dict[str, Any], expected: dict[str, Any]
) -> None:
    shown = read({"MessageId": "i", "ReceiptHandle": "r", "Body": json.dumps(document)}).to_dict()
    audit_id = shown.pop("audit_id")
    assert shown == {"id": "i", "trace": None, **expected}
    assert audit_id


@for_all("without", ["requestContext", "KinesisBatchInfo"])
def test_a_failure_record_without_a_half_is_unknown(without: str) -> None:
    half = {name: each for name, each in FAILURE.items() if name != without}
    letter = read({"MessageId": "i", "ReceiptHandle": "r", "Body": json.dumps(half)})
    assert (letter.shape, letter.code, letter.records, letter.attempts) == ("unknown", "unknown", 0, 0)


def test_ten_thousand_letters_are_taken_in_bounded_memory() -> None:
    queue = LetterQueue(FakeSqs(MANY, sealed=BODY), "url", 60)
    tracemalloc.start()
    codes: Counter[str] = Counter(letter.code for letter in queue.take())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes == {"invalid_field": MANY}
    assert peak < 20_000_000  # all of them together are 300 MB


def test_ten_thousand_letters_are_replayed_many_at_a_time() -> None:
    sqs, function = FakeSqs(MANY), FakeFunction(lambda _: "published")
    report = run(sqs, function)
    assert report.statuses == {"published": MANY}
    assert len(function.requests) == MANY // LETTERS
    assert 1 < function.most_at_once <= 4
    assert len(set(sqs.deleted)) == MANY


def test_only_what_was_published_is_deleted_and_the_rest_is_given_back() -> None:
    statuses = ["published", "failed", "unavailable", "refused", "expired", "skipped"]
    sqs = FakeSqs(60)
    report = run(sqs, FakeFunction(lambda name: statuses[int(name.removeprefix("id-")) % 6]))
    assert sorted(sqs.deleted) == sorted(f"r-{at}" for at in range(0, 60, 6))
    assert set(sqs.given_back) == {f"r-{at}" for at in range(60) if at % 6}
    assert not report.all_replayed


def test_a_run_stops_after_failures_in_a_row() -> None:
    sqs = FakeSqs(1000)
    report = run(sqs, FakeFunction(lambda _: "failed"), Pace(0, 1, 30))
    assert report.stopped == "50 failures in a row"
    assert report.statuses == {"failed": 50}
    assert sqs.deleted == []


def test_a_function_that_cannot_be_asked_leaves_its_letters() -> None:
    class Broken:
        def ask(self, *_: Any, **__: Any) -> dict[str, Any]:
            raise CommandError("the replay function failed", "see its log")

    sqs = FakeSqs(10)
    report = run(sqs, Broken())
    assert report.statuses == {"unavailable": 10}
    assert sqs.deleted == []


def test_a_rate_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("replay.runner.time.sleep", waits.append)
    monkeypatch.setattr("replay.runner.time.monotonic", lambda: 0.0)

    class Instant:
        def ask(self, _action: str, ids: list[str], **_: Any) -> dict[str, Any]:
            return {"results": [{"status": "published"} for _ in ids]}

    run(FakeSqs(100), Instant(), Pace(10, 1, 50))
    assert waits == [2.5, 5.0, 7.5]


def test_a_pause_of_less_than_a_second_is_made_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("replay.runner.time.sleep", waits.append)
    monkeypatch.setattr("replay.runner.time.monotonic", lambda: 0.0)
    run(FakeSqs(60), FakeFunction(lambda _: "published"), Pace(100, 1, 50))
    assert [each for each in waits if each >= 0.01] == [0.25, 0.5]  # the others are the function's own


def test_failures_in_a_row_are_counted_from_the_last_success_on() -> None:
    def every_second_fails(name: str) -> str:
        return "failed" if int(name.removeprefix("id-")) % 2 else "published"

    assert run(FakeSqs(40), FakeFunction(every_second_fails), Pace(0, 1, 2)).stopped is None
    assert "in a row" in str(run(FakeSqs(40), FakeFunction(lambda _: "failed"), Pace(0, 1, 2)).stopped)


def test_no_hold_is_ended_twice() -> None:
    """By then somebody else may hold the letter."""
    sqs = FakeSqs(3)
    queue = LetterQueue(sqs, "url", 60)
    function: Any = FakeFunction(lambda _: "failed")
    runner = Runner(queue, function, Pace(0, 1, 50), lambda _: None)
    runner.run(queue.take(), Filter())
    runner.give_back()
    runner.give_back()
    assert sorted(sqs.given_back) == ["r-0", "r-1", "r-2"]


UNKNOWN = [
    "not JSON",
    "[]",
    "{}",
    '{"KinesisBatchInfo": {}}',
    json.dumps({"event_id": "e", "order": {}}),
    '{"error": 1}',
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_no_letter_is_told_apart(text: str) -> None:
    letter = read({"MessageId": "i", "ReceiptHandle": "r", "Body": text})
    assert letter.shape == "unknown"
    assert "event_id" not in json.dumps(letter.to_dict())


def sample(**changes: Any) -> Letter:
    letter = read({"MessageId": "abc-1", "ReceiptHandle": "r", "Body": body(1)})
    return Letter(**({name: getattr(letter, name) for name in Letter.__slots__} | changes))


@pytest.mark.parametrize(
    ("wanted", "takes"),
    [
        (Filter(), True),
        (Filter(codes=("invalid_field",)), True),
        (Filter(codes=("too_large",)), False),
        (Filter(sources=("queue",)), True),
        (Filter(sources=("stream",)), False),
        (Filter(ids=("abc",)), True),
        (Filter(ids=("abd",)), False),
        (Filter(since=datetime(2026, 11, 24, tzinfo=UTC)), False),
        (Filter(until=datetime(2026, 11, 24, tzinfo=UTC)), True),
    ],
)
def test_a_filter_takes_what_it_names(wanted: Filter, takes: bool) -> None:
    assert wanted.takes(sample()) is takes


def test_a_letter_without_a_time_is_in_no_span_of_time() -> None:
    assert not Filter(since=datetime(2026, 1, 1, tzinfo=UTC)).takes(sample(arrived_at=None))


@pytest.mark.parametrize(("text", "ago"), [("90m", timedelta(minutes=90)), ("2d", timedelta(days=2))])
def test_an_age_is_a_time(text: str, ago: timedelta) -> None:
    found = moment(text)
    assert found is not None
    assert abs(datetime.now(UTC) - ago - found) < timedelta(minutes=1)


def test_a_time_without_a_zone_is_utc() -> None:
    assert moment("2026-11-23T10:00") == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_every_server_of_the_queue_is_asked_for_letters() -> None:
    """Answers as short polling gives them: nothing, for as long as the request does not wait."""

    class Sampling:
        letters: ClassVar = [{"MessageId": "i", "ReceiptHandle": "r", "Body": body(1)}]

        def receive_message(self, WaitTimeSeconds: int = 0, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
            return {"Messages": [self.letters.pop()]} if WaitTimeSeconds and self.letters else {}

    assert len(list(LetterQueue(Sampling(), "url", 60).take())) == 1


def test_letters_whose_holds_end_in_turn_are_taken_once_each_and_end_the_taking() -> None:
    class InTurn(FakeSqs):
        asked = 0

        def receive_message(self, **_: Any) -> dict[str, Any]:
            self.asked += 1
            assert self.asked <= 6, "taken again and again"
            name = f"id-{self.asked % 2}"
            return {"Messages": [{"MessageId": name, "ReceiptHandle": f"r-{self.asked}", "Body": body(0)}]}

    taken = [each.letter_id for each in LetterQueue(InTurn(0), "url", 1).take()]
    assert sorted(taken) == ["id-0", "id-1"]


def test_one_empty_answer_that_was_waited_for_ends_the_taking() -> None:
    """Each wait for nothing costs a second at the end of every command."""
    answers: list[dict[str, Any]] = [
        {"Messages": [{"MessageId": "i", "ReceiptHandle": "r", "Body": body(1)}]},
        {},
    ]

    class Waiting:
        def receive_message(self, **_: Any) -> dict[str, Any]:
            return answers.pop(0)

    assert len(list(LetterQueue(Waiting(), "url", 60).take())) == 1
    assert answers == []


@pytest.mark.parametrize("character", ["x", '"', "€", "\U0001f600"])
def test_no_request_is_larger_than_lambda_accepts_whatever_letters_are_written_in(character: str) -> None:
    """A quote takes two bytes in a request, and a letter of another alphabet six or twelve."""
    sizes: list[int] = []

    class Measuring:
        def ask(self, action: str, **request: Any) -> dict[str, Any]:
            sizes.append(len(json.dumps({"action": action, **request}).encode()))
            return {"results": [{"status": "refused"} for _ in request["ids"]]}

    class Queue(FakeSqs):
        def receive_message(self, **_: Any) -> dict[str, Any]:
            text = character * (1_000_000 // len(character.encode()))
            found = [at for _, at in zip(range(10), self._made, strict=False)]
            return {
                "Messages": [
                    {"MessageId": f"id-{at}", "ReceiptHandle": f"r-{at}", "Body": text} for at in found
                ]
            }

    run(Queue(20), Measuring(), Pace(0, 1, 50))
    assert max(sizes) < 6_000_000
    assert len(sizes) < 20 or max(sizes) > 2_000_000


def test_an_interrupted_run_keeps_results_and_gives_back_the_rest() -> None:
    class Pressed(FakeSqs):
        def receive_message(self, **others: Any) -> dict[str, Any]:
            answer = super().receive_message(**others)
            if len(self.asked) == 6:
                raise KeyboardInterrupt
            self.asked.append(1)
            return answer

        asked: ClassVar[list[int]] = []

    sqs = Pressed(1000)
    queue = LetterQueue(sqs, "url", 60)
    runner = Runner(queue, FakeFunction(lambda _: "published"), Pace(0, 2, 50), lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        runner.run(queue.take(), Filter())
    runner.give_back()
    assert runner.report.statuses == {"published": 50}
    assert set(sqs.deleted) == {f"r-{at}" for at in range(50)}
    assert set(sqs.given_back) == {f"r-{at}" for at in range(50, 60)}


def test_a_run_that_stops_early_gives_back_every_letter_that_it_took() -> None:
    sqs = FakeSqs(1000, sealed="A" * 1_000_000)
    run(sqs, FakeFunction(lambda _: "failed"), Pace(0, 1, 5))
    assert {f"r-{at}" for at in range(10)} <= set(sqs.given_back) | set(sqs.deleted)


def test_a_letter_tells_the_trace_that_its_message_carries() -> None:
    message = {"MessageId": "id", "ReceiptHandle": "r", "Body": body(1)}
    header = "Root=1-6744a3c5-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=0"
    traced = read({**message, "Attributes": {"AWSTraceHeader": header}})
    assert traced.to_dict()["trace"] == "1-6744a3c5-0123456789abcdef01234567"
    assert read(message).to_dict()["trace"] is None


def test_a_letter_has_the_id_that_the_audit_trail_knows_it_by_whatever_id_the_queue_gives_it() -> None:
    shown = [
        read({"MessageId": name, "ReceiptHandle": "r", "Body": text}).to_dict()["audit_id"]
        for name in ("one", "two")
        for text in (body(1), body(2), "no letter at all")
    ]
    assert shown[:3] == shown[3:]
    assert len(set(shown)) == 3
    assert shown[2] == NO_LETTER


class Portions:
    """A replay function that replays each letter in portions, and says what became of each."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self._results = results
        self.asked: list[int] = []

    def ask(self, _action: str, letters: list[str], first: int = 0, **_: Any) -> dict[str, Any]:
        self.asked.append(first)
        return {"results": [self._results[first // 10] for _ in letters]}


def portion(so_far: str, after: int, letters: int = 0) -> dict[str, Any]:
    return {"status": "partly", "so_far": so_far, "next": after, "records": 10, "letters": letters}


def test_a_letter_of_many_records_is_replayed_to_its_end_and_deleted_then() -> None:
    sqs, function = (
        FakeSqs(1),
        Portions(portion("published", 10), portion("published", 20), {"status": "published", "records": 5}),
    )
    report = run(sqs, function)
    assert function.asked == [0, 10, 20]
    assert (report.statuses, sqs.deleted, report.all_replayed) == (Counter(published=1), ["r-0"], True)
    assert report.results == [{"id": "id-0", "status": "published", "records": 25, "letters": 0}]
    assert sqs.given_back == ["r-0", "r-0"]  # held on to, twice


@pytest.mark.parametrize(
    "last", [{"status": "published", "records": 5}, {"status": "split", "records": 5, "letters": 2}]
)
def test_a_letter_whose_bad_records_have_letters_of_their_own_is_deleted_and_the_run_says_so(
    last: dict[str, Any],
) -> None:
    sqs = FakeSqs(1)
    report = run(sqs, Portions(portion("split", 10, 3), last))
    assert (report.statuses, sqs.deleted, report.all_replayed) == (Counter(split=1), ["r-0"], False)
    assert report.results[0]["letters"] == 3 + last.get("letters", 0)


@pytest.mark.parametrize(
    "last",
    [
        {"status": "unavailable", "message": "m"},
        portion("published", 10),
        {"status": "expired", "message": "m"},
    ],
)
def test_a_letter_that_is_not_replayed_to_its_end_stays(last: dict[str, Any]) -> None:
    sqs = FakeSqs(1)
    report = run(sqs, Portions(portion("published", 10), last))
    assert sqs.deleted == []
    assert not report.all_replayed
    assert set(report.statuses) <= {"unavailable", "expired"}


def test_a_failure_in_an_earlier_portion_is_not_forgotten() -> None:
    sqs = FakeSqs(1)
    report = run(sqs, Portions(portion("failed", 10), {"status": "published", "records": 5}))
    assert (report.statuses, sqs.deleted) == (Counter(failed=1), [])

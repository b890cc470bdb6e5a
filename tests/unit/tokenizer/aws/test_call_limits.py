"""Tests sizes and counts of calls to AWS: at each limit, one below it and one above it. Sizes count bytes."""

from collections.abc import Sequence
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer import json_text
from tokenizer.aws.api.order_service import checked
from tokenizer.aws.pipeline.bus import EventBridgeBus, entry_bytes
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.platform.batches import chunks, in_calls
from tokenizer.errors import BadRecord, Denied, Throttled, Unforeseen
from tokenizer.identity import Identity
from tokenizer.records import Letter, SanitizedRecord

AROUND = pytest.mark.parametrize("off", [-1, 0, 1])


class Calls:
    """A client of any service: keeps what it is asked, and answers that all was taken."""

    def __init__(self, down: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.down = down

    def _answer(self, **request: Any) -> dict[str, Any]:
        if self.down:
            raise self.down
        self.asked.append(request)
        return {"Entries": [{} for _ in request.get("Entries", [])]}

    put_events = send_message_batch = put_object = _answer


class Plain:
    """Seals nothing, so that sizes can be told."""

    def seal(self, data: bytes, identity: Identity) -> bytes:
        return data


def event(size: int, letter: str = "n") -> SanitizedRecord:
    """Returns an event of a size in bytes, made of a letter that takes some."""
    bare = SanitizedRecord("order.placed", b"", "ing_1")
    room = size - entry_bytes(bare)
    each = letter.encode()
    return SanitizedRecord("order.placed", each * (room // len(each)) + b"n" * (room % len(each)), "ing_1")


def letters(*sizes: int) -> list[Letter]:
    source = stream_record(b"").source
    return [
        Letter(ErrorCode.INVALID_FIELD, "m", stream_record(b"").identity, source, 1, b"s" * size, f"ing_{at}")
        for at, size in enumerate(sizes)
    ]


def queue(sqs: Any, s3: Any, max_bytes: int) -> SqsDeadLetters:
    return SqsDeadLetters(sqs, "url", s3, "bucket", Plain(), max_bytes)  # type: ignore[arg-type]  # all that is asked of it


def message_bytes(letter: Letter) -> int:
    sqs = Calls()
    queue(sqs, Calls(), 1_000_000).send([letter], ample_budget())
    return len(sqs.asked[0]["Entries"][0]["MessageBody"].encode())


@pytest.mark.parametrize("most", [1, 10])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21])
def test_a_call_holds_as_many_entries_as_its_service_takes(most: int, count: int) -> None:
    expected = [list(range(start, min(start + most, count))) for start in range(0, count, most)]
    assert list(in_calls(dict.fromkeys(range(count), 1), most, 1_000)) == expected
    assert [list(each) for each in chunks(range(count), most)] == expected


@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        ([50, 50], [[0, 1]]),
        ([50, 49], [[0, 1]]),
        ([50, 51], [[0], [1]]),
        ([100, 1], [[0], [1]]),
        ([99, 1, 1], [[0, 1], [2]]),
        ([1, 200, 1], [[0], [1], [2]]),
        ([40, 30, 30, 1, 99], [[0, 1, 2], [3, 4]]),
    ],
)
def test_a_call_holds_as_many_bytes_as_its_service_takes(
    sizes: Sequence[int], calls: list[list[int]]
) -> None:
    assert list(in_calls(dict(enumerate(sizes)), 10, 100)) == calls


@AROUND
@pytest.mark.parametrize("letter", ["n", "\u00fc", "\u4f8b", "\U0001f600"])
def test_an_event_is_too_large_by_its_bytes(letter: str, off: int) -> None:
    bus = EventBridgeBus(Calls(), "bus", 1_000)  # type: ignore[arg-type]  # all that is asked of it
    made = event(1_000 + off, letter)
    too_large = bus.oversize(made.event_type, len(made.detail))
    assert too_large == ("the sanitized event has 1001 bytes, the bus takes 1000" if off > 0 else None)  # fmt: skip


def test_the_event_type_and_the_source_count_into_an_events_size() -> None:
    # EventBridge user guide, "Calculating PutEvents event entry size": source, detail-type and detail, in UTF-8.
    assert entry_bytes(SanitizedRecord("\u00fc", b"{}", "i")) == len("orders.tokenizer") + 2 + 2


@AROUND
def test_events_are_put_in_calls_within_the_bytes_of_one(off: int) -> None:
    events = Calls()
    bus = EventBridgeBus(events, "bus", 1_000)  # type: ignore[arg-type]  # all that is asked of it
    assert bus.publish([event(500), event(500 + off, "\u00fc")], ample_budget()) == [None, None]
    assert [len(each["Entries"]) for each in events.asked] == ([1, 1] if off > 0 else [2])


@pytest.mark.parametrize(
    "code", ["InvalidArgument", "MalformedDetail", "InvalidAccountIdException", "RedactionFailure"]
)
def test_an_event_that_the_bus_will_never_take_is_at_fault_itself(code: str) -> None:
    events = Calls()
    events.put_events = lambda **_: {"Entries": [{"ErrorCode": code}]}  # type: ignore[method-assign]
    bus = EventBridgeBus(events, "bus", 1_000)  # type: ignore[arg-type]  # all that is asked of it
    (failure,) = bus.publish([event(500)], ample_budget())
    assert isinstance(failure, BadRecord)
    assert failure.code is ErrorCode.INVALID_FIELD
    assert failure.message == f"the bus refused the sanitized event: {code}"


@AROUND
def test_a_letter_goes_to_the_bucket_if_its_message_is_too_large(off: int) -> None:
    sqs, s3 = Calls(), Calls()
    (letter,) = letters(500)
    assert queue(sqs, s3, message_bytes(letter) + off).send([letter], ample_budget()) == [None]
    (call,) = sqs.asked
    body = json_text.parse(call["Entries"][0]["MessageBody"].encode())
    assert ("sealed_object" in body) is (off < 0)
    assert [each["Body"] for each in s3.asked] == ([b"s" * 500] if off < 0 else [])


@AROUND
def test_the_size_of_a_letter_is_told_in_bytes(off: int) -> None:
    sqs, s3 = Calls(), Calls()
    source = stream_record(b"").source.model_copy(update={"stream": "\u00fc" * 100})
    letter = Letter(ErrorCode.INVALID_FIELD, "m", stream_record(b"").identity, source, 1, b"s" * 500, "i")
    queue(sqs, s3, message_bytes(letter) + off).send([letter], ample_budget())
    assert len(s3.asked) == (off < 0)


@AROUND
def test_letters_are_sent_in_calls_within_the_bytes_of_one(off: int) -> None:
    sqs = Calls()
    two = letters(500, 700)
    together = sum(map(message_bytes, two))
    assert queue(sqs, Calls(), together + off).send(two, ample_budget()) == [None, None]
    assert [len(each["Entries"]) for each in sqs.asked] == ([1, 1] if off < 0 else [2])


@pytest.mark.parametrize(
    ("down", "expected"),
    [(ValueError("canary"), Unforeseen), (Denied("no"), Denied), (Throttled("slow"), Throttled)],
)
def test_a_letter_that_cannot_be_stored_does_not_hold_up_its_neighbours(
    down: Exception, expected: type[Exception]
) -> None:
    sqs = Calls()
    small, large = letters(10, 5_000)
    failures = queue(sqs, Calls(down), 1_000).send([small, large, small], ample_budget())
    assert [type(each) for each in failures] == [type(None), expected, type(None)]
    assert "canary" not in str(failures)
    assert len(sqs.asked[0]["Entries"]) == 2


@AROUND
def test_an_order_is_taken_up_to_what_the_stream_takes(off: int) -> None:
    raw = json_text.dump(order(padding="\u00fc"))
    padded = raw.replace("\u00fc".encode(), b"\xc3\xbc" + b"n" * (1_000_000 + off - len(raw)))
    assert len(padded) == 1_000_000 + off
    if off > 0:
        with pytest.raises(BadRecord, match="the stream takes 1000000 bytes") as caught:
            checked(padded)
        assert caught.value.code is ErrorCode.TOO_LARGE
    else:
        assert checked(padded)[1] == "C-77"

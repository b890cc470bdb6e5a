"""A letter that can't be sealed for good fails alone; an outage ends the sealing of those that come after it."""

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

from schemas.dead_letter import ErrorCode, LetterSource
from tests.support.fakes.world import ample_budget
from tests.support.members import for_all
from tests.support.samples import stream_record
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.errors import (
    BadRecord,
    Configuration,
    Denied,
    InvalidRequest,
    NewerFormat,
    OutOfTime,
    PipelineError,
    Refused,
    Rejected,
    Throttled,
    Transient,
    Unavailable,
    Unforeseen,
    VaultIntegrity,
)
from tokenizer.records import Letter

# By what a seal can fail with: whether the next letter would only meet it, and wait, again.
OUTAGES: dict[Exception, bool] = {
    Transient("t"): True,
    Throttled("t"): True,
    Unavailable("u"): True,
    OutOfTime("o"): True,
    Denied("d"): True,
    NewerFormat("n"): True,
    BadRecord(ErrorCode.TOO_LARGE, "b"): False,
    Rejected("r"): False,
    Unforeseen("u"): False,
    Refused("r", "r"): False,
    InvalidRequest("i"): False,
    VaultIntegrity("v"): False,
    Configuration("c"): False,
    ConnectionError("canary"): True,
    ValueError("canary"): False,
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "canary"): False,
    MemoryError(): False,
}
FOR_GOOD = [error for error, outage in OUTAGES.items() if not outage]
LETTERS = 12  # two calls


class Seals:
    """Seals nothing; fails with errors at some letters, and keeps which ones it was asked for."""

    def __init__(self, errors: Mapping[int, Exception]) -> None:
        self._errors = errors
        self.asked: list[int] = []

    def seal(self, data: bytes, _source: LetterSource) -> bytes:
        self.asked.append(int(data))
        if error := self._errors.get(int(data)):
            raise error
        return data


class Queue:
    """SQS, which takes every message and keeps what was sealed in it."""

    def __init__(self) -> None:
        self.took: list[int] = []

    def send_message_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        for each in Entries:
            self.took.append(int(json.loads(each["MessageBody"])["sealed"]))
        return {"Successful": [{"Id": each["Id"]} for each in Entries]}


def sent(seals: Any) -> tuple[list[PipelineError | None], list[int]]:
    """Returns the result of each letter, and the letters that the queue took."""
    record, queue = stream_record(b""), Queue()
    aws: Any = queue
    letters = [
        Letter(ErrorCode.INVALID_FIELD, "m", record.identity, record.source, 1, b"%d" % at, f"ing_{at}")
        for at in range(LETTERS)
    ]
    results = SqsDeadLetters(aws, "url", aws, "bucket", seals, 1_000_000).send(letters, ample_budget())
    return results, queue.took


def subclasses(of: type[Exception]) -> set[type[Exception]]:
    return {of}.union(*(subclasses(each) for each in of.__subclasses__()))


def test_the_table_has_every_error_of_ours() -> None:
    assert {type(each) for each in OUTAGES} >= subclasses(PipelineError) - {PipelineError}


@for_all("hit", range(LETTERS))
def test_a_letter_that_can_not_be_sealed_for_good_fails_alone(hit: int) -> None:
    for error in FOR_GOOD:
        seals = Seals({hit: error})
        results, took = sent(seals)
        assert [at for at, each in enumerate(results) if each is not None] == [hit], error
        assert "canary" not in str(results[hit])
        assert seals.asked == list(range(LETTERS))
        assert took == [at for at in range(LETTERS) if at != hit]


@for_all(("first", "second"), product(FOR_GOOD, repeat=2))
def test_letters_that_can_not_be_sealed_each_have_their_own_error(
    first: Exception, second: Exception
) -> None:
    results, took = sent(Seals({3: first, 4: second}))
    for error, told in ((first, results[3]), (second, results[4])):
        assert told is error if isinstance(error, PipelineError) else type(error).__name__ in str(told)
    assert took == [0, 1, 2, *range(5, LETTERS)]


@for_all("error", [error for error, outage in OUTAGES.items() if outage])
def test_after_an_outage_no_seal_is_asked_for(error: Exception) -> None:
    for hit in range(LETTERS):
        seals = Seals({hit: error})
        results, took = sent(seals)
        assert seals.asked == list(range(hit + 1))
        assert took == list(range(hit))
        assert results[:hit] == [None] * hit
        assert all(isinstance(each, Transient) for each in results[hit:])

"""Of letters that are replayed together, each has its own result at its own place, those that are refused included."""

import json
from base64 import b64decode
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.members import for_all
from tests.support.samples import ARRIVED, STREAM, stream_record
from tokenizer.aws.replay.letters import Letters
from tokenizer.errors import Unavailable, VaultIntegrity
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS
from tokenizer.pipeline.kpl import aggregated
from tokenizer.replay.messages import Entry, Result

ORDER = b'{"event_id": "an order of more than sixty-four bytes, as each of them is"}'
LARGE = aggregated([ORDER] * (MAX_USER_RECORDS + 1))
SKIPPED = {"status": "skipped", "message": "of another event type"}
# By kind of letter, its result if letters of all event types are replayed; that of one that is sent names its record, too.
RESULTS: dict[str, Result] = {
    "published": {"status": "published"},
    "failed": {"status": "failed"},
    "another type": {"status": "published"},
    "large": {"status": "partly", "so_far": "published", "next": 0, "records": 0},
    "another stack's": {"status": "refused", "message": "the letter is from another stack"},
    "of the future": {"status": "refused", "message": "the letter's record arrives in the future"},
    "no letter": {"status": "refused", "message": "the message is no sealed dead letter"},
    "tampered with": {"status": "unavailable", "message": "VaultIntegrity: broken"},
    "positions": {"status": "expired", "message": "gone"},
    "positions of a stream that is down": {"status": "unavailable", "message": "Unavailable: down"},
}
OF_ONE_TYPE = RESULTS | {"another type": SKIPPED, "large": SKIPPED}
SENT = {"published", "failed", "another type"}


class Opener:
    """Opens letters, each of which is sealed with its kind."""

    def open(self, sealed: str, _source: object) -> bytes:
        if sealed == "tampered with":
            raise VaultIntegrity("broken")
        named = "order.cancelled" if sealed == "another type" else "order.placed"
        return LARGE if sealed == "large" else json.dumps({"event_type": named, "kind": sealed}).encode()


class Tokenizing:
    """Answers with the kind of each record, and its place in the stream."""

    def tokenize(self, entries: Sequence[Entry]) -> list[Result]:
        return [
            {
                "status": "failed" if b'"failed"' in b64decode(each["kinesis"]["data"]) else "published",
                "of": each["kinesis"]["sequenceNumber"],
            }
            for each in entries
        ]


class Stream:
    """Has lost what positions name, or is down."""

    def positions(self, body: str, _first: int) -> Result:
        if json.loads(body)["KinesisBatchInfo"]["shardId"].endswith("down"):
            raise Unavailable("down")
        return RESULTS["positions"]


def letter(kind: str, at: int) -> str:
    """Returns a letter of a kind, whose record has a place of its own in the stream."""
    if kind == "no letter":
        return f"{at}"
    if kind.startswith("positions"):
        return json.dumps({"KinesisBatchInfo": {"shardId": kind, "startSequenceNumber": at}})
    source = stream_record(b"", at).source
    if kind == "another stack's":
        source = source.model_copy(update={"stream": "another"})
    if kind == "of the future":
        source = source.model_copy(update={"arrived_at": "2027-11-23T10:15:01.250Z"})
    error = LetterError(code=ErrorCode.INVALID_FIELD, message="m")
    return DeadLetter(error=error, source=source, attempts=1, sealed=kind).model_dump_json(exclude_none=True)


_OPENER: Any = Opener()
_NO_S3: Any = None
AUDIT = FakeAudit()
REPLAYING = Replaying(
    Letters(_OPENER, _NO_S3, [STREAM], ARRIVED.timestamp), Tokenizing(), AUDIT, stream=Stream()
)


def replayed(kinds: Sequence[str], **asked: Any) -> tuple[list[Result], list[Result]]:
    """Returns the result of each letter, as it is answered and as the audit trail has it."""
    bodies = [letter(kind, at) for at, kind in enumerate(kinds)]
    answered: list[Result] = REPLAYING.ask("replay", letters=bodies, **asked)["results"]
    return answered, AUDIT.lines[-1]["results"]


@for_all("kinds", [*permutations(RESULTS, 2), tuple(RESULTS), tuple(RESULTS)[::-1]])
def test_each_letter_has_its_own_result(kinds: tuple[str, ...]) -> None:
    for asked, results in (({}, RESULTS), ({"event_types": ["order.placed"]}, OF_ONE_TYPE)):
        expected = [
            results[kind] | ({"of": str(at)} if kind in SENT and results[kind] is not SKIPPED else {})
            for at, kind in enumerate(kinds)
        ]
        answered, noted = replayed(kinds, **asked)
        assert answered == expected
        assert noted == [{key: each[key] for key in each if key != "message"} for each in expected]


def test_letters_of_one_kind_have_a_result_each() -> None:
    for kind, result in RESULTS.items():
        told = replayed([kind] * 11)[0]
        assert told == [result | ({"of": str(at)} if kind in SENT else {}) for at in range(11)]

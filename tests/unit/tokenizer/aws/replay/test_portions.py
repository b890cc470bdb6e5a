"""Letters that stand for many records, as the replay function serves them."""

import base64
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError
from tests.fuzz.replaying import Trail
from tests.support.fakes.approvals import Replaying
from tests.support.samples import ARRIVED, SHARD, STREAM, stream_record
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.replay.portions import PORTION, pieces
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.aws.replay.tokenizers import MOST_BYTES, Tokenizers
from tokenizer.errors import InvalidRequest
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS
from tokenizer.pipeline.kpl import aggregated
from tokenizer.replay.messages import Entry, Result, entry

ORDER = b'{"event_id": "an order of more than sixty-four bytes, as each of them is"}'
LARGE = aggregated([ORDER] * (MAX_USER_RECORDS + PORTION))
SOURCE = stream_record(b"").source
_NONE: Any = None


class Tokenizing:
    """Notes what it is given; a record that says so is bad, or meets an outage."""

    def __init__(self, status: str = "published") -> None:
        self._status = status
        self.given: list[tuple[int | None, Mode]] = []

    def tokenize(self, entries: Sequence[Entry], mode: Mode = Mode.REPLAYED) -> list[Result]:
        self.given += [(each["kinesis"].get("subSequenceNumber"), mode) for each in entries]
        return [{"status": self._status} for _ in entries]


class Kinesis:
    """A stream of one record."""

    def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
        return {"ShardIterator": "one"}

    def get_records(self, **_: Any) -> dict[str, Any]:
        record = {
            "SequenceNumber": SOURCE.sequence_number,
            "ApproximateArrivalTimestamp": ARRIVED,
            "Data": LARGE,
        }
        return {"Records": [record], "MillisBehindLatest": 0}


class Opener:
    """Opens every letter: those that are sealed with an L hold the large aggregate."""

    def open(self, sealed: str, _source: object) -> bytes:
        return LARGE if sealed == "L" else ORDER


def letter(sealed: str) -> str:
    return DeadLetter(
        error=LetterError(code=ErrorCode.TOO_LARGE, message="m"), source=SOURCE, attempts=1, sealed=sealed
    ).model_dump_json(exclude_none=True)


POSITIONS = (
    f'{{"KinesisBatchInfo": {{"shardId": "{SHARD}", "startSequenceNumber": "{SOURCE.sequence_number}",'
    f' "endSequenceNumber": "{SOURCE.sequence_number}", "streamArn": "{STREAM}", "batchSize": 1}}}}'
)


def served(tokenizing: Any, *letters: str, **asked: Any) -> list[Result]:
    opener: Any = Opener()
    kinesis: Any = Kinesis()
    stream = StreamReplay(kinesis, STREAM, tokenizing)
    sealed = Letters(opener, _NONE, [STREAM], lambda: ARRIVED.timestamp() + 1)
    replaying = Replaying(sealed, tokenizing, Trail(), stream=stream)
    results: list[Result] = replaying.ask("replay", letters=list(letters), **asked)["results"]
    return results


@pytest.mark.parametrize("what", [letter("L"), POSITIONS], ids=["sealed", "positions"])
def test_each_request_replays_one_portion(what: str) -> None:
    tokenizing = Tokenizing()
    (first,) = served(tokenizing, what)
    assert first == {"status": "partly", "so_far": "published", "next": PORTION, "records": PORTION}
    (last,) = served(tokenizing, what, first=first["next"])
    assert last == {"status": "published", "records": MAX_USER_RECORDS}
    assert tokenizing.given == [
        (at, Mode.REPLAYED_WITHOUT_LETTER) for at in range(PORTION + MAX_USER_RECORDS)
    ]


def test_beside_other_letters_a_large_one_is_not_begun() -> None:
    tokenizing = Tokenizing()
    results = served(tokenizing, letter("S"), letter("L"), letter("S"))
    assert [each["status"] for each in results] == ["published", "partly", "published"]
    assert results[1]["next"] == 0
    assert tokenizing.given == [(None, Mode.REPLAYED)] * 2


def test_an_outage_ends_the_replay_of_a_large_letter() -> None:
    assert [each["status"] for each in served(Tokenizing("unavailable"), letter("L"))] == ["unavailable"]


def test_bad_user_records_have_letters_of_their_own() -> None:
    (last,) = served(Tokenizing("failed"), letter("L"), first=PORTION)
    assert last == {"status": "split", "letters": MAX_USER_RECORDS, "records": MAX_USER_RECORDS}


def test_a_portion_is_of_one_letter() -> None:
    with pytest.raises(InvalidRequest, match="first: for one letter alone"):
        served(Tokenizing(), letter("L"), letter("S"), first=PORTION)


@pytest.mark.parametrize("data", [ORDER, aggregated([ORDER] * MAX_USER_RECORDS), b"\xf3\x89\x9a\xc2"])
def test_what_a_delivery_takes_is_replayed_whole(data: bytes) -> None:
    made = entry(SOURCE, data)
    assert pieces(made) == [made]


def test_a_record_that_is_too_large_for_a_function_is_not_sent() -> None:
    tokenizers = Tokenizers(_NONE, "stream", "queue")
    made = entry(SOURCE, b"x" * (MOST_BYTES * 3 // 4))
    assert len(base64.b64decode(made["kinesis"]["data"])) < MOST_BYTES
    (result,) = tokenizers.tokenize([made])
    assert (result["status"], result["code"]) == ("failed", "too_large")

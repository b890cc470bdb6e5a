"""Reads the raw stream again: the records in Lambda's failure records, or those after a time or a position."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.replay.portions import replay_portion
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.errors import Refused
from tokenizer.replay.messages import EXPIRED, FAILED, PARTLY, PUBLISHED, REFUSED, Entry, Result, stream_entry

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

READ = 500
_EMPTY_READS = 50  # a shard's gaps are answered without records


def is_failure_record(body: str) -> bool:
    """Returns True if a message is Lambda's record of stream records that it gave up.

    It holds positions, no payload.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and isinstance(document.get("KinesisBatchInfo"), dict)


class StreamReplay:
    """Reads the stream and passes its records to the tokenizing functions."""

    def __init__(self, kinesis: "KinesisClient", stream_arn: str, tokenizers: Tokenizers) -> None:
        self._kinesis = kinesis
        self._stream_arn = stream_arn
        self._tokenizers = tokenizers

    def check_own(self, body: str) -> None:
        """Checks that one of Lambda's failure records is of the stack's stream.

        Raises:
            Refused: it is another stack's.
        """
        if json.loads(body)["KinesisBatchInfo"].get("streamArn") != self._stream_arn:
            raise Refused(REFUSED, "the failure record is from another stack")

    def positions(self, body: str, first_piece: int = 0) -> Result:
        """Replays the records of one of Lambda's failure records, or a portion of them.

        Args:
            body: the failure record.
            first_piece: how many of its records earlier requests have replayed.

        Returns:
            The worst result of the records; `expired` if the stream no longer has all of them.
        """
        info = json.loads(body)["KinesisBatchInfo"]
        try:
            shard, first, last = info["shardId"], info["startSequenceNumber"], info["endSequenceNumber"]
            stream, count = info["streamArn"], int(info["batchSize"])
            int(first), int(last)
        except (ArithmeticError, KeyError, TypeError, ValueError):
            return {"status": REFUSED, "message": "the failure record is malformed"}
        if stream != self._stream_arn:
            return {"status": REFUSED, "message": "the failure record is from another stack"}
        read: list[Entry] = []
        found: set[str] = set()
        for entries in self._read(
            shard, {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": first}
        ):
            some = [each for each in entries if int(first) <= int(_sequence(each)) <= int(last)]
            found.update(map(_sequence, some))
            read += some
            if len(some) < len(entries) or last in found:
                break
        result = replay_portion(self._tokenizers, read, first_piece)
        if result["status"] != PARTLY and (first not in found or len(found) < count):
            return {
                "status": EXPIRED,
                "message": f"the stream still has {len(found)} of {count}",
            }
        return result

    def again(self, shard: str, position: Mapping[str, Any], until: float | None, last: str | None) -> Result:
        """Replays a piece of a shard.

        Args:
            shard: the shard's id.
            position: the position in the form of GetShardIterator.
            until: seconds since 1970; records that arrived later are skipped.
            last: the last sequence number to replay.

        Returns:
            `read`, `published`, `failed` (at most 20 sequence numbers with their codes), and `next`: the sequence
            number after which to continue, None at the end.
        """
        for entries in self._read(shard, position):
            some = [each for each in entries if _within(each, until, last)]
            results = self._tokenizers.tokenize(some)
            failed = [
                {"sequence_number": _sequence(each), **result}
                for each, result in zip(some, results, strict=True)
                if result["status"] != PUBLISHED
            ]
            return {
                "read": len(some),
                "published": len(some) - len(failed),
                "failed": failed[:20],
                "failures": len(failed),
                "bad": sum(each["status"] == FAILED for each in failed),
                "next": _sequence(entries[-1]) if len(some) == len(entries) else None,
            }
        return {"read": 0, "published": 0, "failed": [], "failures": 0, "bad": 0, "next": None}

    @translated("listing shards")
    def shards(self) -> list[str]:
        """Returns the ids of the stream's shards, including closed ones."""
        answer = self._kinesis.list_shards(StreamARN=self._stream_arn)
        found = [each["ShardId"] for each in answer["Shards"]]
        while answer.get("NextToken"):
            answer = self._kinesis.list_shards(NextToken=answer["NextToken"])
            found += [each["ShardId"] for each in answer["Shards"]]
        return found

    @translated("reading the stream")
    def _start(self, shard: str, position: Mapping[str, Any]) -> str:
        answer = self._kinesis.get_shard_iterator(StreamARN=self._stream_arn, ShardId=shard, **position)
        return answer["ShardIterator"]

    @translated("reading the stream")
    def _next(self, iterator: str) -> tuple[list[Any], str | None, bool]:
        answer = self._kinesis.get_records(ShardIterator=iterator, Limit=READ, StreamARN=self._stream_arn)
        return (
            list(answer["Records"]),
            answer.get("NextShardIterator"),
            answer.get("MillisBehindLatest", 0) == 0,
        )

    def _read(self, shard: str, position: Mapping[str, Any]) -> Iterator[list[Entry]]:
        iterator: str | None = self._start(shard, position)
        empty = 0
        while iterator and empty < _EMPTY_READS:
            records, iterator, at_end = self._next(iterator)
            if records:
                empty = 0
                yield [stream_entry(self._stream_arn, shard, record) for record in records]
            elif at_end:
                return
            else:
                empty += 1


def _sequence(made: Entry) -> str:
    return str(made["kinesis"]["sequenceNumber"])


def _within(made: Entry, until: float | None, last: str | None) -> bool:
    if last is not None and int(_sequence(made)) > int(last):
        return False
    return until is None or made["kinesis"]["approximateArrivalTimestamp"] <= until

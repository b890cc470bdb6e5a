"""Identifies a raw record by where it came from, never by its content.

Kinesis and SQS never give one position or message id to two contents. So everything that is derived from an identity is
the same for each delivery of a record, and differs from that of any other record.
"""

import json
from dataclasses import dataclass

from schemas.dead_letter import LetterSource

_ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Holds an identity's canonical form: a JSON list of strings, so that different parts can't produce the same text.

    Args:
        canonical: the JSON text in UTF-8.
    """

    canonical: bytes

    @classmethod
    def of_kinesis(
        cls, stream_arn: str, shard_id: str, sequence_number: str, sub_sequence: int | None
    ) -> "Identity":
        """Returns the identity of a stream's record.

        `sub_sequence` is its place in a KPL aggregate, None outside of one.
        """
        parts = ["kinesis", stream_arn, shard_id, sequence_number]
        return cls._of(parts if sub_sequence is None else [*parts, str(sub_sequence)])

    @classmethod
    def of_sqs(cls, queue_arn: str, message_id: str) -> "Identity":
        """Returns the identity of a queue's message."""
        return cls._of(["sqs", queue_arn, message_id])

    @classmethod
    def of_source(cls, source: LetterSource) -> "Identity":
        """Returns the identity that a dead letter's source describes.

        Raises:
            ValueError: the source names neither a position in a stream nor a message of a queue.
        """
        if source.stream and source.shard and source.sequence_number:
            found = cls.of_kinesis(
                source.stream, source.shard, source.sequence_number, source.sub_sequence_number
            )
            return found.edited(source.edited)
        if source.queue and source.message_id:
            return cls.of_sqs(source.queue, source.message_id).edited(source.edited)
        raise ValueError("the source names neither a position in a stream nor a message of a queue")

    def edited(self, revision: str | None) -> "Identity":
        """Returns the identity of a record's edited version, which includes the original's.

        Without a revision, itself.
        """
        return self if revision is None else self._of(["edited", self.canonical.decode(), revision])

    def under(self, rules: str) -> "Identity":
        """Returns the identity that everything written for a record is derived from, under the rules of that name."""
        return self._of(["under", self.canonical.decode(), rules])

    @classmethod
    def _of(cls, parts: list[str]) -> "Identity":
        return cls(_ENCODER.encode(parts).encode())

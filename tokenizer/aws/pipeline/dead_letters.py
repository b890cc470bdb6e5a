"""Seals dead letters and sends them to the queue, in calls within its limits on count and bytes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from schemas.dead_letter import DeadLetter, LetterError
from tokenizer import json_text
from tokenizer.aws.pipeline.sealing import Sealer
from tokenizer.aws.platform import traces
from tokenizer.aws.platform.batches import in_calls, resend
from tokenizer.aws.platform.error_mapping import by_code, mapped
from tokenizer.errors import OutOfTime, PipelineError, Transient
from tokenizer.records import Letter
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MESSAGES = 10  # SendMessageBatch takes at most 10 messages a call; together they may be as large as one
PREFIX = "letters/"


class SqsDeadLetters:
    """Implements the port `DeadLetters`."""

    def __init__(  # noqa: PLR0917 -- two places to write to
        self, sqs: "SQSClient", queue_url: str, s3: "S3Client", bucket: str, sealer: Sealer, max_bytes: int
    ) -> None:
        """Sends letters to a queue, with a bucket for those that are too large for it.

        Args:
            sqs: an SQS client.
            queue_url: the URL of the dead-letter queue.
            s3: an S3 client.
            bucket: the bucket for seals that don't fit into a message.
            sealer: seals the records.
            max_bytes: the most bytes of one message, and of all messages of one call together.
        """
        self._sqs = sqs
        self._queue_url = queue_url
        self._s3 = s3
        self._bucket = bucket
        self._sealer = sealer
        self._max_bytes = max_bytes

    def send(self, letters: Sequence[Letter], budget: Budget) -> list[PipelineError | None]:
        """Seals and sends letters. Some hold their record's position in the stream alone.

        Returns:
            None for each letter that was sent, or its error.
        """
        failures: dict[int, PipelineError] = {}
        bodies: dict[int, str] = {}
        down: PipelineError | None = None
        for at, letter in enumerate(letters):
            if budget.spent:
                down = OutOfTime("sealing a letter: no time left")
            if down is not None:
                failures[at] = down
                continue
            if letter.position_alone:
                bodies[at] = _position(letter)
                continue
            try:
                sealed = self._sealer.seal(letter.data, letter.source)
            except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
                failures[at] = failure = mapped(error, "sealing a letter")
                # KMS returns no data key. The next letter would only ask, and wait, again.
                down = failure if isinstance(failure, Transient) else None
                continue
            try:
                bodies[at] = self._body(letter, sealed)
            except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
                failures[at] = mapped(error, "storing a large letter")
        sizes = {at: len(body.encode()) for at, body in bodies.items()}
        for chunk in in_calls(sizes, MESSAGES, self._max_bytes):
            failures |= resend(chunk, lambda keys: self._send(keys, bodies), budget, "sending letters")
        return [failures.get(at) for at in range(len(letters))]

    def _send(self, keys: Sequence[int], bodies: Mapping[int, str]) -> Mapping[int, PipelineError]:
        answer = self._sqs.send_message_batch(
            QueueUrl=self._queue_url, Entries=[_entry(at, bodies[at]) for at in keys]
        )
        return {
            int(each["Id"]): by_code(each["Code"], "sending letters") for each in answer.get("Failed", [])
        }

    def _body(self, letter: Letter, sealed: bytes) -> str:
        body = _json(letter, sealed.decode(), None)
        if len(body.encode()) <= self._max_bytes:
            return body
        # Each record has one object. If it fails again, the object is replaced by the same content.
        key = f"{PREFIX}{letter.letter_id}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=sealed)
        return _json(letter, None, f"s3://{self._bucket}/{key}")


def _entry(at: int, body: str) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(at), "MessageBody": body}
    if trace := traces.header():
        # It doesn't count towards a message's size (SQS API reference, MessageSystemAttributes).
        entry["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return entry


def _position(letter: Letter) -> str:
    """Returns a letter without the record, in the form in which Lambda itself writes what it gives up of a stream.

    Replay reads the record from the stream. Source: Lambda developer guide, "Retaining discarded batches".
    """
    source = letter.source
    return json_text.dump_text(
        {
            "requestContext": {"condition": letter.message, "approximateInvokeCount": letter.attempts},
            "version": "1.0",
            "KinesisBatchInfo": {
                "shardId": source.shard,
                "startSequenceNumber": source.sequence_number,
                "endSequenceNumber": source.sequence_number,
                "approximateArrivalOfFirstRecord": source.arrived_at,
                "approximateArrivalOfLastRecord": source.arrived_at,
                "batchSize": 1,
                "streamArn": source.stream,
            },
        }
    )


def _json(letter: Letter, sealed: str | None, sealed_object: str | None) -> str:
    return DeadLetter(
        error=LetterError(code=letter.code, message=letter.message),
        source=letter.source,
        attempts=letter.attempts,
        sealed=sealed,
        sealed_object=sealed_object,
    ).model_dump_json(exclude_none=True)

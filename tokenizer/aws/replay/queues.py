"""The queue of unprocessed messages, and the place for letters that nobody can mend."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from schemas.dead_letter import DeadLetter
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.replay.messages import FAILED, PUBLISHED, Entry, Result

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_RECEIVED = 10  # ReceiveMessage: at most 10 messages a call
# Any wait asks all of SQS's servers; without one an answer may be empty while messages lie on a server that was not asked:
# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT = 1
_PREFIX = "quarantine/"
# What large letters hold is copied here, since the bucket forgets it after 30 days where it was written first; and then there,
# where it is forgotten too, once the letter is back on the queue.
_OBJECTS = f"{_PREFIX}objects/"
_RESTORED = f"{_PREFIX}restored/"


class Unprocessed:
    """Raw messages that never reached a healthy function."""

    def __init__(self, sqs: "SQSClient", queue_url: str, raw_queue_arn: str, tokenizers: Tokenizers) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._raw_queue_arn = raw_queue_arn
        self._tokenizers = tokenizers

    @translated("receiving unprocessed messages")
    def replay(self) -> list[Result]:
        """Replay up to ten messages; one that is bad becomes a sealed letter. Both are then deleted.

        Returns:
            What became of each, with its `message_id`; nothing when none is left.
        """
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=_RECEIVED,
            WaitTimeSeconds=_WAIT,
            MessageSystemAttributeNames=["SentTimestamp"],
        ).get("Messages", [])
        results = self._tokenizers.run([self._entry(dict(each)) for each in messages], with_letters=True)
        for message, result in zip(messages, results, strict=True):
            if result["status"] in {PUBLISHED, FAILED}:
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [
            {**result, "message_id": message["MessageId"]}
            for message, result in zip(messages, results, strict=True)
        ]

    def _entry(self, message: Entry) -> Entry:
        # SQS's redrive keeps a message's id and the time it was sent.
        return {
            "eventSource": "aws:sqs",
            "eventSourceARN": self._raw_queue_arn,
            "messageId": message["MessageId"],
            "body": message["Body"],
            "attributes": {
                "SentTimestamp": message["Attributes"]["SentTimestamp"],
                "ApproximateReceiveCount": "1",
            },
        }


class Quarantine:
    """Letters out of the way, sealed as they are, in the letter bucket; large ones with the object that they name."""

    def __init__(self, s3: "S3Client", bucket: str, sqs: "SQSClient", queue_url: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._sqs = sqs
        self._queue_url = queue_url

    @translated("quarantining a letter")
    def keep(self, letter_id: str, body: str) -> None:
        """Keep a letter; again is harmless."""
        kept = self._with_object(body, f"{_OBJECTS}{letter_id}")
        self._s3.put_object(Bucket=self._bucket, Key=f"{_PREFIX}{letter_id}", Body=kept.encode())

    @translated("listing the quarantine")
    def ids(self) -> list[str]:
        """The ids of the letters that are kept."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=_PREFIX, Delimiter="/"
        )
        return [each["Key"].removeprefix(_PREFIX) for page in pages for each in page.get("Contents", [])]

    @translated("restoring a letter")
    def restore(self, letter_id: str) -> None:
        """Send a letter back to the queue, then forget it: a crash in between sends it twice, which is harmless."""
        key = f"{_PREFIX}{letter_id}"
        kept = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read().decode()
        restored = self._with_object(kept, f"{_RESTORED}{letter_id}")
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=restored)
        self._s3.delete_object(Bucket=self._bucket, Key=key)
        if restored != kept:
            self._s3.delete_object(Bucket=self._bucket, Key=f"{_OBJECTS}{letter_id}")

    def _with_object(self, body: str, key: str) -> str:
        """Returns a letter that names a copy of its object; itself if it has none in this bucket."""
        try:
            letter = DeadLetter.model_validate_json(body)
        except ValidationError:
            return body
        bucket, _, source = (letter.sealed_object or "").removeprefix("s3://").partition("/")
        if bucket != self._bucket:
            return body
        self._s3.copy_object(Bucket=self._bucket, Key=key, CopySource={"Bucket": self._bucket, "Key": source})
        copied = letter.model_copy(update={"sealed_object": f"s3://{self._bucket}/{key}"})
        return copied.model_dump_json(exclude_none=True)

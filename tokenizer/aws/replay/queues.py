"""Replays the queue of unprocessed messages, and quarantines letters that nobody can repair."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from uuid import UUID

from botocore.exceptions import ClientError
from pydantic import ValidationError

from schemas.dead_letter import DeadLetter
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.messages.mode import Mode
from tokenizer.replay.messages import FAILED, PUBLISHED, Entry, Result

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_RECEIVED = 10  # ReceiveMessage returns at most 10 messages a call
# Any wait asks all of SQS's servers. Without one, an answer may be empty although a server that was not asked has
# messages: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT = 1
_PREFIX = "quarantine/"
# The content of a large letter is copied here, because the bucket deletes its first copy after 30 days. When the letter
# goes back to the queue, the content is copied to a place where it is deleted as well.
_OBJECTS = f"{_PREFIX}objects/"
_RESTORED = f"{_PREFIX}restored/"


_REASON, _CODE = "reason", "code"
_DESCRIBED = 200  # each takes a call


class Unprocessed:
    """Replays raw messages that never reached a healthy function."""

    def __init__(self, sqs: "SQSClient", queue_url: str, raw_queue_arn: str, tokenizers: Tokenizers) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._raw_queue_arn = raw_queue_arn
        self._tokenizers = tokenizers

    @translated("receiving unprocessed messages")
    def replay(self) -> list[Result]:
        """Replays up to ten messages. A bad one becomes a sealed letter. Both kinds are deleted from the queue then.

        Returns:
            The result of each message with its `message_id`; an empty list if none is left.
        """
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=_RECEIVED,
            WaitTimeSeconds=_WAIT,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        results = self._tokenizers.tokenize(
            [self._entry(dict(each)) for each in messages], Mode.REPLAYED_WITHOUT_LETTER
        )
        for message, result in zip(messages, results, strict=True):
            if result["status"] in {PUBLISHED, FAILED}:
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [
            {**result, "message_id": message["MessageId"]}
            for message, result in zip(messages, results, strict=True)
        ]

    def _entry(self, message: Entry) -> Entry:
        # SQS keeps a message's id and the time it was sent when it moves it to this queue.
        return {
            "eventSource": "aws:sqs",
            "eventSourceARN": self._raw_queue_arn,
            "messageId": message["MessageId"],
            "body": message["Body"],
            "messageAttributes": {
                name: {"stringValue": each["StringValue"]}
                for name, each in message.get("MessageAttributes", {}).items()
                if "StringValue" in each
            },
            "attributes": {
                "SentTimestamp": message["Attributes"]["SentTimestamp"],
                "ApproximateReceiveCount": "1",
            },
        }


class Quarantine:
    """Keeps sealed letters in the letter bucket, together with the objects of large ones."""

    def __init__(self, s3: "S3Client", bucket: str, sqs: "SQSClient", queue_url: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._sqs = sqs
        self._queue_url = queue_url

    @translated("quarantining a letter")
    def keep(self, letter_id: str, body: str, reason: str) -> None:
        """Stores a letter with the reason, which holds no value.

        What is stored under the id stays: by `quarantine_id` it is the same letter.
        """
        kept = self._with_object(body, f"{_OBJECTS}{letter_id}")
        # Metadata of an object is ASCII, and a reason may be in any script.
        noted = {_REASON: quote(reason), _CODE: _code_of(body)}
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=f"{_PREFIX}{letter_id}",
                Body=kept.encode(),
                Metadata=noted,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    @translated("listing the quarantine")
    def listed(self) -> dict[str, Any]:
        """Returns the `ids` of the letters in quarantine, and `letters` with reason, code and age of the newest ones."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=_PREFIX, Delimiter="/"
        )
        found = [each for page in pages for each in page.get("Contents", [])]
        newest = sorted(found, key=lambda each: each["LastModified"], reverse=True)[:_DESCRIBED]
        return {
            "ids": [each["Key"].removeprefix(_PREFIX) for each in found],
            "letters": [self._described(each["Key"], each["LastModified"]) for each in newest],
        }

    def _described(self, key: str, kept_at: datetime) -> dict[str, Any]:
        noted = self._s3.head_object(Bucket=self._bucket, Key=key)["Metadata"]
        return {
            "id": key.removeprefix(_PREFIX),
            "kept_at": kept_at.isoformat(),
            "code": noted.get(_CODE),  # a letter that an earlier version kept has neither
            "reason": unquote(noted[_REASON]) if _REASON in noted else None,
        }

    @translated("restoring a letter")
    def restore(self, letter_id: str) -> str:
        """Sends a letter back to the queue, then deletes it here; returns its id there.

        A crash in between sends it twice, which is harmless.
        """
        key = f"{_PREFIX}{letter_id}"
        kept = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read().decode()
        restored = self._with_object(kept, f"{_RESTORED}{letter_id}")
        sent = self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=restored)
        self._s3.delete_object(Bucket=self._bucket, Key=key)
        if restored != kept:
            self._s3.delete_object(Bucket=self._bucket, Key=f"{_OBJECTS}{letter_id}")
        return str(sent["MessageId"])

    def _with_object(self, body: str, key: str) -> str:
        """Returns the letter with the key of a copy of its object, or unchanged if it has no object in this bucket."""
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


def quarantine_id(body: str) -> str:
    """Returns the id of a letter in quarantine: a UUID made of the letter, so nobody can choose another letter's."""
    return str(UUID(bytes=sha256(body.encode("utf-8", "surrogatepass")).digest()[:16], version=5))


def _code_of(body: str) -> str:
    """Returns the code of a letter, or `unknown` if the text is none of ours."""
    try:
        return str(DeadLetter.model_validate_json(body).error.code)
    except ValidationError:
        return "unknown"

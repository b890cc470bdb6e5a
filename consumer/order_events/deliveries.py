"""Reads events from SQS bodies, from the events of Lambda functions, and from lines that Firehose wrote to S3."""

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from order_events.envelope import DECODER, AnyEvent, parse
from order_events.errors import Unreadable

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Holds one body, with the id that its source gave it.

    Args:
        body: an EventBridge envelope. It is not read yet, so that one bad body doesn't stop the others.
        item_id: the id for a partial batch response or Firehose's answer; None if there is none.
    """

    body: str | bytes | Mapping[str, Any]
    item_id: str | None = None

    def event(self) -> AnyEvent:
        """Returns the event in it.

        Raises:
            Unreadable: the body holds no event.
        """
        return parse(self.body)


def from_lambda(event: Mapping[str, Any]) -> Iterator[Delivery]:
    """Yields the events of a Lambda invocation by EventBridge, SQS, SNS or Kinesis, or by Firehose to transform.

    Raises:
        Unreadable: the invocation came from none of these.
    """
    if "detail-type" in event:
        yield Delivery(event)
    elif "Records" in event:
        for record in event["Records"]:
            yield _of_record(record)
    elif "records" in event:
        for record in event["records"]:
            yield Delivery(base64.b64decode(record["data"]), record["recordId"])
    else:
        raise Unreadable("", "is no event of EventBridge, SQS, SNS, Kinesis or Firehose")


def from_file(content: str | bytes) -> Iterator[Delivery]:
    """Yields the events of a file that Firehose wrote to S3, whether it put line breaks between envelopes or not.

    Args:
        content: a whole object, compressed with gzip or not.

    Raises:
        Unreadable: the rest of the file is not JSON; the message names the character's position.
    """
    if isinstance(content, bytes):
        content = (gzip.decompress(content) if content.startswith(_GZIP) else content).decode()
    position = _skipped(content, 0)
    while position < len(content):
        try:
            value, position = DECODER.raw_decode(content, position)
        except (ValueError, RecursionError):
            raise Unreadable("", f"is not JSON from character {position} on") from None
        yield Delivery(value if isinstance(value, dict) else json.dumps(value))
        position = _skipped(content, position)


def _skipped(content: str, position: int) -> int:
    while position < len(content) and content[position].isspace():
        position += 1
    return position


def _of_record(record: Mapping[str, Any]) -> Delivery:
    if "body" in record:
        return Delivery(record["body"], record["messageId"])
    if "kinesis" in record:
        kinesis = record["kinesis"]
        return Delivery(base64.b64decode(kinesis["data"]), kinesis["sequenceNumber"])
    if "Sns" in record:
        return Delivery(record["Sns"]["Message"], record["Sns"].get("MessageId"))
    raise Unreadable("", "is no record of SQS, SNS or Kinesis")

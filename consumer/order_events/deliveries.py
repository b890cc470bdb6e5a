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
    """One body, and what its source calls it.

    Args:
        body: an EventBridge envelope; not read yet, so that one bad body does not take its neighbours along.
        item_id: for a partial batch answer or Firehose's; None where there is none.
    """

    body: str | bytes | Mapping[str, Any]
    item_id: str | None = None

    def event(self) -> AnyEvent:
        """Returns the event in it.

        Raises:
            Unreadable: there is none.
        """
        return parse(self.body)


def from_lambda(event: Mapping[str, Any]) -> Iterator[Delivery]:
    """Yields the events of a Lambda invocation by EventBridge, SQS, SNS or Kinesis, or by Firehose to transform.

    Raises:
        Unreadable: it is none of these.
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
        content: a whole object, gzipped or not.

    Raises:
        Unreadable: on reaching what is no JSON; names the character's position.
    """
    if isinstance(content, bytes):
        content = (gzip.decompress(content) if content.startswith(_GZIP) else content).decode()
    at = _skipped(content, 0)
    while at < len(content):
        try:
            value, at = DECODER.raw_decode(content, at)
        except (ValueError, RecursionError):
            raise Unreadable("", f"is not JSON from character {at} on") from None
        yield Delivery(value if isinstance(value, dict) else json.dumps(value))
        at = _skipped(content, at)


def _skipped(content: str, at: int) -> int:
    while at < len(content) and content[at].isspace():
        at += 1
    return at


def _of_record(record: Mapping[str, Any]) -> Delivery:
    if "body" in record:
        return Delivery(record["body"], record["messageId"])
    if "kinesis" in record:
        kinesis = record["kinesis"]
        return Delivery(base64.b64decode(kinesis["data"]), kinesis["sequenceNumber"])
    if "Sns" in record:
        return Delivery(record["Sns"]["Message"], record["Sns"].get("MessageId"))
    raise Unreadable("", "is no record of SQS, SNS or Kinesis")

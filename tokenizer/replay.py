"""Replay: the Lambda event that first delivered a record, made again from its dead letter.

The tokenizing function gets what it first got, so it derives the same identity and publishes the same bytes.
"""

import base64
from datetime import datetime
from typing import Any

from schemas.dead_letter import LetterSource

# In an event beside its records: they come from dead letters, so those that fail again get no second one.
REPLAY = "order-tokenizer:replay"


def lambda_event(source: LetterSource, data: bytes) -> dict[str, Any]:
    """The event with one record.

    Args:
        source: where the record first came from.
        data: its raw bytes.

    Raises:
        ValueError: the source names neither a position in a stream nor a message of a queue.
    """
    arrived = datetime.fromisoformat(source.arrived_at).timestamp()
    if source.stream and source.shard and source.sequence_number:
        return {REPLAY: True, "Records": [_from_stream(source, data, arrived)]}
    if source.queue and source.message_id:
        return {REPLAY: True, "Records": [_from_queue(source, data, arrived)]}
    raise ValueError("the source names neither a position in a stream nor a message of a queue")


def _from_stream(source: LetterSource, data: bytes, arrived: float) -> dict[str, Any]:
    kinesis = {
        "sequenceNumber": source.sequence_number,
        "approximateArrivalTimestamp": arrived,
        "data": base64.b64encode(data).decode(),
    }
    if source.sub_sequence_number is not None:
        kinesis["subSequenceNumber"] = source.sub_sequence_number
    return {
        "eventSource": "aws:kinesis",
        "eventSourceARN": source.stream,
        "eventID": f"{source.shard}:{source.sequence_number}",
        "kinesis": kinesis,
    }


def _from_queue(source: LetterSource, data: bytes, arrived: float) -> dict[str, Any]:
    return {
        "eventSource": "aws:sqs",
        "eventSourceARN": source.queue,
        "messageId": source.message_id,
        "body": data.decode("utf-8", "surrogatepass"),
        "attributes": {"SentTimestamp": str(round(arrived * 1000)), "ApproximateReceiveCount": "1"},
    }

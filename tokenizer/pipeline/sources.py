"""Turns Lambda events of both sources, Kinesis and SQS, into raw records."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from schemas.dead_letter import LetterSource
from schemas.foreign import attribute_named
from schemas.wrappers import message_with
from tokenizer.errors import Configuration
from tokenizer.identity import Identity
from tokenizer.messages.tokenize import ApiRecord
from tokenizer.pipeline.aggregates import user_records
from tokenizer.records import RawRecord, timestamp

Entry = Mapping[str, Any]
IN_ONE_INVOCATION = 2_000  # user records of aggregates; measured in decision 0025
# The errors that reading an entry raises if it doesn't have the form of its source.
_MALFORMED = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


def kinesis_records(event: Mapping[str, Any]) -> list[RawRecord]:
    """Returns the raw records of a Lambda event from a stream, with KPL aggregates unpacked.

    A record that has a `subSequenceNumber` is already one user record of an aggregate, as a replay sends it. It is not
    unpacked again.

    Raises:
        Configuration: the event doesn't come from Kinesis.
    """
    return _records(event, "aws:kinesis", _from_stream)


def _user_records(data: bytes) -> list[tuple[int | None, bytes]]:
    """Returns the user records of one Kinesis record.

    If taking it apart fails, it stays whole. Reading it fails in the same way then, under the guard of the record.
    """
    try:
        return user_records(data)
    except Exception:  # noqa: BLE001 -- any error; reading names it
        return [(None, data)]


def in_one_invocation(records: Sequence[RawRecord]) -> tuple[Sequence[RawRecord], str | None]:
    """Chooses the records of a batch of the stream that one invocation takes.

    No aggregate is cut, and the first Kinesis record is always taken, so every delivery makes progress.

    Returns:
        The records to take, and the sequence number from which the batch is delivered again; None if all are taken.
    """
    taken = len(records)
    if taken > IN_ONE_INVOCATION:
        # The record behind the limit may belong to an aggregate that began before it.
        taken = IN_ONE_INVOCATION
        while taken and records[taken - 1].item_id == records[taken].item_id:
            taken -= 1
    return records[:taken], None if taken == len(records) else records[taken].item_id


def _from_stream(entry: Entry) -> Iterator[RawRecord]:
    kinesis = entry["kinesis"]
    stream, sequence = entry["eventSourceARN"], kinesis["sequenceNumber"]
    shard = entry["eventID"].partition(":")[0]
    arrived = datetime.fromtimestamp(kinesis["approximateArrivalTimestamp"], UTC)
    data = _decoded(kinesis["data"])
    given, edited = kinesis.get("subSequenceNumber"), entry.get("edited")
    for sub_sequence, user_data in [(given, data)] if given is not None else _user_records(data):
        yield RawRecord(
            identity=Identity.of_kinesis(stream, shard, sequence, sub_sequence).edited(edited),
            data=user_data,
            source=LetterSource(
                stream=stream,
                shard=shard,
                sequence_number=sequence,
                sub_sequence_number=sub_sequence,
                arrived_at=timestamp(arrived),
                edited=edited,
            ),
            arrived_at=arrived,
            item_id=sequence,
            partition_key=kinesis.get("partitionKey"),
        )


def sqs_records(
    event: Mapping[str, Any], max_receive_count: int, attributes: frozenset[str] = frozenset()
) -> list[RawRecord]:
    """Returns the raw records of a Lambda event from a queue.

    Args:
        event: the event as Lambda's SQS event source mapping sends it.
        max_receive_count: the queue's redrive limit. The delivery with this count is a record's last one.
        attributes: the names of the message attributes in which foreign events have their envelope.

    Raises:
        Configuration: the event doesn't come from SQS.
    """
    return _records(event, "aws:sqs", lambda entry: [_from_queue(entry, max_receive_count, attributes)])


def _from_queue(entry: Entry, max_receive_count: int, named: frozenset[str]) -> RawRecord:
    queue, message_id, attributes = entry["eventSourceARN"], entry["messageId"], entry["attributes"]
    arrived = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    attempts = int(attributes["ApproximateReceiveCount"])
    return RawRecord(
        identity=Identity.of_sqs(queue, message_id).edited(entry.get("edited")),
        data=message_data(str(entry["body"]), _texts(entry), named),
        source=LetterSource(
            queue=queue, message_id=message_id, arrived_at=timestamp(arrived), edited=entry.get("edited")
        ),
        arrived_at=arrived,
        item_id=message_id,
        attempts=attempts,
        last_attempt=attempts >= max_receive_count,
        partition_key=attributes.get("MessageGroupId"),
    )


def message_data(body: str, attributes: Mapping[str, str], named: frozenset[str]) -> bytes:
    """Returns the bytes of a message's raw record: its body, with those of its attributes that event types ask for.

    Args:
        body: the message's body.
        attributes: the attributes of the message that are texts.
        named: the names of the attributes that event types ask for.
    """
    found = [attribute_named(name, attributes.keys()) for name in named]
    wanted = {name: attributes[name] for name in found if name is not None}
    return (message_with(body, wanted) if wanted else body).encode("utf-8", "surrogatepass")


def _texts(entry: Entry) -> dict[str, str]:
    found = {name: each.get("stringValue") for name, each in (entry.get("messageAttributes") or {}).items()}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def may_be_deadly(records: Sequence[RawRecord], now: datetime, timeout: float) -> list[int]:
    """Returns the positions of records that may have ended an invocation before.

    These are messages that SQS delivers again, and the record of the stream that is left alone in its batch, since
    Lambda cuts a batch whose invocation ended without an answer, and is older than an invocation can be.

    Args:
        records: a batch as Lambda delivers it.
        now: the time of the invocation.
        timeout: the seconds after which Lambda ends the function.
    """
    alone = records[0].source.stream is not None and len({each.item_id for each in records}) == 1
    if alone and (now - records[0].arrived_at).total_seconds() > timeout:
        return list(range(len(records)))
    return [at for at, each in enumerate(records) if each.attempts > 1]


def api_record(record: ApiRecord) -> RawRecord:
    """Returns the raw record for a record of the API.

    The API's name and the record's id take the places of a queue and a message id, so its tokens are those of such a
    message.

    Raises:
        Configuration: the record holds no valid moment.
    """
    try:
        arrived = datetime.fromtimestamp(record.arrived / 1000, UTC)
    except _MALFORMED:
        raise Configuration("the API's record names no moment") from None
    return RawRecord(
        identity=Identity.of_sqs(record.origin, record.record_id),
        data=record.body.encode("utf-8", "surrogatepass"),
        source=LetterSource(
            queue=record.origin, message_id=record.record_id, arrived_at=timestamp(arrived), edited=None
        ),
        arrived_at=arrived,
        item_id=record.record_id,
    )


def _records(
    event: Mapping[str, Any], source: str, read: Callable[[Entry], Iterable[RawRecord]]
) -> list[RawRecord]:
    try:
        return [record for entry in _entries(event, source) for record in read(entry)]
    except _MALFORMED:
        raise Configuration(f"a record of the event is not as {source} makes them") from None


def _entries(event: Mapping[str, Any], source: str) -> Sequence[Entry]:
    entries = event.get("Records")
    if not isinstance(entries, list) or not entries:
        raise Configuration("the event has no records: the function is wired to a wrong source")
    if any(entry.get("eventSource") != source for entry in entries):
        raise Configuration(f"the event is not from {source}: the function is wired to a wrong source")
    return entries


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:  # binascii.Error, or text that is not ASCII
        # Lambda always encodes. Anything else is kept as it is; parsing it fails, so it is dead-lettered.
        return data.encode("utf-8", "surrogatepass")

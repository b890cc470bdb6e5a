"""Unpacks and packs Kinesis records that the Kinesis Producer Library has aggregated.

The format is a magic number, a protobuf message and its MD5 (aggregation-format.md of awslabs/amazon-kinesis-producer).
AWS's own reader, aws-kinesis-agg, is not used: it prints raw records if one of them is odd, and drops the rest.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message

MAGIC = b"\xf3\x89\x9a\xc2"
DIGEST_BYTES = 16
# No raw event is smaller, since its four required envelope fields alone take more. An empty user record takes two
# bytes, so without this limit one record of 1 MiB could unfold into half a million dead letters.
_SMALLEST_EVENT = 64
_FEW = 100


def disaggregated(data: bytes) -> list[bytes] | None:
    """Returns the user records in one Kinesis record.

    Args:
        data: the record's bytes.

    Returns:
        The bytes of each user record. None if the record is no aggregate, and if it is broken or empty, or claims more
        user records than its size allows; parsing it as an event will then fail.
    """
    body, checksum = data[len(MAGIC) : -DIGEST_BYTES], data[-DIGEST_BYTES:]
    if not data.startswith(MAGIC) or _digest(body) != checksum:
        return None
    # Imported when needed, because protobuf would cost each cold start 40 ms and few streams hold aggregates.
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    aggregate: Any = _aggregated_record()()
    try:
        aggregate.ParseFromString(body)
    except DecodeError:
        return None
    if len(aggregate.records) > max(_FEW, len(body) // _SMALLEST_EVENT):
        return None
    return [record.data for record in aggregate.records] or None


def aggregated(records: Iterable[bytes]) -> bytes:
    """Returns a Kinesis record that holds user records. It has no partition keys, which nothing here reads."""
    aggregate: Any = _aggregated_record()()
    for each in records:
        aggregate.records.add(data=each)
    body: bytes = aggregate.SerializeToString()
    return MAGIC + body + _digest(body)


def _digest(body: bytes) -> bytes:
    # MD5 is the format's checksum here and protects nothing.
    return hashlib.md5(body, usedforsecurity=False).digest()


@cache
def _aggregated_record() -> "type[Message]":
    """Returns the message class `AggregatedRecord` with the fields that are read here."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="order_tokenizer/kpl.proto", package="order_tokenizer.kpl")
    record = file.message_type.add(name="Record")
    record.field.add(name="data", number=3, type=field.TYPE_BYTES, label=field.LABEL_OPTIONAL)
    aggregate = file.message_type.add(name="AggregatedRecord")
    aggregate.field.add(
        name="records",
        number=3,
        type=field.TYPE_MESSAGE,
        label=field.LABEL_REPEATED,
        type_name=".order_tokenizer.kpl.Record",
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("order_tokenizer.kpl.AggregatedRecord"))

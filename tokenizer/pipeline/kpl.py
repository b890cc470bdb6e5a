"""Kinesis records that the Kinesis Producer Library packed, taken apart.

Format: aggregation-format.md of awslabs/amazon-kinesis-producer: a magic number, a protobuf message, its MD5.
aws-kinesis-agg, AWS's reader, is not used here: it prints raw records when one of them is odd and drops the rest.
"""

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.message import Message

MAGIC = b"\xf3\x89\x9a\xc2"
DIGEST_BYTES = 16
# No raw event is smaller: its four required envelope fields alone take more. Two bytes make an empty user record, so
# without this one record of 1 MiB would unfold to half a million dead letters.
_SMALLEST_EVENT = 64
_FEW = 100


def user_records(data: bytes) -> list[tuple[int | None, bytes]]:
    """The user records in one Kinesis record.

    Args:
        data: the record's bytes.

    Returns:
        Sub-sequence number and bytes of each. A record that is no aggregate, or a broken or an empty one, or one of
        more user records than orders would fit into it, comes back whole under None; whoever parses it will find it
        at fault.
    """
    body, checksum = data[len(MAGIC) : -DIGEST_BYTES], data[-DIGEST_BYTES:]
    # MD5 is the format's checksum, no protection.
    if not data.startswith(MAGIC) or hashlib.md5(body, usedforsecurity=False).digest() != checksum:
        return [(None, data)]
    # Imported when needed: protobuf would cost every cold start 40 ms, and few streams hold aggregates.
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    aggregate: Any = _aggregated_record()()
    try:
        aggregate.ParseFromString(body)
    except DecodeError:
        return [(None, data)]
    if len(aggregate.records) > max(_FEW, len(body) // _SMALLEST_EVENT):
        return [(None, data)]
    return [(at, record.data) for at, record in enumerate(aggregate.records)] or [(None, data)]


@cache
def _aggregated_record() -> "type[Message]":
    """The message `AggregatedRecord`, with those fields of it that are read here."""
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

"""Reads and writes JSON without losing anything: numbers keep their digits, and ambiguous texts are refused.

The rules for refusing a text as `malformed_json` are in `schemas/strict_json.py`, because producers check events by
them too.
"""

from typing import Any

from schemas import strict_json
from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord

MAX_DEPTH = strict_json.MAX_DEPTH
_NOT_IN_SQS = {"\ufffe".encode(): b"\\ufffe", "\uffff".encode(): b"\\uffff"}


def parse(data: bytes) -> Any:
    """Parses one JSON text.

    Args:
        data: UTF-8; a byte order mark is ignored.

    Returns:
        Python values. Numbers with a fraction or an exponent are `Decimal`; objects keep the order of their keys.

    Raises:
        BadRecord: `malformed_json`. The message never repeats the input.
    """
    try:
        return strict_json.parse(data)
    except strict_json.NotStrictJson as refused:
        raise BadRecord(ErrorCode.MALFORMED_JSON, str(refused)) from None


def dump_text(value: Any) -> str:
    """Returns the compact JSON text of parsed values, with every number's digits as they came."""
    return str(strict_json.ENCODER.encode(value))


def dump(value: Any) -> bytes:
    """Returns `dump_text` in UTF-8."""
    return dump_text(value).encode()


def dump_for_queues(value: Any) -> bytes:
    """Returns the JSON text with the two characters escaped that SQS takes in no message.

    Consumers read events from queues, and a rule of the bus can't deliver what SQS refuses. Other control characters are
    escaped by any JSON. Source: SQS API reference, SendMessage, "MessageBody".
    """
    text = dump(value)
    for raw, escaped in _NOT_IN_SQS.items():
        text = text.replace(raw, escaped)
    return text

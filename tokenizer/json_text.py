"""JSON in and out without losing anything: numbers keep their digits, ambiguity is refused.

What is refused, as `malformed_json`, stands in `schemas/strict_json.py`, which producers check their events with, too.
"""

from typing import Any

from schemas import strict_json
from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord

MAX_DEPTH = strict_json.MAX_DEPTH


def parse(data: bytes) -> Any:
    """Parse one JSON text.

    Args:
        data: UTF-8, a byte order mark is tolerated.

    Returns:
        Python values; numbers with a fraction or an exponent are `Decimal`, objects keep their order.

    Raises:
        BadRecord: `malformed_json`; the message never repeats the input.
    """
    try:
        return strict_json.parse(data)
    except strict_json.Refused as refused:
        raise BadRecord(ErrorCode.MALFORMED_JSON, str(refused)) from None


def dump_text(value: Any) -> str:
    """The compact JSON text of parsed values, with every number's digits as they came."""
    return str(strict_json.ENCODER.encode(value))


def dump(value: Any) -> bytes:
    """`dump_text` in UTF-8."""
    return dump_text(value).encode()

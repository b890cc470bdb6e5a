"""Makes the outline of a raw record: its paths, types and rough lengths, without any value."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

from schemas.check import escape
from schemas.fault import Fault
from schemas.wrappers import event_in
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard import OwnValues
from tokenizer.guard.record_keys import may_be_told, values_of

_SHOWN = 500


def outline(data: bytes) -> dict[str, Any]:
    """Returns the outline of a record, whose event is taken out of its wrapper.

    Returns:
        `bytes`, `json` (True if it parses), and `fields`: `path`, `type` and `length` of each, at most 500. A length is
        the next power of two, because the exact one would narrow a guess of a name or a number. A key that is no plain
        word or one of the record's own values is shown as `*`.
    """
    try:
        value = json_text.parse(data)
    except BadRecord as bad:
        return {"bytes": len(data), "json": False, "reason": bad.message, "fields": []}
    with suppress(Fault):  # then the wrapper itself is what can be shown
        value = event_in(value)
    fields = [field for _, field in zip(range(_SHOWN), _fields(value, "", values_of(value)), strict=False)]
    return {"bytes": len(data), "json": True, "fields": fields}


def _fields(value: Any, path: str, own: OwnValues) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _fields(inner, f"{path}/{escape(key) if may_be_told(key, own) else '*'}", own)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _fields(inner, f"{path}/{index}", own)
    else:
        yield {"path": path, **_shape(value)}


def _shape(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean"}
        case str():
            return {"type": "string", "length": _rough(len(value))}
        case int() | Decimal():
            return {"type": "number", "length": _rough(len(str(value)))}
        case dict():
            return {"type": "object", "length": 0}
        case _:
            return {"type": "array", "length": 0}


def _rough(length: int) -> int:
    return 1 << (length - 1).bit_length() if length > 1 else length

"""Limits how much one record may hold. A larger one becomes a dead letter, and the rest of the batch goes on.

The limits are counts, never times, so that a record has the same outcome on every machine. They are far above what
orders hold, and keep the work for the worst record in proportion to its bytes. Reading JSON limits the depth.
"""

from collections.abc import Mapping
from typing import Any

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import ObjectPlan, Plan

# Fields of objects and elements of lists, at every depth. A thousand items of eight fields are fewer.
MAX_FIELDS = 10_000
# Characters of a string that the guard reads in one piece.
MAX_TEXT = 65_536
# Strings and numbers that the guard looks for: sensitive ones, and those in fields that no schema names.
MAX_OWN_VALUES = 5_000
# Each field has a colon, and each element of a list except the first has a comma.
_MARKS = (b":", b",", b"[")


def check_fields(event: Mapping[str, Any], data: bytes, plan: ObjectPlan) -> None:
    """Refuses an event with too many fields.

    Args:
        event: the parsed event.
        data: the event's JSON text; counting its marks is a cheap upper limit of the number of fields.
        plan: the plan of the event's type. Fields that it doesn't name are not shown in the message.

    Raises:
        BadRecord: `too_large`, with the path of the innermost named field that holds too many fields by itself.
    """
    if sum([data.count(mark) for mark in _MARKS]) > MAX_FIELDS and _count(event) > MAX_FIELDS:
        path = _fullest(event, plan, "")
        raise BadRecord(ErrorCode.TOO_LARGE, f"{path or '/'}: more than {MAX_FIELDS:,} fields", (path,))


def too_long(path: str) -> BadRecord:
    """Returns the error for a text that is too long for the guard."""
    return BadRecord(ErrorCode.TOO_LARGE, f"{path}: a text of more than {MAX_TEXT:,} characters", (path,))


def too_many_values(path: str) -> BadRecord:
    """Returns the error for a record with too many values to look for; `path` is where the limit was passed."""
    return BadRecord(
        ErrorCode.TOO_LARGE, f"{path}: more than {MAX_OWN_VALUES:,} values that the guard looks for", (path,)
    )


def _count(value: Any) -> int:
    match value:
        case dict():
            return len(value) + sum([_count(inner) for inner in value.values()])
        case list():
            return len(value) + sum([_count(inner) for inner in value])
        case _:
            return 0


def _fullest(value: Any, plan: Plan, path: str) -> str:
    if isinstance(plan, ObjectPlan) and isinstance(value, dict):
        for key, inner in value.items():
            if key in plan.fields and _count(inner) > MAX_FIELDS:
                return _fullest(inner, plan.fields[key], f"{path}/{key}")
    return path

"""How much one record may hold: beyond that it is a dead letter, and its neighbours go on.

What is bounded is counted, never timed, so that a record has the same end on every machine. The figures are far above
what orders hold, and keep the worst record's work in proportion to its bytes. Depth is bounded where JSON is read.
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
# Strings and numbers, sensitive or in fields that no schema names, which the guard looks for.
MAX_OWN_VALUES = 5_000
# Each field has a colon, and each element but a list's first a comma.
_MARKS = (b":", b",", b"[")


def check_fields(event: Mapping[str, Any], data: bytes, plan: ObjectPlan) -> None:
    """Refuse an event of too many fields.

    Args:
        event: the parsed event.
        data: the JSON text that it was parsed from, whose marks bound the number of fields cheaply.
        plan: that of the event's type; what it does not name is not shown in the message.

    Raises:
        BadRecord: `too_large`, with the path of the innermost named field that alone holds too many.
    """
    if sum([data.count(mark) for mark in _MARKS]) > MAX_FIELDS and _count(event) > MAX_FIELDS:
        raise BadRecord(
            ErrorCode.TOO_LARGE, f"{_fullest(event, plan, '') or '/'}: more than {MAX_FIELDS:,} fields"
        )


def too_long(path: str) -> BadRecord:
    """Returns the refusal of a text that is too long for the guard, by its path."""
    return BadRecord(ErrorCode.TOO_LARGE, f"{path}: a text of more than {MAX_TEXT:,} characters")


def too_many_values(path: str) -> BadRecord:
    """Returns the refusal of a record with more values than the guard looks for, by the path that brought too many."""
    return BadRecord(
        ErrorCode.TOO_LARGE, f"{path}: more than {MAX_OWN_VALUES:,} values that the guard looks for"
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

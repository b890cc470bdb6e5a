"""A record holds as many fields as its limit says, and the message of one more names the innermost place that it may show."""

from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.members import for_all
from tests.support.samples import data, order
from tokenizer.errors import BadRecord
from tokenizer.pipeline.bounds import MAX_FIELDS, check_fields
from tokenizer.pipeline.catalog import catalog

PLAN = catalog().plan(order()).data


def _checked(event: Any) -> None:
    check_fields(event, data(event), PLAN)


def _size(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return len(inner) + sum(map(_size, inner))


def test_the_limit_is_a_number_of_fields_and_elements_at_every_depth_and_no_number_of_marks() -> None:
    event = order(notes=":" * MAX_FIELDS)  # marks within a text are no fields
    _checked(event)
    fillings: list[Any] = [[[]] * 3, {"a": {"b": [1]}}, [{"c": None}] * 2]
    for more in fillings:
        size = _size(event)
        event[f"more {size}"] = more
        assert _size(event) == size + 1 + _size(more)
    event["fill"] = [0] * (MAX_FIELDS - _size(event) - 1)
    _checked(event)
    event["fill"].append(0)
    with pytest.raises(BadRecord, match=r"^/: more than 10,000 fields$") as raised:
        _checked(event)
    assert (raised.value.code, raised.value.paths) == (ErrorCode.TOO_LARGE, ("",))


MANY: Any = [0] * (MAX_FIELDS + 1)


@for_all(
    ("changes", "path"),
    [
        ({"notes": MANY}, "/order/notes"),
        ({"customer": {"name": MANY}}, "/order/customer/name"),
        ({"customer": {"ann@example.com": MANY}}, "/order/customer"),  # no schema names it
        ({"customer": MANY}, "/order/customer"),  # no object
        ({"items": {"sku": MANY}}, "/order/items"),  # no list
        ({"items": MANY}, "/order/items"),
        ({"ann@example.com": MANY}, "/order"),
        ({"customer": {"name": [0] * 6_000}, "items": [0] * 6_000}, "/order"),  # no place by itself
        ({"customer": {"name": [0] * MAX_FIELDS}}, "/order/customer"),  # exactly as many as may be
    ],
)
def test_the_message_names_the_innermost_named_field_that_holds_too_many(
    changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(BadRecord) as raised:
        _checked(order(**changes))
    assert str(raised.value) == f"{path}: more than 10,000 fields"
    assert raised.value.paths == (path,)

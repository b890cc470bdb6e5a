import copy
from collections.abc import Callable
from typing import Any

import pytest

from schemas.compatibility import Reader, breaking
from schemas.json_schema import raw_schema, sanitized_schema
from schemas.registry import EventName, registry

MODEL = registry()[EventName("order.placed", 1)]
RAW, SANITIZED = raw_schema(MODEL), sanitized_schema(MODEL)
Change = Callable[[dict[str, Any]], object]


BREAKING: dict[str, tuple[Reader, Change]] = {
    "a field that is required now": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Card"].update(required=["number"]),
    ),
    "a field that is gone": (Reader.CONSUMER, lambda s: s["$defs"]["Card"]["properties"].pop("number_last4")),
    "a shorter text": (
        Reader.PRODUCER,
        lambda s: s["properties"]["event_id"].update(maxLength=10),
    ),
    "another pattern": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Order"]["properties"]["total"].update(pattern="^1$"),
    ),
    "another kind": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Card"]["properties"]["number"]["anyOf"][0]["x-field-kind"].update(
            name="public"
        ),
    ),
    "another scope": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Customer"]["properties"]["email"]["anyOf"][0]["x-field-kind"].update(
            scope="ads"
        ),
    ),
    "a token that is a value now": (
        Reader.CONSUMER,
        lambda s: s["$defs"]["Card"]["properties"]["number"]["anyOf"].__setitem__(0, {"type": "string"}),
    ),
    "a null that was not there": (
        Reader.CONSUMER,
        lambda s: s["$defs"]["Order"]["properties"]["order_id"]["anyOf"].append({"type": "null"}),
    ),
    "a required field that may be missing": (
        Reader.CONSUMER,
        lambda s: s["$defs"]["Order"]["required"].remove("total"),
    ),
    "fewer elements": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Order"]["properties"]["items"].update(minItems=2),
    ),
}
HARMLESS: dict[str, tuple[Reader, Change]] = {
    "an optional field more": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Card"]["properties"].update(network={"type": "string"}),
    ),
    "a longer text": (Reader.PRODUCER, lambda s: s["properties"]["event_id"].update(maxLength=1000)),
    "another description": (Reader.CONSUMER, lambda s: s["$defs"]["Card"].update(description="new")),
    "a type more that is accepted": (
        Reader.PRODUCER,
        lambda s: s["$defs"]["Card"]["properties"]["number"]["anyOf"].append({"type": "integer"}),
    ),
}


def changed(reader: Reader, change: Change) -> list[str]:
    old = RAW if reader is Reader.PRODUCER else SANITIZED
    new = copy.deepcopy(old)
    change(new)
    assert new != old
    return breaking(old, new, reader)


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_somebody_is_found(name: str) -> None:
    assert changed(*BREAKING[name])


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_breaks_nobody_is_let_through(name: str) -> None:
    assert changed(*HARMLESS[name]) == []


UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems")


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("name", [*UPPER, *LOWER])
@pytest.mark.parametrize(("before", "after"), [(5, 6), (6, 5), (None, 5), (5, None)])
def test_a_bound_may_move_to_where_its_reader_does_not_mind(
    name: str, reader: Reader, before: int | None, after: int | None
) -> None:
    wider = after is None or (before is not None and (after > before) is (name in UPPER))
    old, new = ({} if value is None else {name: value} for value in (before, after))
    assert (breaking(old, new, reader) == []) is (wider is (reader is Reader.PRODUCER))


@pytest.mark.parametrize("name", ["$schema", "$defs", "title", "description", "default", "examples"])
@pytest.mark.parametrize("reader", Reader)
def test_what_only_describes_may_change(name: str, reader: Reader) -> None:
    assert breaking({name: {"a": {}}}, {name: {"b": {}}}, reader) == []

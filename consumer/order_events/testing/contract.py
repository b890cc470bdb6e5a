"""Checks a consumer against the promises of the bus; consumers run these checks in their own CI.

    import pytest
    from order_events.testing import CHECKS

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check):
        check(MyConsumer, types=["order.placed"])

Each check makes new consumers, gives them envelopes and compares their states if that matters. A broken promise is an
`AssertionError` that names the event, so that it can be made again.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice, permutations
from typing import Any, Protocol

from order_events.testing.samples import Variant, detail, envelope, wrapped
from order_events.testing.schemas import known

_SEEDS = range(3)
_ORDERS = 24


class Consumer(Protocol):
    """Describes what a check needs from a consumer."""

    def handle(self, envelope: Mapping[str, Any], /) -> object:
        """Takes an event as EventBridge delivers it; raises only what a redelivery may fix."""

    def state(self) -> object:
        """Returns the consumer's current state, in a form that can be compared."""


Make = Callable[[], Consumer]
Check = Callable[..., None]


def takes_every_event(make: Make, types: Collection[str] | None = None) -> None:
    """Checks that every event type and version is accepted in all its legal forms."""
    consumer = make()
    for event_type, version in _wanted(types):
        for variant in Variant:
            for seed in _SEEDS:
                which = f'envelope("{event_type}", {version}, seed={seed}, variant={variant})'
                _hand(consumer, envelope(event_type, version, seed=seed, variant=variant), which)


def takes_what_is_new(make: Make, types: Collection[str] | None = None) -> None:
    """Checks that unknown fields, versions and, without a filter on types, unknown types are accepted."""
    consumer = make()
    for event_type, version in _wanted(types):
        made = detail(event_type, version)
        for value in ("text", 7, True, None, [1, {"a": "b"}], {"a": ["b"]}):
            newer = {**made, "data": {**made["data"], "field_of_tomorrow": value}}
            _hand(consumer, wrapped(event_type, newer), f"{event_type} {version} with a field more")
        _hand(
            consumer,
            wrapped(event_type, {**made, "metadata": {**made["metadata"], "schema_version": 999}}),
            f"{event_type} 999",
        )
    if types is None:
        _hand(consumer, wrapped("order.of_tomorrow", detail(*known()[0])), "order.of_tomorrow")


def drops_duplicates(make: Make, types: Collection[str] | None = None) -> None:
    """Checks that events that come twice, at once or later, change nothing."""
    for event_type, version in _wanted(types):
        events = _about_one_thing(event_type, version)
        twice = [each for each in events for _ in range(2)]
        expected = _state_after(make, events)
        for order, name in ((twice, "each twice"), ([*events, *events], "all of them again")):
            if _state_after(make, order) != expected:
                raise AssertionError(f"{event_type} {version}: {name} leads to another state than each once")


def takes_any_order(make: Make, types: Collection[str] | None = None) -> None:
    """Checks that events about one thing lead to the same state in any order."""
    for event_type, version in _wanted(types):
        events = _about_one_thing(event_type, version)
        expected = _state_after(make, events)
        for order in islice(permutations(events), _ORDERS):
            if _state_after(make, order) != expected:
                raise AssertionError(f"{event_type} {version}: another order leads to another state")


CHECKS: Sequence[Check] = (takes_every_event, takes_what_is_new, drops_duplicates, takes_any_order)


def _wanted(types: Collection[str] | None) -> list[tuple[str, int]]:
    wanted = [
        (event_type, version) for event_type, version in known() if types is None or event_type in types
    ]
    if not wanted:
        raise ValueError("the kit knows none of these event types")
    return wanted


def _about_one_thing(event_type: str, version: int) -> list[dict[str, Any]]:
    """Returns four events about the same ids; the third and the fourth occurred at the same moment."""
    first = detail(event_type, version, seed=0)
    made = []
    for seed, minute in ((0, 1), (1, 2), (2, 3), (3, 3)):
        each = detail(event_type, version, seed=seed)
        _same_ids(each["data"], first["data"])
        each["metadata"] |= {
            "occurred_at": f"2026-11-23T10:0{minute}:00Z",
            "ingested_at": "2026-11-23T10:05:00.000Z",
        }
        made.append(wrapped(event_type, each))
    return made


def _same_ids(to: Any, of: Any) -> None:
    for key, value in to.items():
        if isinstance(value, dict):
            _same_ids(value, of[key])
        elif key.endswith(("_id", "Id", "ID")):
            to[key] = of[key]


def _state_after(make: Make, events: Iterable[Mapping[str, Any]]) -> object:
    consumer = make()
    for each in events:
        consumer.handle(json.loads(json.dumps(each)))
    return consumer.state()


def _hand(consumer: Consumer, made: Mapping[str, Any], which: str) -> None:
    try:
        consumer.handle(made)
    except Exception as error:
        raise AssertionError(f"{which} is not taken: {type(error).__name__}") from error

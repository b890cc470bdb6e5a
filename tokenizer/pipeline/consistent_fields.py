"""Finds the fields of a sanitized event that hold consistent tokens, which say whether two values are the same."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from schemas.kinds import ConsistentToken, OneWayToken
from tokenizer.pipeline.catalog import Catalog, ListPlan, ObjectPlan, Plan, catalog, values_catalog

_ELEMENT = None  # stands in a path for each element of a list

Path = tuple[str | None, ...]
Change = Callable[[str, str], str | None]  # gets the name of a field, and its token


def is_consistent(plan: Plan) -> bool:
    """Returns True if a field gets the same token for the same value."""
    return isinstance(plan, ConsistentToken) or (isinstance(plan, OneWayToken) and plan.scope is not None)


def consistent_kind(part: str, name: str) -> ConsistentToken | None:
    """Returns the kind of a field of a value that the API takes by itself, if its tokens are consistent.

    Args:
        part: `value` or `card`.
        name: the field's name in it.
    """
    (plan,) = values_catalog().plans()
    values = plan.data.fields["values"]
    element = values.element if isinstance(values, ListPlan) else values
    inner = element.fields[part] if isinstance(element, ObjectPlan) else element
    kind = inner.fields[name] if isinstance(inner, ObjectPlan) else inner
    return kind if isinstance(kind, ConsistentToken) else None


def consistent_tokens(data: Any) -> list[tuple[str, str]]:
    """Returns the consistent tokens in the data of a sanitized event, each with the name of its field."""
    found: list[tuple[str, str]] = []

    def noted(name: str, token: str) -> str:
        found.append((name, token))
        return token

    with_consistent(data, noted)
    return found


def with_consistent(data: Any, change: Change) -> Any:
    """Returns the data of a sanitized event with its consistent tokens changed.

    A field counts if any schema makes it consistent, whatever the event's version is.
    """
    return _changed(data, (), change)


def _changed(value: Any, path: Path, change: Change) -> Any:
    if isinstance(value, dict):
        return {name: _changed(inner, (*path, name), change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_changed(inner, (*path, _ELEMENT), change) for inner in value]
    if isinstance(value, str) and value and path in _paths():
        return change(next(name for name in reversed(path) if name is not None), value)
    return value


@cache
def _paths() -> frozenset[Path]:
    return frozenset(_walked(catalog()))


def _walked(events: Catalog) -> Iterator[Path]:
    for plan in events.plans():
        yield from _below(plan.data, ())


def _below(plan: Plan, path: Path) -> Iterator[Path]:
    match plan:
        case ObjectPlan():
            for name, inner in plan.fields.items():
                yield from _below(inner, (*path, name))
        case ListPlan():
            yield from _below(plan.element, (*path, _ELEMENT))
        case _ if is_consistent(plan):
            yield path

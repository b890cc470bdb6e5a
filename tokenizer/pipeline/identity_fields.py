"""Finds the identities of a record, by the kinds of its schema's fields, and refuses a record that has lost one."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.dead_letter import ErrorCode
from schemas.foreign import ATTRIBUTE, attribute_named
from schemas.kinds import FieldKind
from schemas.wrappers import places_of_attribute
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import EACH, Identities, identity_tree, identity_values, was_removed
from tokenizer.pipeline.catalog import Catalog, EventPlan, ListPlan, ObjectPlan, Plan


def identity_paths(plan: EventPlan) -> Iterator[tuple[str, ...]]:
    """Yields the keys that lead to each identity of an event in the form of its schema."""
    yield ("event_id",)
    yield from _paths(plan.data)


def identities_in(
    event: Any, attributes: Mapping[str, str], catalog: Catalog, beside: str | None
) -> Identities:
    """Returns where a raw event has identities. One of an unknown type has them where any known type has.

    Args:
        event: parsed JSON, taken out of its wrapper.
        attributes: the attributes of its message.
        catalog: the known event types.
        beside: the field that holds the wrapper's other fields; None if there is no wrapper.
    """
    if not isinstance(event, dict):
        return {}
    try:
        plans = [catalog.settled(event, attributes)[1]]
    except BadRecord:
        plans = list(catalog.plans())
    return identity_tree(path for plan in plans for path in _raw_paths(plan, attributes, beside))


def refuse_lost_identities(event: Mapping[str, Any], plan: EventPlan) -> None:
    """Refuses a checked event if authentication data was removed from one of its identities.

    Raises:
        BadRecord: `invalid_field`, with the paths.
    """
    found = identity_values(event, identity_tree(identity_paths(plan)))
    lost = tuple(sorted(path for path, value in found if isinstance(value, str) and was_removed(value)))
    if lost:
        why = "an id, email or phone that authentication data was removed from would be another one"
        raise BadRecord(ErrorCode.INVALID_FIELD, f"{', '.join(lost[:5])}: {why}", lost)


def _raw_paths(
    plan: EventPlan, attributes: Mapping[str, str], beside: str | None
) -> Iterator[tuple[str, ...]]:
    """Yields the paths in an event as it came: a producer's own form may have the event's id elsewhere."""
    yield from identity_paths(plan)
    if plan.model.foreign is None:
        return
    place = plan.model.foreign.event_id
    if not place.startswith(ATTRIBUTE):
        yield tuple(part.replace("~1", "/").replace("~0", "~") for part in place[1:].split("/"))
    elif beside is not None:
        name = attribute_named(place.removeprefix(ATTRIBUTE), attributes)
        yield from ((beside, *keys) for keys in places_of_attribute(name)) if name is not None else ()


def _paths(plan: Plan) -> Iterator[tuple[str, ...]]:
    match plan:
        case ObjectPlan():
            for name, inner in plan.fields.items():
                yield from ((name, *path) for path in _paths(inner))
        case ListPlan():
            yield from ((EACH, *path) for path in _paths(plan.element))
        case FieldKind() if plan.identifies:
            yield ()

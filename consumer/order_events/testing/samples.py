"""Makes valid sanitized events without a stack, from the JSON Schemas.

The same seed gives the same event everywhere.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any

from order_events.envelope import SOURCE
from order_events.testing.patterns import matching
from order_events.testing.schemas import schema

_A_TIME = "2026-11-23T10:15:00Z"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_YEAR_SECONDS = 365 * 86_400
_TOKEN_PREFIX = "^tok_"  # noqa: S105 -- the beginning of a pattern
_UNNAMED = "field_of_tomorrow"
_LONGEST = 1_000_000
_BILLION = 1_000_000_000

# These values make events look real. A value that the schema doesn't allow is not used.
_PLAUSIBLE: Mapping[str, tuple[str, ...]] = {
    "amount": ("12.50", "129.90", "7.25"),
    "city": ("Springfield", "Lyon", "Osaka"),
    "country": ("US", "FR", "JP"),
    "currency": ("USD", "EUR", "JPY"),
    "date_of_birth_year": ("1961", "1984", "1999"),
    "email_domain": ("example.com", "example.org", "example.net"),
    "method": ("card", "invoice"),
    "notes": ("leave at the door", "ring twice", "a gift"),
    "number_brand": ("visa", "mastercard", "amex"),
    "postal_code": ("627", "690", "540"),
    "region": ("IL", "ARA", "OSK"),
    "total": ("129.90", "18.00", "7.25"),
    "unit_price": ("12.50", "129.90", "7.25"),
}
_PREFIXES = {"order_id": "SO-", "customer_id": "C-", "refund_id": "R-", "sku": "SKU-", "event_id": "evt-"}


class Variant(Enum):
    """Names the valid forms that an event can take."""

    FULL = "every field is there"
    MINIMAL = "only the fields that have to be"
    EMPTY = "what may be null or empty is"
    GUARDED = "wherever the leak guard may have put a token, there is one"
    NEWER = "every object holds a field that no schema names"


def detail(
    event_type: str,
    schema_version: int = 1,
    *,
    seed: int = 0,
    variant: Variant = Variant.FULL,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns a sanitized event.

    Args:
        event_type: the `detail-type`.
        schema_version: the version of that type.
        seed: the same seed gives the same event.
        variant: the form of the event.
        changes: values by JSON Pointer that replace those of the event; they are not checked.

    Raises:
        KeyError: the kit doesn't know the type or version, or a pointer leads nowhere.
    """
    rng = Random(f"{event_type}:{schema_version}:{seed}:{variant.name}")  # noqa: S311 -- test data, to be repeated
    made: dict[str, Any] = _Draw(rng, schema(event_type, schema_version), variant).event()
    made["metadata"]["schema_version"] = schema_version
    for pointer, value in (changes or {}).items():
        *steps, last = pointer.removeprefix("/").split("/")
        node: Any = made
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[int(last) if isinstance(node, list) else last] = value
    return made


def envelope(
    event_type: str,
    schema_version: int = 1,
    *,
    seed: int = 0,
    variant: Variant = Variant.FULL,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns a sanitized event as EventBridge delivers it; arguments as of `detail`."""
    made = detail(event_type, schema_version, seed=seed, variant=variant, changes=changes)
    return wrapped(event_type, made)


def wrapped(event_type: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an EventBridge event around a `detail`."""
    return {
        "version": "0",
        "id": "6f5c0a4e-0a4e-4a3c-9d0b-1b1f6d1f2c3d",
        "detail-type": event_type,
        "source": SOURCE,
        "account": "123456789012",
        "time": _A_TIME,
        "region": "eu-west-1",
        "resources": [],
        "detail": made,
    }


class _Draw:
    """Makes one event by its schema."""

    def __init__(self, rng: Random, whole: Mapping[str, Any], variant: Variant) -> None:
        self._rng = rng
        self._whole = whole
        self._definitions = whole.get("$defs", {})
        self._variant = variant

    def event(self) -> Any:
        occurred = _FIRST + timedelta(seconds=self._rng.randrange(_YEAR_SECONDS))
        made = self._value("", self._whole)
        if made["metadata"]["occurred_at"][:4].isdecimal():
            made["metadata"]["occurred_at"] = _text_of(occurred)
        made["metadata"]["ingested_at"] = _text_of(occurred + timedelta(seconds=self._rng.uniform(0.1, 60)))
        made["metadata"]["ingest_id"] = f"ing_{self._rng.getrandbits(128):032x}"
        return made

    def _value(self, name: str, node: Mapping[str, Any]) -> Any:
        arm = self._arm(list(self._arms(node)))
        if "const" in arm or "enum" in arm:
            return self._rng.choice(arm.get("enum", [arm.get("const")]))
        match arm.get("type"):
            case "object":
                made: Any = self._object(arm)
            case "array":
                fewest = arm.get("minItems", 0)
                count = fewest if self._variant is Variant.EMPTY else self._rng.randint(max(fewest, 1), 3)
                made = [self._value(name, arm["items"]) for _ in range(count)]
            case "integer":
                made = self._integer(arm)
            case "number":
                made = self._number(arm)
            case "boolean":
                made = self._rng.choice((True, False))
            case "null":
                made = None
            case _:
                made = self._string(name, arm)
        return made

    def _arms(self, node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if "$ref" in node:
            yield from self._arms(self._definitions[node["$ref"].rpartition("/")[2]])
        elif "anyOf" in node:
            for each in node["anyOf"]:
                yield from self._arms(each)
        else:
            yield node

    def _arm(self, arms: list[Mapping[str, Any]]) -> Mapping[str, Any]:
        tokens = [arm for arm in arms if arm.get("pattern", "").startswith(_TOKEN_PREFIX)]
        empty = [arm for arm in arms if arm.get("type") == "null" or arm.get("const") == ""]
        plain = [arm for arm in arms if arm not in tokens and arm not in empty]
        if self._variant is Variant.GUARDED and tokens:
            return tokens[0]
        if self._variant is Variant.EMPTY and empty:
            return self._rng.choice(empty)
        return (plain or tokens or empty)[0]

    def _object(self, node: Mapping[str, Any]) -> dict[str, Any]:
        required = node.get("required", ())
        made = {
            name: self._value(name, each)
            for name, each in node["properties"].items()
            if name in required or self._variant is not Variant.MINIMAL
        }
        unnamed = node.get("additionalProperties")
        if self._variant is Variant.NEWER and isinstance(unnamed, Mapping):
            made[_UNNAMED] = self._value(_UNNAMED, unnamed)
        return made

    def _integer(self, node: Mapping[str, Any]) -> int:
        """Returns a number up to 9, or the least that the schema allows if that is more."""
        step, beyond = node.get("multipleOf", 1), node.get("exclusiveMinimum")
        low, high = _limits(node)
        first = -(-(low + (low == beyond)) // step)
        last = (min(high, max(low, 9)) - (high == node.get("exclusiveMaximum"))) // step
        return int(self._rng.randint(first, max(first, last)) * step)

    def _number(self, node: Mapping[str, Any]) -> float:
        """Returns a number with two decimals, or the middle of limits that are too close for that."""
        low, high = _limits(node)
        drawn = round(self._rng.uniform(low, min(high, max(low, 0) + 100)), 2)
        return drawn if low < drawn < high else (low + high) / 2

    def _string(self, name: str, node: Mapping[str, Any]) -> str:
        pattern = node.get("pattern")
        number = self._rng.randrange(1, 10_000)
        words = (*_PLAUSIBLE.get(name, ()), f"{_PREFIXES.get(name, name + '-')}{number}")
        fitting = [word for word in (words[:-1] or words) if _fits(word, node)]
        if fitting:
            return self._rng.choice(fitting)
        if pattern is None:
            return f"{number}"[: node.get("maxLength", _LONGEST)]
        return _A_TIME if re.search(pattern, _A_TIME) else matching(pattern)(self._rng)


def _limits(node: Mapping[str, Any]) -> tuple[Any, Any]:
    """Returns the limits of a number, excluded ones too; or wide ones where a schema names none."""
    lows = [node[key] for key in ("minimum", "exclusiveMinimum") if key in node]
    highs = [node[key] for key in ("maximum", "exclusiveMaximum") if key in node]
    high = min(highs) if highs else max(lows, default=0) + _BILLION
    return (max(lows) if lows else min(1, high - 1)), high


def _fits(word: str, node: Mapping[str, Any]) -> bool:
    long_enough = node.get("minLength", 0) <= len(word) <= node.get("maxLength", _LONGEST)
    return long_enough and ("pattern" not in node or re.search(node["pattern"], word) is not None)


def _text_of(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

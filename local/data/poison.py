"""Makes raw records that can never be published, one of each kind, with the error code that they must get.

Each is made out of a real order, so that a dead letter, a log line or an error text which repeats its input is
found by the search for that order's values.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from local.data.orders import encode, orders, sensitive_values
from schemas.dead_letter import ErrorCode

_LEVELS = 101  # one more than the parser takes
_ITEMS = 6_000  # some 400 KB of sanitized event, above EventBridge's entry and below the sources' records

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Poison:
    """Describes a record with a fault.

    Args:
        kind: what is wrong with it, in two or three words.
        code: the contract's error code for it.
        data: the bytes that a producer sends.
        sensitive: the values in it that nobody may see.
    """

    kind: str
    code: ErrorCode
    data: bytes = field(repr=False)
    sensitive: frozenset[str] = field(repr=False)

    @property
    def is_text(self) -> bool:
        """Returns True if SQS accepts it: message bodies are Unicode text, while Kinesis records hold any bytes."""
        try:
            self.data.decode()
        except UnicodeDecodeError:
            return False
        return True


def poisons(seed: int) -> list[Poison]:
    """Makes one poison of each kind; the same seed gives the same bytes."""
    made = orders(len(_KINDS), seed)
    return [_spoilt(event, *kind) for event, kind in zip(made, _KINDS, strict=True)]


def poisons_of(event: Event) -> list[Poison]:
    """Makes one poison of each kind, all out of one order."""
    return [_spoilt(event, *kind) for kind in _KINDS]


def _spoilt(event: Event, kind: str, code: ErrorCode, spoil: Callable[[Event], bytes]) -> Poison:
    return Poison(kind, code, spoil(deepcopy(event)), frozenset(sensitive_values(event)))


def _changed(event: Mapping[str, Any], **changes: object) -> bytes:
    return encode({**event, **changes})


def _in_order(event: Event, **changes: object) -> bytes:
    return _changed(event, order={**event["order"], **changes})


def _broken(event: Event) -> bytes:
    return encode(event)[:-40]


def _latin(event: Event) -> bytes:
    event["order"]["customer"]["name"] = "Zoë Müller"
    return json.dumps(event, ensure_ascii=False).encode("latin-1", errors="replace")


def _twice(event: Event) -> bytes:
    return encode(event)[:-1] + b',"order":{}}'


def _no_number(event: Event) -> bytes:
    return _in_order(event, total=float("nan"))


def _half_a_pair(event: Event) -> bytes:
    event["order"]["notes"] = "thank you \ud83d"
    return json.dumps(event).encode()


def _deep(event: Event) -> bytes:
    nested: list[Any] = []
    for _ in range(_LEVELS):
        nested = [nested]
    return _in_order(event, preferences=nested)


def _no_items(event: Event) -> bytes:
    del event["order"]["items"]
    return encode(event)


def _huge(event: Event) -> bytes:
    return _in_order(event, items=event["order"]["items"][:1] * _ITEMS)


_KINDS: tuple[tuple[str, ErrorCode, Callable[[Event], bytes]], ...] = (
    ("broken JSON", ErrorCode.MALFORMED_JSON, _broken),
    ("not UTF-8", ErrorCode.MALFORMED_JSON, _latin),
    ("a key twice", ErrorCode.MALFORMED_JSON, _twice),
    ("NaN", ErrorCode.MALFORMED_JSON, _no_number),
    ("lone surrogate", ErrorCode.MALFORMED_JSON, _half_a_pair),
    ("nested too deep", ErrorCode.MALFORMED_JSON, _deep),
    (
        "not an object",
        ErrorCode.NOT_AN_OBJECT,
        lambda event: json.dumps([event], ensure_ascii=False).encode(),
    ),
    (
        "unknown type",
        ErrorCode.UNKNOWN_EVENT_TYPE,
        lambda event: _changed(event, event_type="order.teleported"),
    ),
    ("version 99", ErrorCode.UNSUPPORTED_SCHEMA_VERSION, lambda event: _changed(event, schema_version=99)),
    ("a field missing", ErrorCode.INVALID_FIELD, _no_items),
    ("a wrong type", ErrorCode.INVALID_FIELD, lambda event: _in_order(event, total=129.9)),
    ("too large", ErrorCode.TOO_LARGE, _huge),
)

"""Says what the audit trail keeps of a request to the replay function: ids, codes and names that are known, no free text.

What a caller writes in the place of one of those is withheld, since it may be a value.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from schemas.dead_letter import ErrorCode
from tokenizer.pipeline.catalog import catalog

WITHHELD = "withheld: not known"
_UNKNOWN = "unknown"  # the code and the source of a message that is no letter
# The id of a message of SQS; its beginning holds a letter, because digits alone may be a date or another number.
_WHOLE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_BEGINNING = re.compile(r"(?=.*[a-f])[0-9a-f]{1,8}", re.ASCII)
_SOURCES = frozenset({"stream", "queue", _UNKNOWN})


def kept_ids(ids: Iterable[str] | None) -> list[str] | None:
    """Returns the ids that a caller gave; others than SQS makes are withheld."""
    return None if ids is None else [_kept(each, _is_id) for each in ids]


def kept_filter(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Returns a filter of letters with what is known in it; any other field is one withheld field."""
    if given is None:
        return None
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in _LISTS:
            values = value if isinstance(value, list) else [value]
            found[name] = [_kept(each, _LISTS[name]) for each in values]
        elif name in _SINGLE:
            found[name] = None if value is None else _kept(value, _SINGLE[name])
        else:
            found["others"] = WITHHELD
    return found


def _kept(value: Any, known: Callable[[Any], bool]) -> Any:
    return value if known(value) else WITHHELD


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_WHOLE.fullmatch(value) or _BEGINNING.fullmatch(value))


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and (value == _UNKNOWN or value in set(map(str, ErrorCode)))


def _is_source(value: Any) -> bool:
    return isinstance(value, str) and value in _SOURCES


def _is_type(value: Any) -> bool:
    return any(value == plan.name.event_type for plan in catalog().plans())


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**6


_LISTS = {"codes": _is_code, "sources": _is_source, "event_types": _is_type, "ids": _is_id}
_SINGLE = {"since": _is_moment, "until": _is_moment, "limit": _is_count}

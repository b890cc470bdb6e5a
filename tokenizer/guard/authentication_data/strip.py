"""Removes sensitive authentication data from parsed JSON.

It looks into objects, lists, pairs such as {"name": "cvv", "value": "737"}, and strings that hold JSON. It doesn't look
into other formats inside of strings.
"""

import re
from decimal import Decimal
from typing import TypeAlias

from tokenizer.guard.authentication_data.keys import is_authentication_key
from tokenizer.guard.authentication_data.scrub import PAIR_NAMES, PAIR_VALUES, scrub

JsonValue: TypeAlias = str | int | Decimal | bool | list["JsonValue"] | dict[str, "JsonValue"] | None

_EMBEDDED_JSON = re.compile(r'\s*+[\[{][^"]*+"')


def strip_authentication_data(value: JsonValue) -> tuple[JsonValue, int]:
    """Removes every key of sensitive authentication data, with its value.

    Args:
        value: parsed JSON of at most 100 levels, which is the parser's limit.

    Returns:
        A copy without them, and how many were removed; the same object if there were none.
    """
    if isinstance(value, dict):
        return _strip_object(value)
    if isinstance(value, list):
        return _strip_list(value)
    if isinstance(value, str) and _EMBEDDED_JSON.match(value):
        return scrub(value)
    return value, 0


def _strip_object(value: dict[str, JsonValue]) -> tuple[JsonValue, int]:
    kept: dict[str, JsonValue] = {}
    removed = 0
    named = any(isinstance(name := value.get(key), str) and is_authentication_key(name) for key in PAIR_NAMES)
    for key, inner in value.items():
        if is_authentication_key(key) or (named and key in PAIR_VALUES):
            removed += 1
            continue
        kept[key], count = strip_authentication_data(inner)
        removed += count
    return (kept, removed) if removed else (value, 0)


def _strip_list(value: list[JsonValue]) -> tuple[JsonValue, int]:
    stripped = [strip_authentication_data(inner) for inner in value]
    removed = sum(count for _, count in stripped)
    return ([inner for inner, _ in stripped], removed) if removed else (value, 0)

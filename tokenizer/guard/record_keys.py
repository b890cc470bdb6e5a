"""Decides which keys of a record may be told of outside of its event, where no schema says which are fields' names."""

from collections.abc import Iterator
from typing import Any

from tokenizer.guard import OwnValues, find_leak, is_plain_word, own_values


def values_of(record: Any) -> OwnValues:
    """Returns every text and number of a parsed record, prepared for the search: any of them may be a person's."""
    return own_values(_texts(record))


def may_be_told(key: str, own: OwnValues) -> bool:
    """Returns True if a key is a plain word that neither the guard nor the record's own values find anything in.

    Args:
        key: the key.
        own: the record's values, from `values_of`.
    """
    return is_plain_word(key) and find_leak(key, own) is None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case bool() | None:
            return
        case _:
            yield str(value)

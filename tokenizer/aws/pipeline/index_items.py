"""Reads entries of the blind index from items of its table and of the index by owner."""

from collections.abc import Mapping
from typing import Any

from tokenizer.records import IndexEntry


def index_entry(item: Mapping[str, Any], scope: str = "") -> IndexEntry:
    """Returns the entry in an item. It is not checked here; the erasing function doesn't know the scope.

    Raises:
        LookupError, TypeError, ValueError: the item has not the form of an entry.
    """
    listed = "subject" in item
    if listed and "owner" in item:
        raise ValueError("an entry has two owners")
    name = item["subject"]["S"] if listed else item["owner"]["S"].partition(".")[0] if "owner" in item else ""
    return IndexEntry(
        scope,
        bytes.fromhex(item["id"]["S"]),
        item["token"]["S"],
        name,
        int(item["arrived"]["N"]) if "arrived" in item else 0,
        item["erased_token"]["S"] if "erased_token" in item else "",
        int(item["erased_until"]["N"]) if "erased_until" in item else 0,
        listed,
    )

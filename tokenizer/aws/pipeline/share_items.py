"""Reads shares of consistent values from items of their table."""

from collections.abc import Mapping
from typing import Any

from tokenizer.formats import SHARE
from tokenizer.records import Share

_NOBODY = (
    "-"  # stood for the subject of a record that names nobody in version 0.1.0, which noted those as well
)
_UNSEALED = 1  # the version of shares that have no seal


def share(item: Mapping[str, Any]) -> Share:
    """Returns the share in an item.

    Raises:
        NewerFormat: a later release wrote it.
    """
    version = SHARE.of_item(item)
    subject = item["subject"]["S"]
    return Share(
        bytes.fromhex(item["record"]["S"]),
        "" if subject == _NOBODY else subject,
        int(item["arrived"]["N"]),
        item["owner"]["S"],
        int(item["owned_since"]["N"]),
        bytes(item["seal"]["B"]) if version > _UNSEALED else b"",
    )

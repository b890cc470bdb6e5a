"""Reads shares of consistent values from items of their table."""

from collections.abc import Mapping
from typing import Any

from tokenizer.records import Share

NOBODY = "-"  # stands for the subject of a record that names nobody


def share(item: Mapping[str, Any]) -> Share:
    """Returns the share in an item."""
    subject = item["subject"]["S"]
    return Share(
        bytes.fromhex(item["record"]["S"]),
        "" if subject == NOBODY else subject,
        int(item["arrived"]["N"]),
        item["owner"]["S"],
        int(item["owned_since"]["N"]),
    )

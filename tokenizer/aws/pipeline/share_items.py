"""A share of a consistent value as the table of shares holds it."""

from collections.abc import Mapping
from typing import Any

from tokenizer.records import Share

NOBODY = "-"  # stands for the subject of a record that names nobody


def share(item: Mapping[str, Any]) -> Share:
    """Returns the share that an item holds."""
    subject = item["subject"]["S"]
    return Share(
        bytes.fromhex(item["record"]["S"]),
        "" if subject == NOBODY else subject,
        int(item["arrived"]["N"]),
        item["owner"]["S"],
        int(item["owned_since"]["N"]),
    )

"""Limits how many user records of KPL aggregates one invocation takes, by counts that are known before work begins.

Lambda can only go back to the beginning of an aggregate. One that no invocation finishes would come back for ever, with
the same letters each time. So an aggregate of more than `MAX_USER_RECORDS` becomes one letter in its first delivery, and
a replay takes it in portions. Smaller ones are taken until there are `IN_ONE_INVOCATION` user records, and the others
are delivered again (`sources.py`). Decision 0025 has the measurements behind both numbers.
"""

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import (
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.pipeline.kpl import MAGIC, aggregated, disaggregated

# User records of one aggregate. The KPL's default size of an aggregate, 50 KB, is reached by a hundred small orders.
MAX_USER_RECORDS = 1_000


def user_records(data: bytes) -> list[tuple[int | None, bytes]]:
    """Returns the user records in one Kinesis record.

    Args:
        data: the record's bytes.

    Returns:
        The sub-sequence number and the bytes of each. A record that is no sound aggregate comes back whole under None,
        and so does one that holds more than `MAX_USER_RECORDS`.
    """
    found = disaggregated(data) if data.startswith(MAGIC) else None
    if found is None or len(found) > MAX_USER_RECORDS:
        return [(None, data)]
    return list(enumerate(found))


def too_many_records(data: bytes) -> list[bytes] | None:
    """Returns the user records of an aggregate that holds more than a delivery takes; None for any other record."""
    found = disaggregated(data) if data.startswith(MAGIC) else None
    return found if found is not None and len(found) > MAX_USER_RECORDS else None


def refused_aggregate(data: bytes) -> tuple[bytes, BadRecord] | None:
    """Returns what is kept of an aggregate that is too large for an invocation, and why it is refused.

    Args:
        data: the bytes of a Kinesis record that was not taken out of an aggregate.

    Returns:
        The aggregate with the sensitive authentication data of each user record removed; None for any other record.
    """
    found = too_many_records(data)
    if found is None:
        return None
    cleaned = list(map(_cleaned, found))
    kept = data if cleaned == found else aggregated(cleaned)
    return kept, BadRecord(
        ErrorCode.TOO_LARGE,
        f"an aggregate of {len(found):,} user records, and a delivery takes {MAX_USER_RECORDS:,};"
        " a replay takes it in portions",
    )


def _cleaned(data: bytes) -> bytes:
    """Returns a user record without sensitive authentication data, as its own letter would hold it."""
    try:
        event = json_text.parse(data)
    except BadRecord:
        return scrub_text(data)[0]
    if not may_hold_authentication_data(data):
        return data
    stripped, removed = strip_authentication_data(event)
    return json_text.dump(stripped) if removed else data

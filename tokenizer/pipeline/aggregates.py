"""Takes Kinesis records apart that hold several events: KPL aggregates and JSON lines.

It limits how many of them one invocation takes, by counts that are known before work begins.

Lambda can only go back to the beginning of such a record. One that no invocation finishes would come back for ever, with
the same letters each time. So an aggregate of more than `MAX_USER_RECORDS` becomes one letter in its first delivery, and
a replay takes it in portions. Smaller ones are taken until there are `IN_ONE_INVOCATION` user records, and the others
are delivered again (`sources.py`). Decision 0025 has the measurements behind both numbers.
"""

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import scrub_text
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.cleaning import clean_record
from tokenizer.pipeline.json_lines import json_lines
from tokenizer.pipeline.kpl import MAGIC, aggregated, disaggregated

# User records of one aggregate. The KPL's default size of an aggregate, 50 KB, is reached by a hundred small orders.
MAX_USER_RECORDS = 1_000


def user_records(data: bytes) -> list[tuple[int | None, bytes]]:
    """Returns the user records in one Kinesis record.

    Args:
        data: the record's bytes.

    Returns:
        The sub-sequence number and the bytes of each; in JSON lines, that is the line's place among those that are not
        blank. A record that holds one event comes back whole under None, and so does one that is neither a sound
        aggregate nor JSON lines, or that holds more than `MAX_USER_RECORDS`.
    """
    found = _parts(data)
    if found is None or len(found) > MAX_USER_RECORDS:
        return [(None, data)]
    return list(enumerate(found))


def too_many_records(data: bytes) -> list[bytes] | None:
    """Returns the user records of a record that holds more than a delivery takes; None for any other record."""
    found = _parts(data)
    return found if found is not None and len(found) > MAX_USER_RECORDS else None


def refused_aggregate(data: bytes, catalog: Catalog) -> tuple[bytes, BadRecord] | None:
    """Returns what is kept of a record that holds too many events for an invocation, and why it is refused.

    Args:
        data: the bytes of a Kinesis record that was not taken out of an aggregate.
        catalog: the known event types.

    Returns:
        The record with the sensitive authentication data of each user record removed; None for any other record.
    """
    found = too_many_records(data)
    if found is None:
        return None
    cleaned = [_cleaned(each, catalog) for each in found]
    kept = data if cleaned == found else _together(cleaned, data)
    return kept, BadRecord(
        ErrorCode.TOO_LARGE,
        f"one Kinesis record holds {len(found):,} user records, and a delivery takes {MAX_USER_RECORDS:,};"
        " a replay takes it in portions",
    )


def _parts(data: bytes) -> list[bytes] | None:
    """Returns the events that one Kinesis record holds, or None if it holds one."""
    if data.startswith(MAGIC):
        return disaggregated(data)
    return json_lines(data) if b"\n" in data else None


def _together(parts: list[bytes], data: bytes) -> bytes:
    """Returns the parts in one record again, in the form that they came in."""
    return aggregated(parts) if data.startswith(MAGIC) else b"\n".join(parts)


def _cleaned(data: bytes, catalog: Catalog) -> bytes:
    """Returns a user record without sensitive authentication data, as its own letter would hold it."""
    try:
        return clean_record(data, catalog).kept
    except BadRecord:
        return scrub_text(data)[0]

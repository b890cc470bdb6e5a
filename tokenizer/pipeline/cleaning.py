"""Parses a record, takes its wrapper off, and removes sensitive authentication data before anything is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.fault import Fault
from schemas.wrappers import Wrapper, attributes_of, taken_out, wrapped_again, wrapper_of
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import may_hold_authentication_data, strip_authentication_data
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.identity_fields import identities_in


@dataclass(frozen=True, slots=True)
class CleanRecord:
    """Holds a parsed record without sensitive authentication data.

    Args:
        event: parsed JSON, taken out of its wrapper.
        attributes: the attributes of its message.
        kept: what a letter of the record holds; the bytes that came if nothing was removed.
    """

    event: Any = field(repr=False)
    attributes: Mapping[str, str] = field(repr=False)
    kept: bytes = field(repr=False)


def clean_record(data: bytes, catalog: Catalog) -> CleanRecord:
    """Returns a record without sensitive authentication data, with its identities as they were.

    Raises:
        BadRecord: it is no JSON, or its wrapper holds no event.
    """
    event: Any = json_text.parse(data)
    wrapper, attributes = wrapper_of(event), attributes_of(event)
    if wrapper is not None:
        event = _taken_out(event, wrapper)
    elif not may_hold_authentication_data(data):
        return CleanRecord(event, attributes, data)
    beside = next(reversed(event)) if wrapper else None
    event, removed = strip_authentication_data(event, identities_in(event, attributes, catalog, beside))
    if not removed:
        return CleanRecord(event, attributes, data)
    # Scrubbing the raw text would remove less than was removed from the parsed event.
    return CleanRecord(event, attributes, json_text.dump(wrapped_again(event, wrapper) if wrapper else event))


def _taken_out(record: Mapping[str, Any], wrapper: Wrapper) -> dict[str, Any]:
    try:
        return taken_out(record, wrapper)
    except Fault as fault:
        raise BadRecord(fault.code, str(fault), fault.paths) from None

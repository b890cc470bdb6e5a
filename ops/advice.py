"""Says more about what is wrong with an event of a file than a dead letter does: where, and what to do. No value is told."""

import re
from decimal import Decimal

from ops.files import FileEvent
from ops.json_position import position_of_error
from schemas.dead_letter import ErrorCode
from schemas.foreign import NO_ATTRIBUTES, Place
from tokenizer import json_text
from tokenizer.pipeline.catalog import catalog

_TEXT_IS_WANTED = re.compile(r"(/[^:; ]+): Input should be a valid string")  # pydantic's words
_IN_QUOTES = "a number: send it in quotes"


def advised(code: str, message: str, event: FileEvent) -> str:
    """Returns a message about an event with its advice.

    Args:
        code: the error code that the event's dead letter would have.
        message: what is wrong: one finding or several.
        event: the event in its file.
    """
    if code == ErrorCode.MALFORMED_JSON:
        found = position_of_error(event.data, event.begins)
        return f"{message}, at {found}" if found else message
    if code == ErrorCode.INVALID_FIELD and _TEXT_IS_WANTED.search(message):
        return _with_quotes(message, event.record)
    return message


def _with_quotes(message: str, data: bytes) -> str:
    """Returns the message of a known event with what to do about each number that stands in the place of a text."""
    event, _ = catalog().read(json_text.parse(data))

    def more(found: re.Match[str]) -> str:
        value = Place(found[1]).value(event, NO_ATTRIBUTES)
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return f"{found[0]} ({_IN_QUOTES})" if number else found[0]

    return _TEXT_IS_WANTED.sub(more, message)

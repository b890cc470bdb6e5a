"""Says more about what is wrong with an event of a file than a dead letter does: where, and what to do. No value is told."""

from ops.files import FileEvent
from ops.json_position import position_of_error
from schemas.dead_letter import ErrorCode


def advised(code: str, message: str, event: FileEvent) -> str:
    """Returns a message about an event with its advice.

    Args:
        code: the error code that the event's dead letter would have.
        message: what is wrong.
        event: the event in its file.
    """
    if code == ErrorCode.MALFORMED_JSON:
        found = position_of_error(event.data, event.begins)
        return f"{message}, at {found}" if found else message
    return message

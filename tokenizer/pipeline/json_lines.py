"""Splits a Kinesis record that holds several JSON lines, as log shippers and delivery agents send them."""

from tokenizer import json_text
from tokenizer.errors import BadRecord

_SMALLEST_EVENT = 64  # bytes; no raw event is smaller, since its four envelope fields alone take more
_FEW = 100


def json_lines(data: bytes) -> list[bytes] | None:
    """Returns the lines of a record that holds several JSON objects, one a line.

    Args:
        data: the record's bytes.

    Returns:
        The lines without blank ones. None if the record is one JSON text, however many lines that has, or if it does not
        look like JSON lines: each line must begin with a brace and the first one must end with one. A line that is cut
        off or broken otherwise is a line like the others, so that it holds up none of them. None, too, if there are more
        lines than events of the smallest size would fit in.
    """
    lines = [line for each in data.split(b"\n") if (line := each.strip())]
    if not lines or not lines[0].endswith(b"}") or not all(line.startswith(b"{") for line in lines):
        return None
    if len(lines) < 2 or len(lines) > max(_FEW, len(data) // _SMALLEST_EVENT):  # noqa: PLR2004 -- several
        return None
    return None if _is_json(data) else lines


def _is_json(data: bytes) -> bool:
    try:
        json_text.parse(data)
    except BadRecord:
        return False
    return True

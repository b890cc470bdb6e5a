"""An edit that does not fit a record is refused in words of ours, whatever the library makes of it."""

from typing import Any

import jsonpatch
import pytest

from schemas.dead_letter import ErrorCode, LetterSource
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import BadRecord, Refused

OPENED = Opened(
    LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z"), b'{"number":"canary"}'
)
# Written out, since a class that is dropped from the list has to be missed here.
ERRORS = [
    jsonpatch.JsonPatchException("canary"),
    jsonpatch.JsonPatchConflict("canary"),
    jsonpatch.JsonPatchTestFailed("canary"),
    jsonpatch.JsonPointerException("canary"),
    BadRecord(ErrorCode.MALFORMED_JSON, "canary"),
    ArithmeticError("canary"),
    ZeroDivisionError("canary"),
    AttributeError("canary"),
    LookupError("canary"),
    KeyError("canary"),
    IndexError("canary"),
    TypeError("canary"),
    ValueError("canary"),
    RecursionError("canary"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_an_edit_raises_is_refused_without_a_value(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(jsonpatch, "apply_patch", fail)
    with pytest.raises(Refused, match=r"^the patch does not fit the record$") as raised:
        OPENED.patched([{"op": "remove", "path": "/number"}])
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(("off", "fits"), [(-1, True), (0, True), (1, False)])
def test_copies_may_fill_a_record_up_to_what_a_source_takes(off: int, fits: bool) -> None:
    most = 10 * 1024 * 1024
    length, beside = divmod(most + off - len('{"a":"","b":""}'), 2)
    record = Opened(OPENED.source, b'{"a":"' + b"x" * length + b'"' + b" " * beside + b"}")
    patch = [{"op": "copy", "from": "/a", "path": "/b" + "b" * beside}]
    if fits:
        assert len(record.patched(patch).data) == most + off
    else:
        with pytest.raises(Refused):
            record.patched(patch)

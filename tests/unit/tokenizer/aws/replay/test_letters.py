"""Tests which letters the replay function opens."""

from types import SimpleNamespace
from typing import Any

import pytest

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError, LetterSource
from tokenizer import json_text
from tokenizer.aws.replay.letters import Letters, Opened
from tokenizer.errors import Refused

_NOW = 1_795_428_901.25  # 2026-11-23T10:15:01.250Z
_QUEUE = "arn:aws:sqs:us-east-1:000000000000:raw"
_OPENER: Any = SimpleNamespace(open=lambda _sealed, _source: b"{}")
_NO_S3: Any = None


def _letter(arrived_at: str) -> str:
    return DeadLetter(
        error=LetterError(code=ErrorCode.INVALID_FIELD, message="m"),
        source=LetterSource(queue=_QUEUE, message_id="m-1", arrived_at=arrived_at),
        attempts=1,
        sealed="AAAA",
    ).model_dump_json(exclude_none=True)


def _letters() -> Letters:
    return Letters(_OPENER, _NO_S3, [_QUEUE], lambda: _NOW)


@pytest.mark.parametrize(
    "arrived_at", ["2026-11-23T10:15:01.250Z", "2026-11-23T10:20:01.250Z", "2025-01-01T00:00:00Z"]
)
def test_a_record_arrived_before_now_or_a_little_ahead(arrived_at: str) -> None:
    assert _letters().open(_letter(arrived_at)).data == b"{}"


@pytest.mark.parametrize(
    "arrived_at", ["2026-11-23T10:20:01.251Z", "2026-11-24T10:15:01Z", "9999-12-31T23:59:59Z"]
)
def test_an_arrival_in_the_future_is_refused(arrived_at: str) -> None:
    with pytest.raises(Refused, match="in the future"):
        _letters().open(_letter(arrived_at))


@pytest.mark.parametrize("value", [1e300, 1e-07, 1e22, -0.0, 1.5, 10**30, "1e300"])
def test_an_edited_record_is_the_text_that_reading_it_gives(value: Any) -> None:
    """Otherwise one edit would have two revisions, and so two identities."""
    patch = [{"op": "add", "path": "/b", "value": value}]
    source = LetterSource(queue=_QUEUE, message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
    edited = Opened(source, b'{"a":1}').patched(patch)
    assert json_text.dump(json_text.parse(edited.data)) == edited.data
    again = Opened(source, b'{"a":1}').patched(json_text.parse(json_text.dump(patch)))
    assert again.source.edited == edited.source.edited

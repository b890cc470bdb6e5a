"""Tests which letters the replay function opens."""

from types import SimpleNamespace
from typing import Any

import pytest

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError, LetterSource
from tokenizer.aws.replay.letters import Letters
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

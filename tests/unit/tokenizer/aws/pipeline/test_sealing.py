"""Tests that a letter is authentic as a whole: its seal opens only under the source it was made for."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tokenizer.aws.pipeline.sealing import Opener, Sealer
from tokenizer.errors import VaultIntegrity

_KEY = SimpleNamespace(plaintext=bytes(range(32)), wrapped=b"wrapped")
_TAKES: Any = SimpleNamespace(take=lambda: _KEY)
_OPENS: Any = SimpleNamespace(open=lambda _wrapped: _KEY)
SEALER, OPENER = Sealer(_TAKES), Opener(_OPENS)
RECORD = b'{"event_id":"e"}'
FROM_STREAM = LetterSource(
    stream="arn:aws:kinesis:eu-west-1:000000000000:stream/raw",
    shard="shardId-0",
    sequence_number="7",
    sub_sequence_number=0,
    arrived_at="2026-11-23T10:15:01.250Z",
    edited="aa",
)
FROM_QUEUE = LetterSource(
    queue="arn:aws:sqs:eu-west-1:000000000000:raw", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z"
)
# Seals as released versions wrote them. Each is opened for ever; never replace one.
STORED = {
    # pragma: allowlist nextline secret
    1: b"AQAHd3JhcHBlZIheuVGLxmYJr3Hpjuqnqe3Fc/iBTOmS7IJyG28VLPXko9w/YRABMBL4+LwU5RIun7nY+fA=",
    # pragma: allowlist nextline secret
    2: b"AgAHd3JhcHBlZFbD5gEoWpGD+rDK7JUVmwVyVdwXioNcolRA1baDyH/mw/jYvmaP8UQ6zzcBCDTX6vcBF34=",
}


def _other(field: str, value: Any) -> Any:
    if field == "sub_sequence_number":
        return (value or 0) + 1
    return "new" if value is None else f"{value}0"


@pytest.mark.parametrize("source", [FROM_STREAM, FROM_QUEUE], ids=["stream", "queue"])
@pytest.mark.parametrize("field", LetterSource.model_fields)
def test_no_field_of_a_source_can_be_changed(source: LetterSource, field: str) -> None:
    sealed = SEALER.seal(RECORD, source)
    assert OPENER.open(sealed, source) == RECORD
    value = getattr(source, field)
    others = (
        [_other(field, value)] if value is None or field == "arrived_at" else [_other(field, value), None]
    )
    for other in others:
        with pytest.raises(VaultIntegrity):
            OPENER.open(sealed, source.model_copy(update={field: other}))


@pytest.mark.parametrize("version", [0, 1])
def test_a_seal_can_not_be_passed_off_as_another_version(version: int) -> None:
    raw = base64.b64decode(SEALER.seal(RECORD, FROM_STREAM))
    with pytest.raises(VaultIntegrity):
        OPENER.open(base64.b64encode(bytes([version]) + raw[1:]), FROM_STREAM)


@pytest.mark.parametrize("version", STORED)
def test_seals_of_every_released_version_open(version: int) -> None:
    sealed = STORED[version]
    assert base64.b64decode(sealed)[0] == version
    assert OPENER.open(sealed, FROM_STREAM) == RECORD
    with pytest.raises(VaultIntegrity):
        OPENER.open(sealed, FROM_STREAM.model_copy(update={"sequence_number": "8"}))

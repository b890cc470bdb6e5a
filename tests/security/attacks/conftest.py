"""Gives attacks the stack, and shows them what handlers log and count."""

import io
from collections.abc import Iterator

import pytest

from handlers import runtime
from local.emulator.stack import Stack
from tests.support.handlers import Emitted, logged
from tokenizer.aws.platform import counters


@pytest.fixture(scope="session")
def attacked(running: Stack) -> Stack:
    """Returns the running stack that is attacked."""
    return running


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Yields what handlers log."""
    with logged() as kept:
        yield kept


@pytest.fixture
def emitted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Emitted]:
    """Yields the metrics that handlers print."""
    monkeypatch.setattr(runtime.metrics, "namespace", "OrderTokenizer")
    monkeypatch.setattr(runtime.metrics, "service", "order-tokenizer")
    counters.take()
    yield Emitted(capsys)
    counters.take()

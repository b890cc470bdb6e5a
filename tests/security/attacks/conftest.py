"""One local stack for all attacks that only use it."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import runtime
from local.emulator import lifecycle
from local.emulator.stack import Stack
from tests.support.handlers import Emitted, logged
from tokenizer.aws.platform import counters


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    """Yields the folder for what the attacked stack leaves on disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "stack"


@pytest.fixture(scope="session")
def attacked(directory: Path) -> Iterator[Stack]:
    """Yields a running stack."""
    with lifecycle.running(directory) as started:
        yield started


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

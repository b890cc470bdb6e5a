import io
from collections.abc import Iterator

import pytest

from handlers import api, runtime
from tests.support.handlers import ENVIRONMENT, Api, Emitted, forget, logged
from tests.support.pool_tokens import Objects, pool_tokens
from tokenizer.aws.platform import counters


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(api, "pool_tokens", lambda _: pool_tokens(Objects("first")))
    forget()
    yield Api()
    forget()


@pytest.fixture
def emitted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Emitted]:
    monkeypatch.setattr(runtime.metrics, "namespace", "OrderTokenizer")
    monkeypatch.setattr(runtime.metrics, "service", "order-tokenizer")
    counters.take()
    yield Emitted(capsys)
    counters.take()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Yields what handlers log."""
    with logged() as kept:
        yield kept

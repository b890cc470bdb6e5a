"""The real template on the local stack, started once for all tests that only use it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import lifecycle
from local.emulator.stack import Stack


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    """Yields the folder for what the running stack leaves on disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "stack"


@pytest.fixture(scope="session")
def running(directory: Path) -> Iterator[Stack]:
    with lifecycle.running(directory) as started:
        yield started

"""One local stack for all attacks that only use it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import lifecycle
from local.emulator.stack import Stack


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

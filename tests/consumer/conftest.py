"""The kit's own tests: they need the kit, pytest and jsonschema, and import nothing else of this repository.

They run against events that the local stack published: those of `captured.jsonl`, or of the file that the environment
variable ORDER_EVENTS_CAPTURED names. `tests/e2e/test_consumer_kit.py` captures anew and runs them where only the kit is
installed.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

CAPTURED = Path(os.environ.get("ORDER_EVENTS_CAPTURED", Path(__file__).parent / "captured.jsonl"))


@pytest.fixture(scope="session")
def captured_text() -> str:
    return CAPTURED.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def captured(captured_text: str) -> list[dict[str, Any]]:
    """Envelopes as they came off a consumer's queue."""
    return [json.loads(line) for line in captured_text.splitlines()]

"""Holds what the tests of the demo share."""

import json
from pathlib import Path
from typing import Any

import pytest

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def contract_order() -> dict[str, Any]:
    """Returns the raw event of the contract."""
    return dict(json.loads((EVENTS / "order_full.json").read_text()))


@pytest.fixture
def sanitized_event() -> str:
    """Returns the same event as the bus delivers it."""
    return (EVENTS / "eventbridge_order_sanitized.json").read_text()

"""Lists the prices and limits that providers of tokenization APIs publish. Nothing is measured here."""

import json
from pathlib import Path
from typing import Any

_PUBLISHED = Path(__file__).parent / "cloud_apis.json"


def cloud_apis() -> dict[str, Any]:
    """Returns each provider's published figures with source and date, and what a million orders cost there."""
    found: dict[str, Any] = json.loads(_PUBLISHED.read_text())
    return found

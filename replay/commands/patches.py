"""Reads JSON Patch files."""

import json
from pathlib import Path
from typing import Any

from ops.errors import CommandError


def patch_in(file: Path) -> Any:
    """Returns the JSON Patch in a file.

    Raises:
        CommandError: it can't be read.
    """
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        raise CommandError(
            f"{file} can't be read as a JSON Patch",
            """--edit takes a file such as [{"op": "replace", "path": "/order/total", "value": "12.00"}]""",
        ) from None

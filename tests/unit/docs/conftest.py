import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.dashboard import TRACE, VARIABLES


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """Returns what the handlers print, with the environment that the template gives them."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.support.fakes.emitting"],
        env=environment | VARIABLES | {"_X_AMZN_TRACE_ID": f"Root={TRACE};Parent=53995c3f42cd8ad8;Sampled=0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]

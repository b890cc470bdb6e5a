"""What every test finds in its environment: the names that the template gives to logs and metrics."""

import os

import pytest
from hypothesis import HealthCheck, settings

FAULT_SEED = pytest.StashKey[int]()

os.environ |= {"POWERTOOLS_SERVICE_NAME": "order-tokenizer", "POWERTOOLS_METRICS_NAMESPACE": "OrderTokenizer"}

# Machines are shared: how long an example takes to draw or to run says nothing of the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the random seed of the fault tests, whether they passed or not."""
    found = config.stash.get(FAULT_SEED, None)
    if found is not None:
        terminalreporter.write_line(f"random fault seed: FAULT_SEED={found}")

"""Prepares each test's environment: the names that the template gives to logs and metrics, this run's seeds, and a stack."""

import gc
import os
import secrets
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import at_once, grammars, preforked, quick_items, spread, workers

if TYPE_CHECKING:
    from local.emulator.stack import Stack

# Objects that are made, and not freed, until the garbage collector looks at the young ones: Python has 700.
YOUNG = 100_000
SEEDS = ("PROPERTY_SEED", "FAULT_SEED")

_stacks = ExitStack()  # of this process, one at most

os.environ |= {"POWERTOOLS_SERVICE_NAME": "order-tokenizer", "POWERTOOLS_METRICS_NAMESPACE": "OrderTokenizer"}

grammars.put_off()
quick_items.begin()
preforked.begin()

# Machines are shared: how long an example takes to draw or to run says nothing of the code. Examples that failed are
# not kept on disk: the printed seed brings them back, and with it alone a run is the same everywhere. Hypothesis draws the
# same examples each time where it sees a CI's variables, whatever the seed; here it may not.
settings.register_profile(
    "shared machine",
    deadline=None,
    database=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared machine")


@pytest.hookimpl(tryfirst=True)  # before hypothesis reads its option
def pytest_configure(config: pytest.Config) -> None:
    """Draws the seeds that nobody gave. The workers of xdist inherit the environment, so all have the same seeds."""
    for name in SEEDS:
        os.environ.setdefault(name, str(secrets.randbelow(2**31)))
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = os.environ["PROPERTY_SEED"]
    os.environ["PROPERTY_SEED"] = config.option.hypothesis_seed
    # What the tests import stays, so the garbage collector would look at it in vain, until they are collected.
    gc.disable()


@pytest.hookimpl(optionalhook=True)  # where xdist is not loaded, nobody knows it
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    workers.begin(config, specs)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> spread.Scheduler | None:
    return spread.Scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    """Yields the folder for what the running stack leaves on disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "stack"


@pytest.fixture(scope="session")
def running(directory: Path) -> Iterator["Stack"]:
    """Yields the real template on the local stack, started once for all tests that only use it."""
    from local.emulator import lifecycle  # noqa: PLC0415 -- most runs of tests need no stack

    with _stacks:
        yield _stacks.enter_context(lifecycle.running(directory))


def pytest_sessionstart(session: pytest.Session) -> None:
    at_once.shown(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collects, and hands over to the garbage collector from then on."""
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG)
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread the tests over the workers, if there are any."""
    if hasattr(config, "workerinput"):
        spread.arrange(items)


@pytest.hookimpl(tryfirst=True)  # before the test's fixtures are made
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ends a worker's stack with the last test that needs it: one that waits takes its share of a core all the same."""
    if hasattr(item.config, "workerinput") and not spread.needs_stack(item):
        _stacks.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the seeds of the run, whether it passed or not."""
    terminalreporter.write_line("seeds: " + " ".join(f"{name}={os.environ[name]}" for name in SEEDS))

"""docs/api.md does what it says: its commands are run, and print what stands below them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import lifecycle
from local.emulator.stack import Stack
from tests.support.e2e.pages import SAYS, blocks, run

pytestmark = pytest.mark.e2e

PAGE = "docs/api.md"


def expected() -> list[re.Pattern[str]]:
    """Returns what the page says that its commands print, line by line."""
    lines = [line for block in blocks(PAGE) for line in block.text.splitlines() if line.startswith(SAYS)]
    return [
        re.compile(".*".join(re.escape(part) for part in line.removeprefix(SAYS).split("…")))
        for line in lines
    ]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page") / "stack"


@pytest.fixture(scope="module")
def running(directory: Path) -> Iterator[Stack]:
    """Yields a stack of the page's own: other tests put orders under the sample's id, too."""
    with lifecycle.running(directory) as started:
        yield started


def test_the_commands_of_the_page_print_what_it_says(running: Stack, directory: Path) -> None:
    printed, wanted = run(PAGE, running, directory).splitlines(), expected()
    assert len(wanted) >= 12
    wrong = [
        (pattern.pattern, line)
        for pattern, line in zip(wanted, printed, strict=True)
        if not pattern.fullmatch(line)
    ]
    assert wrong == []

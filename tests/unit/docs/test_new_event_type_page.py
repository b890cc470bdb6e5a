"""Tests that the steps of docs/new-event-type.md work as they stand, and that the tests are green after them."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT
from tests.support.tree import copied, texts, typed

PAGE = (ROOT / "docs/new-event-type.md").read_text()
BLOCKS = [block.partition("\n") for block in PAGE.split("```")[1::2]]
STEPS = [line for language, _, text in BLOCKS if not language for line in text.splitlines()]
# A test that looks at all event types has one of these words; others can't notice a new one.
LOOKS_AT_ALL = re.compile(r"\b(registry|known|generated|tables|written)\(\)|\bEVENTS\b")
QUICK = ("tests/unit", "tests/consumer", "tests/security")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("tree"))


def of_all_types() -> list[str]:
    """Returns the tests that look at every event type, but for these here."""
    found = [path for folder in QUICK for path in sorted((ROOT / folder).rglob("test_*.py"))]
    return [
        str(path.relative_to(ROOT))
        for path in found
        if LOOKS_AT_ALL.search(path.read_text()) and path != Path(__file__)
    ]


def test_the_page_has_all_steps() -> None:
    assert [line.split()[0] for line in STEPS] == ["cp", "cp", "make", "make", "make"]
    assert STEPS[2:] == ["make schemas", "make test", "make release EVENT=shop.order.1"]


def test_the_tests_that_look_at_all_types_are_found() -> None:
    assert {
        "tests/unit/schemas/test_schemas.py",
        "tests/unit/schemas/test_published.py",
        "tests/unit/docs/test_reference.py",
        "tests/unit/ops/lake/test_columns.py",
        "tests/consumer/test_captured.py",
        "tests/consumer/test_testing.py",
    } <= set(of_all_types())


def test_the_steps_work_as_they_stand_and_every_test_is_green_after_them(tree: Path) -> None:
    before = texts(tree)
    for step in STEPS:
        command = shlex.split(step)
        if command == ["make", "test"]:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "--no-header",
                "--tb=short",
                *of_all_types(),
            ]
        elif command[0] == "make":
            command[1:1] = [
                "--old-file",
                ".venv/.ready",
            ]  # the environment is whole, since this test runs in it
        done = typed(tree, *command)
        assert done.returncode == 0, f"{step}\n{done.stdout[-4000:]}{done.stderr}"
    after = texts(tree)
    changed = {path for path in after if after[path] != before.get(path)}
    assert before.keys() <= after.keys()
    assert {str(path.parent) for path in changed} == {
        "consumer/order_events/events",
        "consumer/order_events/schemas",
        "docs",
        "schemas",
        "schemas/events",
        "schemas/json",
        "schemas/json/raw",
        "schemas/json/sanitized",
        "schemas/samples",
        "stacks",
    }
    assert '"shop.order.1"' in (tree / "schemas/json/released.json").read_text()

"""Tests how tests are spread over workers: every module that is named exists, and groups stay together."""

import pytest

from tests.support import spread


def test_every_module_that_is_named_as_long_is_there() -> None:
    assert [each for each in spread.LONGEST if not (spread.TESTS / each).is_file()] == []


def test_modules_are_groups_unless_they_say_otherwise_and_the_longest_comes_first(
    request: pytest.FixtureRequest,
) -> None:
    def item(module: str, *marks: pytest.MarkDecorator) -> pytest.Item:
        found = pytest.Function.from_parent(
            request.node.parent, name="test_it", callobj=lambda: None, originalname="test_it"
        )
        found.path = spread.TESTS / module
        for each in marks:
            found.add_marker(each)
        return found

    items = [
        item("unit/docs/test_links.py"),
        item("unit/docs/test_links.py", pytest.mark.xdist_group("own")),
        item("e2e/test_erase.py", pytest.mark.e2e),
        item(spread.LONGEST[1]),
        item(spread.LONGEST[0]),
    ]
    spread.arrange(items)
    groups = [[mark.args[0] for mark in each.iter_markers("xdist_group")] for each in items]
    assert groups == [
        [spread.LONGEST[0]],
        [spread.LONGEST[1]],
        ["e2e/test_erase.py"],
        ["unit/docs/test_links.py"],
        ["own"],
    ]

"""Tests that a test over all members tries each and names those that failed."""

import pytest

from tests.support.members import for_all


def test_every_member_is_tried_and_each_that_failed_is_named() -> None:
    tried = []

    @for_all(("left", "right"), [(1, 2), (3, 4)])
    @for_all("third", iter("ab"))
    def test(left: int, right: int, third: str, fixture: str) -> None:
        tried.append((left, right, third, fixture))
        assert (left, third) not in {(1, "a"), (3, "b")}
        if (left, third) == (3, "a"):
            raise LookupError

    with pytest.raises(ExceptionGroup, match="2 of 2 members") as raised:
        test(fixture="x")
    assert tried == [(1, 2, "a", "x"), (1, 2, "b", "x"), (3, 4, "a", "x"), (3, 4, "b", "x")]
    inner = [group for group in raised.value.exceptions if isinstance(group, ExceptionGroup)]
    assert [group.__notes__ for group in inner] == [
        ["for {'left': 1, 'right': 2}"],
        ["for {'left': 3, 'right': 4}"],
    ]
    notes = [each.__notes__ for group in inner for each in group.exceptions]
    assert notes == [["for {'third': 'a'}"], ["for {'third': 'a'}"], ["for {'third': 'b'}"]]


@pytest.fixture
def number() -> int:
    return 3


@for_all("factor", [1, 2])
def test_fixtures_are_given_as_ever(factor: int, number: int) -> None:
    assert number * factor in {3, 6}


def test_a_test_over_no_member_is_refused() -> None:
    with pytest.raises(ValueError, match="no member"):
        for_all("name", [])

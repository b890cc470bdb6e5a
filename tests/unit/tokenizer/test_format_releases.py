"""Tests that a release writes nothing that the release before it can't read (decision 0029)."""

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from tokenizer.formats import FORMATS

Versions = Mapping[
    str, tuple[int, int]
]  # of each format: the version that is written, and the latest that is read

# The row of a release is changed until it is out, and never after that.
RELEASES: dict[str, Versions] = {
    "0.1.0": {
        "vault_record": (2, 2),
        "vault_values": (1, 1),
        "index_entry": (3, 3),
        "share": (2, 2),
        "alias": (1, 1),
        "token_key": (1, 1),
        "letter": (2, 2),
        "erasure_mark": (1, 1),
        "certificate": (1, 1),
        "audit_line": (1, 1),
    },
}


def unreadable(earlier: Versions, later: Versions) -> set[str]:
    """Returns the formats of which one of two releases, one after the other, can't read what the other one writes."""
    # What the earlier one doesn't have, it doesn't look for.
    return {
        name
        for name, (written, newest) in earlier.items()
        if name not in later or later[name][0] > newest or later[name][1] < written
    }


def test_the_table_has_the_versions_of_this_release() -> None:
    with Path("pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert list(RELEASES)[-1] == version, "a new release has a row of its own"
    assert RELEASES[version] == {each.name: (each.written, each.newest) for each in FORMATS}


def test_each_release_reads_what_the_one_before_and_the_one_after_it_write() -> None:
    assert [unreadable(*each) for each in pairwise(RELEASES.values())] == [set() for _ in pairwise(RELEASES)]


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ({"share": (2, 2)}, set()),
        ({"share": (2, 3)}, set()),  # the first of two releases
        ({"share": (3, 3)}, {"share"}),  # both in one
        ({"share": (1, 1)}, {"share"}),
        ({}, {"share"}),
        ({"share": (2, 2), "another": (2, 2)}, set()),
    ],
    ids=["the same", "read first", "read and written at once", "taken back", "forgotten", "a new format"],
)
def test_a_version_that_comes_in_one_release_is_found(later: Versions, found: set[str]) -> None:
    assert unreadable({"share": (2, 2)}, later) == found

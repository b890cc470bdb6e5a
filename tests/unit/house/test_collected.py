"""Tests that pytest looks into every folder that has tests."""

from fnmatch import fnmatch

import pytest

from local.emulator.package import ROOT


def test_no_test_is_in_a_folder_that_pytest_leaves_out(pytestconfig: pytest.Config) -> None:
    left_out = pytestconfig.getini("norecursedirs")
    found = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(found) > 250
    assert [
        str(path)
        for path in found
        if any(fnmatch(part, each) for part in path.parts[:-1] for each in left_out)
    ] == []

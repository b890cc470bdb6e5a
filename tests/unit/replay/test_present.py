"""Progress on a terminal, from its first frame on."""

from io import StringIO

import pytest
from rich.console import Console

from ops import console


@pytest.mark.parametrize("total", [None, 0, 2])
def test_a_bar_is_drawn_before_anything_is_counted_and_after(total: int | None) -> None:
    out = StringIO()
    with console.bar(Console(file=out, force_terminal=True, width=80), "moving [1/2]", total) as tick:
        assert "moving [1/2]" in out.getvalue()
        tick(1)
        tick(1)
    assert "/s" in out.getvalue()
    assert f"2/{'?' if total is None else total}" in out.getvalue()

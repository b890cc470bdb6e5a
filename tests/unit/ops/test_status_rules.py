"""`order-tokenizer status` shows the rules in force, whichever event types there are and however long their names are."""

import re
from io import StringIO

import boto3
import pytest

from ops.stack import Stack
from ops.status import cli

LONG = "warehouse.fulfilment.shipment_rescheduled_by_the_carrier"
ONE, OTHER = "1" * 16, "2" * 16
RULES = {"order.placed 1": ONE, f"{LONG} 1": OTHER}


class _Screen(StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, columns: int, rules: dict[str, str]) -> list[str]:
    out = _Screen()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    parts = cli._parts(Stack({}, boto3.Session(region_name="us-east-1")), "orders")
    cli._show({"stack": "orders", **dict.fromkeys(parts), "rules": rules})
    return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_long_name_fits_every_terminal_and_is_whole(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    lines = shown(monkeypatch, columns, RULES)
    assert max(map(len, lines)) <= columns
    cells = "".join(line.split("│")[2].strip() for line in lines if line.startswith("│"))
    assert f"{OTHER}{LONG}1" in cells.replace(" ", "")
    assert [line.split("│")[1].strip() for line in lines if ONE in line] == ["rules"]

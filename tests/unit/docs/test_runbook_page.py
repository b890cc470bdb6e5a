"""Tests that each alarm's section of the runbook says what somebody on call needs, in one order, with commands to type."""

import re
from pathlib import Path

import pytest

from tests.support.dashboard import RESOURCES

PAGE = Path("docs/runbook.md").read_text()
ALARMS = sorted(name for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm")
PARTS = ["Users notice", "Cause", "Decide", "Fix", "Fixed when"]
# Alarms whose commands stand below, in blocks, or that end by themselves.
POINTS_ELSEWHERE = re.compile(r"`[^`]+`|\b(?:below|by itself|[A-Z]\w+Alarm|window)\b")


def section(alarm: str) -> str:
    return PAGE.partition(f"## {alarm}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("alarm", ALARMS)
def test_each_section_has_its_parts_in_order(alarm: str) -> None:
    assert re.findall(r"^- \*\*([\w ]+):\*\*", section(alarm), re.MULTILINE)[: len(PARTS)] == PARTS


@pytest.mark.parametrize("alarm", ALARMS)
@pytest.mark.parametrize("part", ["Cause", "Fix", "Fixed when"])
def test_each_part_that_is_done_says_what_to_type(alarm: str, part: str) -> None:
    text = section(alarm).partition(f"**{part}:**")[2].partition("\n- **")[0].partition("\n\n")[0]
    assert POINTS_ELSEWHERE.search(text), text


def test_the_card_stands_at_the_top() -> None:
    heads = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert heads[0] == "First ten minutes"
    assert "`order-tokenizer status --stack STACK`" in section("First ten minutes")

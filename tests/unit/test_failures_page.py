"""docs/failures.md names tests that exist; docs/runbook.md has a section for every alarm."""

import re
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

FAILURES = Path("docs/failures.md").read_text()
RUNBOOK = Path("docs/runbook.md").read_text()
ROWS = [line for line in FAILURES.splitlines() if re.match(r"\| [0-9]+ \|", line)]
NAMED = sorted(set(re.findall(r"`((?:unit|faults|integration|property|security|e2e)/[^`]+)`", FAILURES)))
ALARMS = [
    name
    for name, resource in yaml_parse(Path("template.yaml").read_text())["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]


def test_there_are_at_least_thirty_faults_each_with_its_test() -> None:
    assert len(ROWS) >= 30
    assert all(re.search(r"`(?:unit|faults|integration|property|security|e2e)/", row) for row in ROWS)


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_the_page_names_exists(name: str) -> None:
    file, _, function = name.partition("::")
    text = (Path("tests") / file).read_text()
    assert not function or re.search(rf"^def {function}\(", text, re.MULTILINE)


@pytest.mark.parametrize("alarm", ALARMS)
def test_each_alarm_has_its_section_in_the_runbook(alarm: str) -> None:
    assert f"## {alarm}\n" in RUNBOOK


def test_the_runbook_speaks_of_no_alarm_that_is_gone() -> None:
    assert set(re.findall(r"^## (\w+Alarm)$", RUNBOOK, re.MULTILINE)) == set(ALARMS)

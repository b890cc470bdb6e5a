"""Tests that docs/failures.md counts right and names real tests, and that the runbook has every alarm."""

import re
from pathlib import Path

import pytest

from local.emulator.template import load

FAILURES = Path("docs/failures.md").read_text()
CLAIMS = Path("docs/claims.md").read_text()
RUNBOOK = Path("docs/runbook.md").read_text()
FAULTS, _, SHOWN = FAILURES.partition("## Shown by")
NUMBERS = re.compile(r"^\| ([0-9]+) \|", re.MULTILINE)
NAMED = sorted(set(re.findall(r"`((?:unit|faults|integration|property|security|e2e)/[^`]+)`", FAILURES)))
ALARMS = [
    name
    for name, resource in load(Path("template.yaml"))["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]


def test_the_faults_are_numbered_from_one_and_each_has_a_test() -> None:
    numbers = NUMBERS.findall(FAULTS)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    shown = [
        line
        for line in SHOWN.splitlines()
        if re.search(r"`(?:unit|faults|integration|property|security|e2e)/", line)
    ]
    assert NUMBERS.findall("\n".join(shown)) == numbers


def test_there_are_as_many_faults_as_the_claims_say() -> None:
    told = re.findall(r"\[([0-9]+) faults\]\(failures\.md\)", CLAIMS)
    assert told == [str(len(NUMBERS.findall(FAULTS)))]


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

"""docs/failures.md names tests that exist, and as many faults as docs/claims.md says; docs/runbook.md has a section for every alarm."""

import re
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

FAILURES = Path("docs/failures.md").read_text()
CLAIMS = Path("docs/claims.md").read_text()
RUNBOOK = Path("docs/runbook.md").read_text()
ROWS = [line for line in FAILURES.splitlines() if re.match(r"\| [0-9]+ \|", line)]
NAMED = sorted(set(re.findall(r"`((?:unit|faults|integration|property|security|e2e)/[^`]+)`", FAILURES)))
ALARMS = [
    name
    for name, resource in yaml_parse(Path("template.yaml").read_text())["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]


def test_the_faults_are_numbered_from_one_and_each_names_a_test() -> None:
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert [
        row for row in ROWS if not re.search(r"`(?:unit|faults|integration|property|security|e2e)/", row)
    ] == []


def test_there_are_as_many_faults_as_the_claims_say() -> None:
    told = re.findall(r"\[([0-9]+) faults\]\(failures\.md\)", CLAIMS)
    assert told == [str(len(ROWS))]


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

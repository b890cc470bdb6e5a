"""Tests what `order-tokenizer status` says of alarms in each state that CloudWatch knows, and of records delivered again."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from ops.app import NAME
from tests.support.screens import canned
from tests.support.screens.workshop import Workshop

CLOUDWATCH: Any = botocore.session.get_session().get_service_model("cloudwatch")
STATES = CLOUDWATCH.shape_for("StateValue").enum
UNMEASURED = "nothing measures some alarms here, so only the other rows tell of a fault"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("status"))
    yield made
    made.close()


def screen(workshop: Workshop, home: Path, environment: dict[str, str], *words: str) -> list[str]:
    canned.write_state(home)
    code, out, err = workshop.in_a_pipe([NAME, "status", *words], home, environment)
    assert (code, err) == (0, "")
    return out.splitlines()


def row(lines: list[str], name: str) -> str:
    return dict(each.split("\t") for each in lines if "\t" in each)[name]


def said(states: tuple[str, ...]) -> str:
    """Returns what the screen has to say of two alarms in these states."""
    ringing = [f"Alarm{at}" for at, state in enumerate(states) if state == "ALARM"]
    quiet, unmeasured = states.count("OK"), states.count("INSUFFICIENT_DATA")
    parts = [f"ALARM: {', '.join(ringing)}"] if ringing else [f"none of {quiet}"] if quiet else []
    return "; ".join([*parts, *([f"{unmeasured} not measured"] if unmeasured else [])])


def test_cloudwatch_knows_three_states() -> None:
    assert sorted(STATES) == ["ALARM", "INSUFFICIENT_DATA", "OK"]


@pytest.mark.parametrize("states", [*product(STATES, repeat=2)], ids=" and ".join)
def test_alarms_that_are_not_measured_are_not_quiet(
    workshop: Workshop, tmp_path: Path, states: tuple[str, ...]
) -> None:
    alarms = {f"Alarm{at}-1A2B": state for at, state in enumerate(states)}
    lines = screen(workshop, tmp_path, {canned.ALARMS: json.dumps(alarms)})
    assert row(lines, "alarms") == said(states)
    assert (UNMEASURED in lines) is ("INSUFFICIENT_DATA" in states)
    assert "none" not in row(lines, "alarms") or "OK" in states


def test_a_stack_without_alarms_says_so(workshop: Workshop, tmp_path: Path) -> None:
    assert row(screen(workshop, tmp_path, {canned.ALARMS: "{}"}), "alarms") == "the stack has none"


def test_what_is_counted_are_deliveries(workshop: Workshop, tmp_path: Path) -> None:
    """The fault has 500 records that come again, so fewer orders than deliveries."""
    on_aws = ("--stack", "orders")
    lines = screen(workshop, tmp_path, {canned.FAULT: "IteratorAgeAlarm"}, *on_aws)
    assert row(lines, "deliveries") == "1200 in the last hour: published 700, dead lettered 0"
    assert "these are counts of deliveries: a record counts once each time that it is delivered" in lines
    (document,) = screen(workshop, tmp_path, {canned.FAULT: "IteratorAgeAlarm"}, *on_aws, "--json")
    assert json.loads(document)["deliveries_last_hour"]["Received"] == 1200
    assert not [each for each in screen(workshop, tmp_path, {}) if "received" in each]

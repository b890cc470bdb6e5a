"""Tests that each alarm's section of the runbook says what somebody on call needs, in one order, with commands to type."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from handlers import runtime
from tests.support.dashboard import RESOURCES
from tests.support.handlers import logged
from tests.support.screens import canned
from tests.support.screens.on_call import FAULTS
from tests.support.screens.workshop import Workshop

PAGE = Path("docs/runbook.md").read_text()
ALARMS = sorted(name for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm")
PARTS = ["Users notice", "Cause", "Decide", "Fix", "Fixed when"]
# Alarms whose commands stand below, in blocks, or that end by themselves.
BLOCK = re.compile(r"^```text\n\$ (.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = ("order-tokenizer", "replay")
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


def test_the_aws_commands_are_such_as_the_pinned_cli_has() -> None:
    shell = botocore.session.get_session()
    named = set(re.findall(r"[`$(] ?aws ([a-z]\S+) ([a-z][a-z-]+)", PAGE))
    high_level = {("s3", "cp"), ("s3", "ls")}
    assert len(named) > 5
    for service, command in sorted(named - high_level):
        operations = shell.get_service_model(service).operation_names
        assert command in {xform_name(each, "-") for each in operations}, (service, command)


def test_no_letters_means_that_none_is_held_either() -> None:
    said = re.findall(r"`replay list` (?:says|until it says) `no letters`[^.]*\.", PAGE)
    assert len(said) == 2
    assert all("held" in each for each in said)


def test_the_shell_is_set_up_by_a_command_that_exists() -> None:
    assert 'eval "$(.venv/bin/order-tokenizer local env)"' in section("What to type")


def test_the_card_stands_at_the_top() -> None:
    heads = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert heads[0] == "First ten minutes"
    assert "`order-tokenizer status --stack STACK`" in section("First ten minutes")


def outputs() -> Iterator[tuple[str, str, list[str]]]:
    """Yields each alarm's commands with the lines that the page says they print."""
    for alarm in ALARMS:
        for command, printed in BLOCK.findall(section(alarm)):
            yield alarm, command, printed.splitlines()


OUTPUTS = list(outputs())


def cells(line: str) -> list[str]:
    return [each.strip() for each in re.split(r"\t| {2,}", line.strip())]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("runbook"))
    yield made
    made.close()


def on_aws(command: str) -> list[str]:
    """Returns the words of a command with the stack's name, as the page says that they are typed on AWS."""
    first, second, *rest = command.split()
    if (first, second) == ("order-tokenizer", "status"):
        return [first, second, *rest, "--stack", "orders"]
    return (
        [first, "--stack", "orders", second, *rest]
        if first == "replay"
        else [first, second, "--stack", "orders", *rest]
    )


@pytest.mark.parametrize("alarm", ALARMS)
def test_each_section_shows_what_its_command_prints(alarm: str) -> None:
    shown = [command for of, command, lines in OUTPUTS if of == alarm and lines]
    assert shown
    typed = {part for command in shown for part in command.split(" | ")[:1]}
    # Blocks show commands that the section has, or the one of all sections.
    words = section(alarm).replace("$ ", "")
    assert all(each.split()[0] in words for each in typed)


@pytest.mark.parametrize(
    ("alarm", "command", "lines"),
    [each for each in OUTPUTS if each[1].startswith(OURS)],
    ids=lambda each: str(each)[:40],
)
def test_what_the_page_shows_is_what_the_command_prints(
    workshop: Workshop, tmp_path: Path, alarm: str, command: str, lines: list[str]
) -> None:
    canned.write_state(tmp_path)
    code, out, err = workshop.in_a_pipe(on_aws(command), tmp_path, {canned.FAULT: alarm})
    assert (code, err) == (0, "")
    printed = [cells(each) for each in out.splitlines()]
    places = [printed.index(cells(each)) for each in lines]
    assert all(left < right for left, right in pairwise(places)), out


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (command, line)
        for _, command, (line, *_) in OUTPUTS
        if command.startswith("aws logs filter-log-events --log-group-name /aws/lambda/")
    ],
)
def test_the_log_lines_are_such_as_our_functions_write(command: str, line: str) -> None:
    shown = json.loads(line)
    with logged() as kept:
        extra = {name: value for name, value in shown.items() if name not in {"level", "message"}}
        getattr(runtime.logger, shown["level"].lower())(shown["message"], extra=extra)
    assert json.loads(kept.getvalue()).items() >= shown.items(), command
    written = "".join(path.read_text() for path in Path("handlers").rglob("*.py"))
    assert f'"{shown["message"]}"' in written
    doing = str(shown.get("reason", "")).partition(":")[0]
    assert doing in "".join(path.read_text() for path in Path("tokenizer").rglob("*.py")) or doing.endswith(
        " is missing"
    )


def test_a_fault_is_known_for_each_alarm() -> None:
    assert sorted(FAULTS) == ALARMS


def test_each_alarms_fault_is_made_by_a_test_that_exists_or_has_a_reason_why_not() -> None:
    rows = dict(
        re.findall(r"^\| \[(\w+)\]\(#\w+\) \| (.+) \|$", section("How each fault was made"), re.MULTILINE)
    )
    assert sorted(rows) == ALARMS
    for alarm, made in rows.items():
        named = re.findall(r"`([^`]+)::(\w+)`", made)
        assert named or made.startswith("not made: "), alarm
        for path, test in named:
            assert f"def {test}(" in Path(path).read_text(), (alarm, test)
    assert sum(made.startswith("not made: ") for made in rows.values()) <= len(rows) / 3


def test_every_word_in_capitals_is_explained() -> None:
    commands = re.findall(r"`((?:aws|order-tokenizer|replay|sam) [^`]+)`", PAGE)
    words = {word for command in commands for word in re.findall(r"(?<![\w-])[A-Z]{2,}(?![\w])", command)}
    explained = section("What to type")
    known = {"NAME"}  # explained beside it
    assert {word for word in words if f"`{word}`" not in explained} <= known

"""The first night on call: six faults are made on a stack, and the runbook's commands find and fix them.

Each command is one that docs/runbook.md has, in the section of the alarm that the fault raises. `-s` shows how long each took.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulator import lifecycle, schema_bug
from local.emulator.stack import Stack
from local.live.faults import BUS, Faults
from tests.support import forked
from tests.support.e2e.stack import Subscriber, eventually, put, send
from tests.support.samples import order
from tests.support.tree import copied

pytestmark = [pytest.mark.e2e, pytest.mark.big]

PAGE = Path("docs/runbook.md").read_text()
RUNBOOK = re.sub(r"\s+", " ", PAGE)
# The local stack measures neither.
ONLY_ON_AWS = {"alarms", "lag"}
FUNCTIONS = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")
DEPLOY = "order-tokenizer local deploy"
QUIET = 90.0  # seconds until an order is there that waited for a fault to end


class OnCall:
    """Somebody at a terminal with the runbook, who types nothing that it doesn't have."""

    def __init__(self, checkout: Path) -> None:
        self.home = checkout
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def types(self, command: str, alarm: str, expect: int = 0, **words: str) -> str:
        """Types a command of an alarm's section, with words in the place of its capitals; returns what it prints."""
        assert f"`{command}`" in section(alarm), f"the section {alarm} has no `{command}`"
        typed = [words.get(each, each) for each in command.split()]
        if command == DEPLOY:
            done = self._of_the_checkout(typed)
        else:
            done = forked.run(typed, cwd=self.home, environment=self.environment)
        assert done.returncode == expect, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def _of_the_checkout(self, typed: list[str]) -> "subprocess.CompletedProcess[str]":
        """Runs a command with the checkout's code, which somebody may have edited."""
        program = str(Path(sys.executable).parent / typed[0])
        environment = self.environment | {"PYTHONPATH": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [program, *typed[1:]], cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )

    def status(self, alarm: str) -> dict[str, str]:
        """Returns the screen of `order-tokenizer status`, by its first column."""
        rows = [each.split("\t") for each in self.types("order-tokenizer status", alarm).splitlines()]
        return {row[0].strip(): row[1] for row in rows if len(row) == 2}


def section(alarm: str) -> str:
    return RUNBOOK.partition(f"## {alarm} ")[2].partition(" ## ")[0]


def assert_looks_as_shown(seen: dict[str, str], alarm: str) -> None:
    """Compares the rows of the screen that an alarm's section shows with the real ones, all numbers alike."""
    block = PAGE.partition(f"## {alarm}\n")[2].partition("$ order-tokenizer status\n")[2].partition("```")[0]
    rows = [re.split(r" {2,}", each, maxsplit=1) for each in block.splitlines()]
    shown = {row[0]: row[1] for row in rows if len(row) == 2 and row[0] not in ONLY_ON_AWS}
    assert shown
    assert {name: numbers_alike(seen[name]) for name in shown} == {
        name: numbers_alike(text) for name, text in shown.items()
    }


def numbers_alike(text: str) -> str:
    return re.sub(r"\d+", "N", text)


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """Yields a copy of the tree, where somebody on call may edit what is deployed."""
    with tempfile.TemporaryDirectory() as folder:
        yield copied(Path(folder) / "checkout")


@pytest.fixture(scope="module")
def own(checkout: Path) -> Iterator[Stack]:
    with lifecycle.running(checkout / ".local") as started:
        yield started


@pytest.fixture(scope="module")
def on_call(own: Stack, checkout: Path) -> OnCall:
    return OnCall(checkout)


@pytest.fixture(scope="module")
def subscriber(own: Stack) -> Subscriber:
    return Subscriber(own, "runbook")


@pytest.fixture(autouse=True)
def _timed(request: pytest.FixtureRequest) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{request.node.name}: {time.monotonic() - began:.0f} s")


def start_anew(on: Stack) -> None:
    """Starts the tokenizing functions anew, because warm ones still hold a data key."""
    functions = on.client("lambda")
    for name in (on.outputs[each] for each in FUNCTIONS):
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**variables, "STARTED": "anew"}}
        )


def letter_ids(text: str) -> list[str]:
    rows = [each.split("\t") for each in text.splitlines()]
    return [row[0] for row in rows if len(row) == 6 and row[0] != "id"]


def test_alarms_that_nobody_measures_are_not_quiet(on_call: OnCall) -> None:
    alarms = on_call.status("IteratorAgeAlarm")["alarms"]
    assert re.fullmatch(r"[1-9]\d* not measured", alarms)


def eventually_says(look: Callable[[], dict[str, str]], row: str, pattern: str) -> None:
    assert eventually(lambda: re.search(pattern, look().get(row, "")) is not None, QUIET), look()


def assert_published(subscriber: Subscriber, *order_ids: str) -> None:
    """Waits until these orders are on the bus. What was there before may come again: delivery is at least once."""
    seen: set[str] = set()

    def all_there() -> bool:
        seen.update(each["detail"]["data"]["order"]["order_id"] for each in subscriber.receive(1, 1.0))
        return seen >= set(order_ids)

    assert eventually(all_there, QUIET), seen


def test_poison(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    send(own, json.dumps(order(order_id="SO-poison", total="12,00")))
    eventually_says(lambda: on_call.status("IteratorAgeAlarm"), "dead letters", "^1 waiting")
    listed = on_call.types("replay list", "LettersAlarm")
    assert "invalid_field" in listed
    (letter,) = letter_ids(listed)
    shown = re.split(r" {2,}|\n", PAGE.partition("$ replay list\n")[2], maxsplit=4)[:4]
    assert "\t".join(shown) in listed
    assert "/order/total\tstring" in on_call.types("replay show ID", "LettersAlarm", ID=letter)
    editor = on_call.home / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/12,00/12.00/" "$1"\n')
    editor.chmod(0o700)
    on_call.environment |= {"EDITOR": str(editor)}
    # Nobody is there to type the purpose that it asks for.
    done = on_call.types("replay run --edit - --id ID --apply", "LettersAlarm", expect=2, ID=letter)
    assert done == ""
    command = ["replay", "run", "--edit", "-", "--id", letter, "--apply", "--purpose", "comma in the total"]
    edited = forked.run(command, cwd=on_call.home, environment=on_call.environment)
    assert edited.returncode == 0, edited.stderr
    assert_published(subscriber, "SO-poison")
    assert on_call.types("replay list", "LettersAlarm") == "no letters\n"


def test_a_schema_bug(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    schema = on_call.home / "schemas" / "events" / "order_placed_v1.py"
    right = schema.read_text()
    assert schema_bug.BEFORE in right
    schema.write_text(right.replace(schema_bug.BEFORE, schema_bug.BUG, 1))
    on_call.types(DEPLOY, "LettersAlarm")
    for at in range(5):
        send(own, json.dumps(order(order_id=f"SO-bug{at}")))
    eventually_says(lambda: on_call.status("IteratorAgeAlarm"), "dead letters", "^5 waiting")
    assert "invalid_field" in on_call.types("replay list", "LettersAlarm")
    schema.write_text(right)
    assert "is deployed" in on_call.types(DEPLOY, "LettersAlarm")
    told = on_call.types("replay run --code invalid_field --apply", "LettersAlarm")
    assert "published\t5" in told
    assert_published(subscriber, *(f"SO-bug{at}" for at in range(5)))
    assert on_call.types("replay list", "LettersAlarm") == "no letters\n"


def test_a_hopeless_letter(own: Stack, on_call: OnCall) -> None:
    send(own, "no JSON")
    eventually_says(lambda: on_call.status("IteratorAgeAlarm"), "dead letters", "^1 waiting")
    (letter,) = letter_ids(on_call.types("replay list", "LettersAlarm"))
    aside = "replay quarantine ID --reason WHY"
    assert on_call.types(aside, "LettersAlarm", ID=letter, WHY="gone") == "1 letter quarantined\n"
    assert on_call.types("replay list", "LettersAlarm") == "no letters\n"
    _, kept = on_call.types("replay restore", "LettersAlarm").splitlines()
    assert kept.endswith("\tmalformed_json\tgone")
    restored = on_call.types("replay restore ID", "LettersAlarm", ID=kept.split("\t")[0])
    (back,) = letter_ids(on_call.types("replay list", "LettersAlarm"))
    assert re.fullmatch(rf"1 letter restored; its new id:\n{back}[0-9a-f-]+\n", restored)
    assert on_call.types(aside, "LettersAlarm", ID=back, WHY="gone") == "1 letter quarantined\n"
    assert on_call.types("replay list", "LettersAlarm") == "no letters\n"


def test_held_letters(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    with schema_bug.deployed(own):
        send(own, json.dumps(order(order_id="SO-held")))
        eventually_says(lambda: on_call.status("IteratorAgeAlarm"), "dead letters", "^1 waiting")
    sqs, url = own.client("sqs"), own.outputs["DeadLetterQueueUrl"]
    assert sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=8)["Messages"]
    assert "1 more is held by somebody else" in on_call.types("replay list", "LettersAlarm")
    assert "published\t1" in on_call.types("replay run --apply", "UnprocessedAlarm")
    assert_published(subscriber, "SO-held")


def test_a_stopped_bus(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    faults = Faults(own, lambda: None)
    faults.switch(BUS, on=True)
    try:
        put(own, order(order_id="SO-bus"))
        eventually_says(lambda: on_call.status("IteratorAgeAlarm"), "retries", "to retry [1-9]")
        assert_looks_as_shown(on_call.status("IteratorAgeAlarm"), "IteratorAgeAlarm")
    finally:
        faults.switch(BUS, on=False)
    assert_published(subscriber, "SO-bus")


def test_a_denied_key(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    kms, key = own.client("kms"), own.outputs["VaultKeyArn"]
    kms.disable_key(KeyId=key)
    start_anew(own)
    put(own, order(order_id="SO-key"))

    def look() -> dict[str, str]:
        return on_call.status("DeniedAlarm")

    eventually_says(look, "retries", "denied [1-9]")
    assert "vault key Disabled" in look()["keys"]
    assert_looks_as_shown(look(), "DeniedAlarm")
    assert "`aws kms enable-key --key-id KEY`" in section("DeniedAlarm")
    kms.enable_key(KeyId=key)
    assert_published(subscriber, "SO-key")
    assert "vault key Enabled" in look()["keys"]


def test_a_function_that_died(own: Stack, on_call: OnCall, subscriber: Subscriber) -> None:
    # SQS moves a message here after hundreds of deliveries to a function that dies; that part takes hours.
    body = json.dumps(order(order_id="SO-died"))
    own.client("sqs").send_message(QueueUrl=own.outputs["UnprocessedQueueUrl"], MessageBody=body)
    eventually_says(lambda: on_call.status("UnprocessedAlarm"), "unprocessed", "^1 waiting")
    assert_looks_as_shown(on_call.status("UnprocessedAlarm"), "UnprocessedAlarm")
    assert "published\t1" in on_call.types("replay run --apply", "UnprocessedAlarm")
    assert_published(subscriber, "SO-died")
    eventually_says(lambda: on_call.status("UnprocessedAlarm"), "unprocessed", "^0 waiting")

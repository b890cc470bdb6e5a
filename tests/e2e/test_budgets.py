"""Reveal budgets, honey tokens and sameness on the deployed template, as a thief with a stolen login meets them."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.emulator import users
from local.emulator.deploy import STACK_NAME
from local.emulator.stack import Stack
from tests.support import forked
from tests.support.e2e.stack import Api, audit_lines, eventually
from tests.support.fakes.reveals import SHIPPED
from tokenizer.authorization.budget_rules import Window

pytestmark = pytest.mark.e2e

LIMIT = SHIPPED.steps(Window.HOUR, ("payments",), "charge", "card_number")
CARD = "4242424242424242"


@pytest.fixture(scope="module")
def cards(running: Stack) -> list[str]:
    """Returns the tokens of 400 cards."""
    api = Api(running, users.sign_in(running, "shop", "payments"))
    values = [{"kind": "card_number", "value": CARD}] * 100
    return [token for _ in range(4) for token in api("POST", "/tokens", {"values": values})[1]["tokens"]]


def swept(running: Stack, cards: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returns the answers to a user who asks for all cards at once, and then for one more.

    All of it within one hour: a sweep across two would have the room of both, so somebody else tries again then.
    """
    while True:
        hour, thief = _hour(), Api(running, users.sign_in(running, "shop", "payments"))
        parts = range(0, len(cards), 20)
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda at, who=thief: reveal(who, cards[at : at + 20]), parts))
        again = reveal(thief, cards[:1])
        if hour == _hour():
            return [each for part in answers for each in part], again


def _hour() -> int:
    return int(time.time() // 3600)


def reveal(api: Api, tokens: list[str], purpose: str = "charge") -> list[dict[str, Any]]:
    status, body = api("POST", "/tokens/reveal", {"tokens": tokens, "purpose": purpose})
    assert status == 200
    return [body["tokens"][token] for token in tokens]


def lines(on: Stack, group: str) -> Iterator[dict[str, Any]]:
    pages = on.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    for page in pages:
        for event in page["events"]:
            try:
                yield json.loads(event["message"])
            except ValueError:  # a line of the platform's
                continue


def emitted(on: Stack, metric: str) -> int:
    """Returns what the reveal function has counted so far."""
    group = f"/aws/lambda/{on.outputs['RevealFunctionName']}"
    return sum(int(sum(line[metric])) for line in lines(on, group) if "_aws" in line and metric in line)


def test_a_stolen_login_gets_its_budget_and_not_one_value_more_however_many_ask_at_once(
    running: Stack, cards: list[str]
) -> None:
    before = emitted(running, "BudgetExceeded")
    answers, again = swept(running, cards)
    shown = Counter((each["status"], each.get("masked", False)) for each in answers)
    assert shown == {
        ("ok", False): LIMIT.full,
        ("ok", True): LIMIT.shown - LIMIT.full,
        ("denied", False): len(cards) - LIMIT.shown,
    }
    assert {each["value"] for each in answers if each.get("masked")} == {"************4242"}
    assert again == [{"status": "denied"}]
    assert eventually(lambda: emitted(running, "BudgetExceeded") >= before + 3)
    told = [line for line in audit_lines(running) if line.get("budgets")]
    assert "hour charge/card_number/full" in [step for line in told for step in line["budgets"]]
    items = running.client("dynamodb").scan(TableName=f"{STACK_NAME}-reveal-budgets")["Items"]
    spent = [item for item in items if item.get("charge/card_number/full", {}).get("N") == "401"]
    assert {item["id"]["S"].partition("#")[0] for item in spent} == {"hour", "day"}
    assert CARD not in json.dumps(items)


def test_who_may_reveal_nothing_learns_nothing_of_any_token(running: Stack, cards: list[str]) -> None:
    curious = Api(running, users.sign_in(running, "analytics"))
    wanted = [cards[0], "tok_" + "7" * 26, "no token at all"]
    assert reveal(curious, wanted) == [{"status": "denied"}] * 3
    payments = Api(running, users.sign_in(running, "shop", "payments"))
    assert reveal(payments, wanted, "curiosity") == [{"status": "denied"}] * 3
    assert [each["status"] for each in reveal(payments, wanted)] == ["ok", "unknown", "unknown"]


def test_without_the_budgets_reveals_fail_closed(running: Stack, cards: list[str]) -> None:
    payments = Api(running, users.sign_in(running, "shop", "payments"))
    functions, name = running.client("lambda"), running.outputs["RevealFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    for table in ("BUDGETS_TABLE", "HONEY_TABLE"):
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables | {table: "not-there"}}
        )
        try:
            status, body = payments("POST", "/tokens/reveal", {"tokens": cards[:1], "purpose": "charge"})
        finally:
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        assert (status, body["error"]["code"]) == (503, "unavailable")
        assert CARD not in json.dumps(body)
    assert reveal(payments, cards[:1])[0]["status"] == "ok"


@pytest.mark.parametrize(("second_factor", "status"), [(False, "denied"), (True, "ok")])
def test_compliance_sees_a_card_in_full_with_a_second_factor_alone(
    running: Stack, cards: list[str], second_factor: bool, status: str
) -> None:
    compliance = Api(running, users.sign_in(running, "compliance", second_factor=second_factor))
    assert reveal(compliance, cards[:1], "legal_request")[0]["status"] == status


class Keeper:
    """Acts as the keeper of the honey tokens, at a terminal in the folder with `.local/stack.json`."""

    def __init__(self, on: Stack, home: Path) -> None:
        (home / ".local").mkdir(parents=True)
        state = {"endpoint_url": on.endpoint_url, "region": on.region, "outputs": dict(on.outputs)}
        (home / ".local" / "stack.json").write_text(json.dumps(state))
        self._home = home
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def __call__(self, *words: str, expect: int = 0) -> Any:
        command = ["order-tokenizer", "honeytokens", *words]
        done = forked.run(command, cwd=self._home, environment=self._environment)
        assert done.returncode == expect, done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout + done.stderr


@pytest.fixture(scope="module")
def keeper(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    return Keeper(running, tmp_path_factory.mktemp("keeper") / "home")


def test_honey_tokens_are_seeded_look_like_others_and_raise_an_alarm(running: Stack, keeper: Keeper) -> None:
    seeded = keeper("seed", "--count", "3", "--note", "shared drive, export of May", "--json")
    tokens = [each["token"] for each in seeded]
    assert len({token[:20] for token in tokens}) == 3, "no two of one record"
    assert keeper("list", "--json")[-3:] == sorted(
        seeded, key=lambda each: (each["seeded_at"], each["token"])
    )
    before = emitted(running, "HoneyTokenAsked")
    thief = Api(running, users.sign_in(running, "shop", "payments"))
    values = {"values": [{"kind": "card_number", "value": CARD}]}
    ordinary = thief("POST", "/tokens", values)[1]["tokens"][0]
    honey, plain = reveal(thief, [tokens[0], ordinary])
    assert (honey.keys(), honey["status"], honey["kind"]) == (plain.keys(), plain["status"], plain["kind"])
    assert honey["value"].startswith("400000")
    assert reveal(Api(running, users.sign_in(running, "analytics")), tokens[1:2]) == [{"status": "denied"}]
    assert eventually(lambda: emitted(running, "HoneyTokenAsked") == before + 2)
    told = [line for line in audit_lines(running) if line.get("honey")]
    assert [line["honey"] for line in told] == [[tokens[0]], [tokens[1]]]


def test_every_kind_of_honey_can_be_seeded_and_another_can_not(keeper: Keeper) -> None:
    for kind in ("email", "government_id", "name", "phone"):
        (seeded,) = keeper("seed", "--kind", kind, "--note", "test", "--json")
        assert seeded["kind"] == kind
    assert "kind: Input should be 'card_number', 'email'" in keeper(
        "seed", "--kind", "soul", "--note", "test", expect=2
    )

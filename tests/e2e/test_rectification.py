"""docs/rectification.md: a corrected order on the deployed template, and a wrong value that has to go."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.functions import invoke
from tests.support.e2e.stack import Api, eventually
from tests.support.samples import order
from tokenizer import json_text

pytestmark = pytest.mark.e2e

PAGE = Path("docs/rectification.md").read_text()
NOW = datetime.now(UTC)
WRONG = {"name": "Ann Canarywrong", "email": "wrong@canary.example"}
RIGHT = {"name": "Ann Canaryright", "email": "right@canary.example"}


@pytest.fixture(scope="module")
def shop(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "shop", "payments", "support"))


@pytest.fixture(scope="module")
def compliance(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "compliance"))


def sent(shop: Api, customer: str, values: dict[str, str], minutes_ago: int) -> dict[str, str]:
    """Sends a customer's only order with some values; returns their tokens as consumers see them."""
    who = {"customer_id": customer, "phone": "+12025550177", **values}
    event = order(order_id=f"SO-{customer}", customer=who)
    event["event_id"] = str(uuid.uuid4())
    event["occurred_at"] = (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    status, body = shop("POST", "/orders", event, Prefer="wait")
    assert status == 201, body
    shown: dict[str, str] = body["data"]["order"]["customer"]
    return {name: shown[name] for name in ("name", "email", "phone")}


def answers(on: Stack, tokens: dict[str, str]) -> dict[str, Any]:
    """Returns what tokens answer an administrator: their value, or why there is none."""
    asked = {"tokens": list(tokens.values()), "purpose": "legal_request"}
    told = invoke(on, "RevealFunctionName", asked, Qualifier="direct")["tokens"]
    return {
        name: json_text.parse(told[token]["value"].encode())
        if "value" in told[token]
        else told[token]["status"]
        for name, token in tokens.items()
    }


def shown(shop: Api, customer: str) -> dict[str, str]:
    """Returns the customer of the newest order, as the API shows it."""
    status, body = shop("GET", f"/orders/SO-{customer}")
    return body["order"]["customer"] if status == 200 else {}


def test_a_corrected_order_has_tokens_of_its_own_and_the_order_before_stays_what_it_was(
    running: Stack, shop: Api
) -> None:
    before = sent(shop, "C-rectify-1", WRONG, minutes_ago=60)
    corrected = sent(shop, "C-rectify-1", RIGHT, minutes_ago=30)
    assert {name for name in before if before[name] == corrected[name]} == {
        "phone"
    }  # consistent, and right before
    assert {name: answers(running, corrected)[name] for name in RIGHT} == RIGHT
    assert {name: answers(running, before)[name] for name in WRONG} == WRONG
    assert eventually(lambda: shown(shop, "C-rectify-1").get("name") == corrected["name"])


def test_a_wrong_value_that_must_go_is_erased_and_what_is_right_is_sent_after_that(
    running: Stack, shop: Api, compliance: Api
) -> None:
    before = sent(shop, "C-rectify-2", WRONG | {"email": "wrong2@canary.example"}, minutes_ago=60)
    assert compliance("DELETE", "/customers/C-rectify-2")[0] == 200
    corrected = sent(shop, "C-rectify-2", RIGHT | {"email": "right2@canary.example"}, minutes_ago=1)
    told = answers(running, before)
    assert (told["name"], told["email"]) == ("erased", "erased")
    assert answers(running, corrected)["name"] == RIGHT["name"]
    assert answers(running, corrected)["email"] == "right2@canary.example"
    assert eventually(lambda: shown(shop, "C-rectify-2").get("name") == corrected["name"])


def test_the_pages_requests_are_those_that_are_tried_here() -> None:
    requests = re.findall(r"-X (\w+) \"\$API(/\w+)", PAGE)
    assert requests == [("POST", "/orders"), ("DELETE", "/customers"), ("POST", "/orders")]

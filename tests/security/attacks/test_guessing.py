"""Attacks that test guesses: is this the email behind that token?

The attackers know what consumers see, and a list of emails or phone numbers. Each tries to learn the consistent token of
a value that they name.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, audit_lines, eventually, kept
from tests.support.fakes.reveals import SHIPPED
from tests.support.samples import order

pytestmark = pytest.mark.e2e

VICTIM = {"email": "victim@example.com", "phone": "+12025550199"}
HOUR = SHIPPED.look_ups.hour


@dataclass
class Scene:
    """A stack on which the victim has ordered, and what an analyst sees of it."""

    stack: Stack
    tokens: dict[str, str]

    def person(self, *groups: str) -> Api:
        return Api(self.stack, users.sign_in(self.stack, *groups))

    def machine(self, *scopes: str) -> Api:
        return Api(self.stack, None, **users.machine(self.stack, *scopes))


@pytest.fixture(scope="module")
def scene(attacked: Stack) -> Scene:
    made = Scene(attacked, {})
    shop, analyst = made.person("shop"), made.person("analytics")
    assert shop("POST", "/orders", _order("G-victim"))[0] == 202
    customer = kept(analyst, "G-victim")["order"]["customer"]
    made.tokens = {name: customer[name] for name in VICTIM}
    assert all(token.startswith("tok_") for token in made.tokens.values())
    return made


def _order(order_id: str, customer_id: str = "C-victim") -> dict[str, Any]:
    customer = {"customer_id": customer_id, "name": "Vic Tim", **VICTIM}
    return order(order_id=order_id, customer=customer)


def _guess(api: Api, path: str) -> Any:
    values = {"values": [{"kind": kind, "value": value} for kind, value in VICTIM.items()]}
    return api("POST", path, values)


def posted_values(scene: Scene) -> Any:
    """Somebody of the shop, who tokenizes values."""
    return _guess(scene.person("shop"), "/tokens")


def posted_values_for_a_purpose(scene: Scene) -> Any:
    """Somebody of the shop, who says that it is for support."""
    values = [{"kind": "email", "value": VICTIM["email"].upper()}]
    return scene.person("shop", "payments")("POST", "/tokens", {"values": values, "purpose": "support"})


def posted_values_again(scene: Scene) -> Any:
    """Somebody of the shop, who repeats a request under a key."""
    shop = scene.person("shop")
    body = {"values": [{"kind": "email", "value": VICTIM["email"]}, {"kind": "name", "value": "Vic"}]}
    first = shop("POST", "/tokens", body, Idempotency_Key="g-again")
    assert shop("POST", "/tokens", body, Idempotency_Key="g-again") == first
    return first


def waited(scene: Scene) -> Any:
    """Somebody of the shop, who waits for an order of theirs with the victim's email."""
    return scene.person("shop")("POST", "/orders", _order("G-wait", "C-own"), Prefer="wait")


def sent_and_read(scene: Scene) -> Any:
    """Somebody of the shop, who reads the order that they sent."""
    shop = scene.person("shop")
    shop("POST", "/orders", _order("G-read", "C-own"))
    return kept(shop, "G-read")


def sent_and_read_as_an_analyst_too(scene: Scene) -> Any:
    """Somebody who is of the shop and of analytics."""
    both = scene.person("shop", "analytics")
    both("POST", "/orders", _order("G-both", "C-own"))
    return kept(both, "G-both")


def read_what_others_sent(scene: Scene) -> Any:
    """Somebody of the shop, who reads the victim's own order."""
    return scene.person("shop")("GET", "/orders/G-victim")


def machine_values(scene: Scene) -> Any:
    """A machine that may tokenize."""
    return _guess(scene.machine("tokens/write"), "/machine/tokens")


def machine_waited(scene: Scene) -> Any:
    """A machine that may send."""
    return scene.machine("orders/write")("POST", "/machine/orders", _order("G-m1", "C-own"), Prefer="wait")


def machine_with_two_tokens(scene: Scene) -> Any:
    """A machine that sends with one token of its client, and reads with another."""
    scene.machine("orders/write")("POST", "/machine/orders", _order("G-m2", "C-own"))
    reader = scene.machine("orders/read")
    assert eventually(lambda: reader("GET", "/machine/orders/G-m2")[0] == 200)
    return reader("GET", "/machine/orders/G-m2")


GUESSERS: list[Callable[[Scene], Any]] = [
    posted_values,
    posted_values_for_a_purpose,
    posted_values_again,
    waited,
    sent_and_read,
    sent_and_read_as_an_analyst_too,
    read_what_others_sent,
    machine_values,
    machine_waited,
    machine_with_two_tokens,
]


@pytest.mark.parametrize("guesser", GUESSERS, ids=lambda guesser: guesser.__name__)
def test_whoever_may_send_and_not_look_up_sees_no_consistent_token(
    scene: Scene, guesser: Callable[[Scene], Any]
) -> None:
    answer = json.dumps(guesser(scene))
    assert "null" in answer
    assert not [token for token in scene.tokens.values() if token in answer]


@pytest.mark.parametrize("groups", [(), ("shop",), ("payments",), ("analytics",), ("shop", "analytics")])
def test_who_may_not_look_up_finds_no_customer_and_leaves_a_line(
    scene: Scene, groups: tuple[str, ...]
) -> None:
    asked = {"email": VICTIM["email"], "purpose": "support"}
    status, body = scene.person(*groups)("POST", "/customer-lookups", asked)
    assert (status, body["error"]["code"]) == (403, "denied")


def test_support_finds_a_customer_by_email_and_leaves_a_line_without_it(scene: Scene) -> None:
    support = scene.person("support")
    before = len(audit_lines(scene.stack))
    status, body = support(
        "POST", "/customer-lookups", {"email": " VICTIM@Example.com", "purpose": "support"}
    )
    assert status == 200
    assert "C-victim" in [each["customer_id"] for each in body["customers"]]
    assert support("POST", "/customer-lookups", {"email": "nobody@example.com", "purpose": "support"}) == (
        200,
        {"customers": []},
    )
    lines = [line for line in audit_lines(scene.stack)[before:] if line["action"] == "look_up"]
    assert [line["result"] for line in lines if line["groups"] == ["support"]] == ["shown", "unknown"]
    assert "example.com" not in json.dumps(lines)


def spend(api: Api, count: int) -> None:
    """Looks up some values that nobody has looked up before."""
    for start in range(0, count, 50):
        values = [
            {"kind": "email", "value": f"g{number}@example.com"}
            for number in range(start, min(start + 50, count))
        ]
        assert None not in api("POST", "/tokens", {"values": values})[1]["tokens"]


def test_who_may_look_up_and_send_is_counted_on_every_route_together(scene: Scene) -> None:
    both = scene.person("shop", "support")
    assert _guess(both, "/tokens")[1]["tokens"] == list(scene.tokens.values())
    spend(both, HOUR - 2)
    # Values that were looked up before cost nothing.
    assert both("GET", "/orders/G-victim")[1]["order"]["customer"]["email"] == scene.tokens["email"]
    one_more = {"values": [{"kind": "email", "value": "one-more@example.com"}]}
    assert both("POST", "/tokens", one_more)[1]["tokens"] == [None]
    assert both("GET", "/orders/G-victim")[1]["order"]["customer"]["email"] is None
    status, body = both("POST", "/customer-lookups", {"email": VICTIM["email"], "purpose": "support"})
    assert (status, body["error"]["code"]) == (429, "budget_used")
    mine = [
        line
        for line in audit_lines(scene.stack)
        if line.get("groups") and set(line["groups"]) == {"shop", "support"}
    ]
    assert {"shown", "budget"} == {line["result"] for line in mine}


def test_requests_at_the_same_time_do_not_look_up_more_than_the_budget(scene: Scene) -> None:
    both = scene.person("shop", "support")
    left = 8
    spend(both, HOUR - left)

    def ask(email: str) -> int:
        return int(both("POST", "/customer-lookups", {"email": email, "purpose": "support"})[0])

    with ThreadPoolExecutor(4) as pool:
        # What was looked up costs nothing, and starts as many functions as are asked at once.
        assert set(pool.map(ask, ["g0@example.com"] * 8)) == {200}
        statuses = list(pool.map(ask, [f"p{number}@example.com" for number in range(3 * left)]))
    assert statuses.count(200) <= left
    assert set(statuses) == {200, 429}

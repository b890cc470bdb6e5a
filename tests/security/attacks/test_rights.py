"""Attacks by somebody who is signed in and uses a route, or a right, that is not theirs."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, audit_lines, eventually, kept
from tests.support.samples import order

pytestmark = pytest.mark.e2e

CARD = {"method": "card", "card": {"number": "4111111111111111", "expiry": "12/39", "holder": "A"}}
DECLINED = {"method": "card", "card": {"number": "4000000000000002", "expiry": "12/39", "holder": "A"}}
ROUTES: dict[str, tuple[str, str, Any, dict[str, str]]] = {
    "send": ("POST", "/orders", order(order_id="R-none"), {}),
    "send and wait": ("POST", "/orders", order(order_id="R-none"), {"Prefer": "wait"}),
    "read": ("GET", "/orders/R-1", None, {}),
    "charge": ("POST", "/orders/R-1/payments", {}, {"Idempotency_Key": "r"}),
    "tokenize": ("POST", "/tokens", {"values": [{"kind": "name", "value": "Ann"}]}, {}),
    "reveal": ("POST", "/tokens/reveal", {"tokens": ["tok_" + "0" * 26], "purpose": "charge"}, {}),
    "find": ("POST", "/customer-lookups", {"email": "a@example.com", "purpose": "support"}, {}),
    "erase": ("DELETE", "/customers/C-none", None, {}),
    "erase an order": ("DELETE", "/orders/R-absent", None, {}),
    "erase a value": ("POST", "/value-erasures", {"kind": "email", "value": "nobody@example.com"}, {}),
}
# What each group may do; "charge" of an unknown order is answered 404 to whom it is open.
OPEN = {
    (): set[str](),
    ("shop",): {"send", "send and wait", "read", "tokenize", "reveal"},
    ("payments",): {"charge", "reveal"},
    ("support",): {"find", "reveal"},
    ("compliance",): {"find", "reveal", "erase", "erase an order"},
    ("analytics",): {"read", "reveal"},
}


@pytest.mark.parametrize("groups", OPEN, ids=lambda groups: groups[0] if groups else "nobody")
def test_each_group_is_let_in_where_the_policies_say_and_nowhere_else(
    attacked: Stack, groups: tuple[str, ...]
) -> None:
    api = Api(attacked, users.sign_in(attacked, *groups))
    for name, (method, path, body, headers) in ROUTES.items():
        status, answer = api(method, path, body, **headers)
        if name in OPEN[groups]:
            assert status in {200, 201, 202, 404}, (name, answer)
        else:
            assert (status, answer["error"]["code"]) == (403, "denied"), name


@pytest.fixture(scope="module")
def shop(attacked: Stack) -> Api:
    return Api(attacked, users.sign_in(attacked, "shop"))


@pytest.fixture(scope="module")
def payments(attacked: Stack) -> Api:
    return Api(attacked, users.sign_in(attacked, "payments"))


def placed(shop: Api, order_id: str, **changes: Any) -> None:
    body = order(order_id=order_id, **({"payment": CARD} | changes))
    event = {**body, "occurred_at": f"2026-11-24T10:{len(PLACED):02d}:00Z"}
    PLACED.append(order_id)
    assert shop("POST", "/orders", event, Prefer="wait")[0] == 201
    total = changes.get("total", "129.90")
    assert _shown(shop, order_id, total)


PLACED: list[str] = []


def paid(api: Api, order_id: str, key: str) -> tuple[int, str]:
    status, body = api("POST", f"/orders/{order_id}/payments", {}, Idempotency_Key=key)
    return status, body["status"] if status == 201 else body["error"]["code"]


def with_other_keys(attacked: Stack, payments: Api, order_id: str) -> list[tuple[int, str]]:
    """The cashier, who charges again and again under new keys."""
    return [paid(payments, order_id, f"again-{number}") for number in range(3)]


def as_another_cashier(attacked: Stack, payments: Api, order_id: str) -> list[tuple[int, str]]:
    """Three cashiers, each under the key that was used."""
    return [
        paid(Api(attacked, users.sign_in(attacked, "payments")), order_id, f"first-{order_id}")
        for _ in range(3)
    ]


def at_the_same_time(attacked: Stack, payments: Api, order_id: str) -> list[tuple[int, str]]:
    """A cashier who charges eight times at once."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda number: paid(payments, order_id, f"at-once-{number}"), range(8)))


@pytest.mark.parametrize(
    "again", [with_other_keys, as_another_cashier, at_the_same_time], ids=lambda again: again.__name__
)
def test_a_paid_order_is_not_charged_again(
    attacked: Stack, shop: Api, payments: Api, again: Callable[..., list[tuple[int, str]]]
) -> None:
    order_id = f"R-paid-{again.__name__}"
    placed(shop, order_id)
    if again is not at_the_same_time:
        assert paid(payments, order_id, f"first-{order_id}") == (201, "charged")
    answers = again(attacked, payments, order_id)
    assert answers.count((201, "charged")) == (1 if again is at_the_same_time else 0)
    assert {code for status, code in answers if status != 201} <= {"already_paid", "payment_in_progress"}
    lines = [line for line in audit_lines(attacked) if line.get("order_id") == order_id]
    assert len([line for line in lines if line.get("result") == "charged"]) == 1


@pytest.mark.parametrize("source", ["API", "stream", "queue"])
def test_an_order_that_was_replaced_is_not_charged_for_more_than_at_first(
    attacked: Stack, shop: Api, payments: Api, source: str
) -> None:
    order_id = f"R-more-{source}"
    placed(shop, order_id, payment=DECLINED, total="10.00")
    assert paid(payments, order_id, f"1-{order_id}") == (201, "declined")
    dear = order(order_id=order_id, payment=CARD, total="9000.00") | {"occurred_at": "2026-11-25T10:00:00Z"}
    if source == "API":
        assert shop("POST", "/orders", dear, Prefer="wait")[0] == 201
    elif source == "stream":
        attacked.client("kinesis").put_record(
            StreamName=attacked.outputs["RawOrdersStreamName"],
            PartitionKey="p",
            Data=json.dumps(dear).encode(),
        )
    else:
        attacked.client("sqs").send_message(
            QueueUrl=attacked.outputs["RawOrdersQueueUrl"], MessageBody=json.dumps(dear)
        )
    assert _shown(shop, order_id, "9000.00")
    assert paid(payments, order_id, f"2-{order_id}") == (409, "total_changed")


def _shown(shop: Api, order_id: str, total: str) -> bool:
    return eventually(lambda: kept(shop, order_id)["order"]["total"] == total)


def test_who_tries_out_cards_is_stopped_on_one_order_and_over_many(
    attacked: Stack, shop: Api, payments: Api
) -> None:
    placed(shop, "R-declined", payment=DECLINED)
    tester = Api(attacked, users.sign_in(attacked, "payments"))
    answers = [paid(tester, "R-declined", f"t-{number}") for number in range(7)]
    assert answers == [(201, "declined")] * 5 + [(409, "too_many_declines")] * 2


def test_a_denied_charge_and_a_denied_erasure_stand_in_the_trail(attacked: Stack) -> None:
    nobody = Api(attacked, users.sign_in(attacked))
    for method, path in (
        ("POST", "/orders/R-denied/payments"),
        ("DELETE", "/customers/R-denied"),
        ("DELETE", "/orders/R-denied"),
    ):
        assert nobody(method, path, {}, Idempotency_Key="d")[0] == 403
    denied = [line["action"] for line in audit_lines(attacked) if line.get("result") == "denied"]
    assert {"charge", "erase", "erase_order"} <= set(denied)


SCOPES = ("orders/write", "orders/read", "tokens/write")


@pytest.fixture(scope="module")
def machines(attacked: Stack) -> dict[str, Api]:
    return {scope: Api(attacked, None, **users.machine(attacked, scope)) for scope in SCOPES}


@pytest.mark.parametrize(("scope", "route"), list(product(SCOPES, ROUTES)))
def test_a_machine_uses_no_route_of_people(machines: dict[str, Api], scope: str, route: str) -> None:
    method, path, body, headers = ROUTES[route]
    assert machines[scope](method, path, body, **headers)[0] in {401, 403}


# Ids that the guard takes for something sensitive, so that consumers see another token in each record.
LIKE_VALUES = {
    "a card": "4111111111111111",
    "an email": "ann@example.com",
    "a phone": "+12025550123",
    "an ssn": "219-09-9999",
}


@pytest.mark.parametrize("id_like", LIKE_VALUES)
def test_an_order_without_an_id_that_lasts_is_charged_never_and_not_once_for_each_record(
    shop: Api, payments: Api, id_like: str
) -> None:
    shown = set()
    for second in range(2):
        event = order(order_id=LIKE_VALUES[id_like], payment=CARD)
        event |= {"event_id": f"0192f0c8-1111-7abc-8def-0000000000{second:02d}"}
        status, answer = shop("POST", "/orders", event, Prefer="wait")
        assert status == 201
        shown.add(answer["data"]["order"]["order_id"])
    assert len(shown) == 2
    for number, order_id in enumerate(sorted(shown)):
        assert eventually(lambda name=order_id: shop("GET", f"/orders/{name}")[0] == 200)  # type: ignore[misc]
        assert paid(payments, order_id, f"token-{id_like}-{number}") == (409, "not_payable")


@pytest.mark.parametrize("nobody", ["guest", "GUEST", "0", "null", "00000000-0000-0000-0000-000000000000"])
def test_what_belongs_to_nobody_is_not_certified_as_erased(attacked: Stack, nobody: str) -> None:
    """Somebody of compliance who would like it on paper that all guests are erased."""
    compliance = Api(attacked, users.sign_in(attacked, "compliance", second_factor=True))
    status, answer = compliance("DELETE", f"/customers/{nobody}")
    assert (status, answer["error"]["code"]) == (404, "names_nobody")
    line = audit_lines(attacked)[-1]
    assert (line["action"], line["result"]) == ("erase", "names_nobody")

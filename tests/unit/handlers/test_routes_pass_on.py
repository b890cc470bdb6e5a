"""Tests that each route of the API gives its service everything that was said: key, customer, purpose, caller and token."""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import api
from tests.support import pool_tokens
from tests.support.handlers import PERSON, Api, signed
from tests.support.members import for_all
from tests.support.samples import order
from tokenizer.callers import Caller
from tokenizer.messages.reveal import RevealAnswer

EVERYBODY = {**PERSON, "cognito:groups": ["shop", "payments", "support", "compliance"]}
ANN = Caller("ann", ("shop", "payments", "support", "compliance"), mfa=True)
TOKEN = "tok_" + "0" * 26
ORDER = order()
EMAIL = {"kind": "email", "value": "ann@example.com"}
SHOWN = {"order_id": "SO-1", "order": {"customer": {"email": TOKEN}}}


class Service:
    """Stands for every service behind the API: keeps each call with all that it is given, and answers well."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def _note(self, name: str, **given: Any) -> None:
        self.asked.append((name, given))

    def take(self, data: bytes, caller: str, key: str | None) -> dict[str, Any]:
        self._note("take", data=json.loads(data), caller=caller, key=key)
        return {"event_id": "e"}

    def order(self, first: Any, *others: Any) -> dict[str, Any]:
        """Stands for reading an order by its id, and for placing one and waiting for it."""
        self._note("order", given=(json.loads(first) if others else first, *others))
        return {"metadata": {}, "data": SHOWN} if others else SHOWN

    def values(self, values: Any, caller: str, key: Any, customer_id: Any, hidden: Any = "none") -> list[str]:
        self._note("values", values=values, caller=caller, key=key, customer_id=customer_id, hidden=hidden)
        return [TOKEN for _ in values]

    def permitted(self, caller: Caller, purpose: str = "none") -> frozenset[str]:
        self._note("permitted", caller=caller, purpose=purpose)
        return frozenset({"email"})

    def visible(
        self, caller: Caller, route: str, found: Sequence[tuple[str, str]], purpose: str = ""
    ) -> frozenset[str]:
        self._note("visible", caller=caller, route=route, found=list(found), purpose=purpose)
        return frozenset({TOKEN})

    def pay(self, order_id: str, key: str, caller: Caller, id_token: str) -> dict[str, Any]:
        self._note("pay", order_id=order_id, key=key, caller=caller, id_token=id_token)
        return {}

    def reveal(self, tokens: Any, purpose: str, *, masked: bool, id_token: str) -> RevealAnswer:
        self._note("reveal", tokens=tokens, purpose=purpose, masked=masked, id_token=id_token)
        return RevealAnswer(tokens={})

    def find(self, email: str, purpose: str, caller: Caller) -> dict[str, list[str]]:
        self._note("find", email=email, purpose=purpose, caller=caller)
        return {}

    def erase(self, *given: Any) -> Any:
        """Stands for erasing a customer and for erasing a value."""
        self._note("erase", given=given)
        return SimpleNamespace(model_dump=dict)

    def erase_order(self, *given: Any) -> Any:
        self._note("erase_order", given=given)
        return SimpleNamespace(model_dump=dict)


@pytest.fixture
def service(call: Api, monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    for name in ("order_service", "synchronous_tokenizer", "look_ups", "customer_finder", "value_eraser"):
        monkeypatch.setattr(api, name, lambda *_: made)
    monkeypatch.setattr(api, "consistent_kinds", lambda: frozenset({"email", "phone"}))
    # A token has its second in it, and what a service is given is compared with one that is signed later.
    monkeypatch.setattr(pool_tokens, "time", SimpleNamespace(time=partial(int, time.time())))
    return made


def _token() -> str:
    return signed(EVERYBODY)


# Of a route: the method, the path, the body, the query and the headers; then what its services are given.
Asked = tuple[str, str, dict[str, Any] | None, dict[str, str] | None, dict[str, str]]
ROUTES: Sequence[tuple[Asked, Callable[[], list[tuple[str, dict[str, Any]]]]]] = [
    (
        ("POST", "/orders", ORDER, None, {"Idempotency_Key": "k-1"}),
        lambda: [("take", {"data": ORDER, "caller": "ann", "key": "k-1"})],
    ),
    (
        ("POST", "/orders", ORDER, None, {}),
        lambda: [("take", {"data": ORDER, "caller": "ann", "key": None})],
    ),
    (
        ("POST", "/orders", ORDER, None, {"Idempotency_Key": "k-1", "Prefer": "wait"}),
        lambda: [
            ("order", {"given": (ORDER, "ann", "k-1")}),
            ("visible", {"caller": ANN, "route": "orders", "found": [("email", TOKEN)], "purpose": ""}),
        ],
    ),
    (
        ("GET", "/orders/{order_id}", None, None, {}),
        lambda: [
            ("order", {"given": ("SO-1",)}),
            (
                "visible",
                {"caller": ANN, "route": "orders/{order_id}", "found": [("email", TOKEN)], "purpose": ""},
            ),
        ],
    ),
    (
        (
            "POST",
            "/tokens",
            {"values": [EMAIL], "customer_id": "C-1", "purpose": "fraud"},
            None,
            {"Idempotency_Key": "k-1"},
        ),
        lambda: [
            ("permitted", {"caller": ANN, "purpose": "fraud"}),
            (
                "values",
                {
                    "values": [("email", "ann@example.com")],
                    "caller": "ann",
                    "key": "k-1",
                    "customer_id": "C-1",
                    "hidden": {"phone"},
                },
            ),
            ("visible", {"caller": ANN, "route": "tokens", "found": [("email", TOKEN)], "purpose": "fraud"}),
        ],
    ),
    (
        ("POST", "/orders/{order_id}/payments", None, None, {"Idempotency_Key": "k-1"}),
        lambda: [("pay", {"order_id": "SO-1", "key": "k-1", "caller": ANN, "id_token": _token()})],
    ),
    *(
        (
            (
                "POST",
                "/tokens/reveal",
                {"tokens": [TOKEN], "purpose": "charge", **({"masked": True} if masked else {})},
                None,
                {},
            ),
            lambda masked=masked: [
                (
                    "reveal",
                    {"tokens": [TOKEN], "purpose": "charge", "masked": masked, "id_token": _token()},
                )
            ],
        )
        for masked in (False, True)
    ),
    (
        ("POST", "/customer-lookups", {"email": "ann@example.com", "purpose": "support"}, None, {}),
        lambda: [("find", {"email": "ann@example.com", "purpose": "support", "caller": ANN})],
    ),
    (
        ("DELETE", "/customers/{customer_id}", None, {"purpose": "ticket-1"}, {}),
        lambda: [("erase", {"given": ("C-1", "ticket-1", _token())})],
    ),
    (
        ("DELETE", "/customers/{customer_id}", None, None, {}),
        lambda: [("erase", {"given": ("C-1", "erasure_request", _token())})],
    ),
    (
        ("DELETE", "/orders/{order_id}", None, {"purpose": "ticket-1"}, {}),
        lambda: [("erase_order", {"given": ("SO-1", "ticket-1", _token())})],
    ),
    (
        ("POST", "/value-erasures", {**EMAIL, "purpose": "ticket-1"}, None, {}),
        lambda: [("erase", {"given": ("email", "ann@example.com", "ticket-1", ANN, _token())})],
    ),
]


@for_all(("asked", "given"), ROUTES)
def test_a_route_gives_its_services_all_that_was_said(
    asked: Asked,
    given: Callable[[], list[tuple[str, dict[str, Any]]]],
    call: Api,
    service: Service,
) -> None:
    service.asked.clear()
    method, resource, body, query, headers = asked
    path = resource.replace("{order_id}", "SO-1").replace("{customer_id}", "C-1")
    answer = call(method, resource, json.dumps(body) if body else None, EVERYBODY, path, query, **headers)
    assert answer.status < 300, answer.body
    assert service.asked == given()

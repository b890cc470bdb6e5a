"""Who asks, as the ID token's claims say it by way of API Gateway."""

import json
from typing import Any

import pytest

from tests.unit.handlers.conftest import Api
from tokenizer.aws import desks


class Asking:
    """Keeps what the reveal function would be asked."""

    def __init__(self) -> None:
        self.caller: dict[str, Any] = {}

    def reveal(
        self, tokens: list[str], purpose: str, *, masked: bool, caller: dict[str, Any]
    ) -> dict[str, Any]:
        self.caller = caller
        return {"tokens": {tokens[0]: {"status": "ok", "kind": "token", "value": '"4***"', "masked": True}}}


@pytest.fixture
def asking(call: Api, monkeypatch: pytest.MonkeyPatch) -> Asking:
    made = Asking()
    monkeypatch.setattr(desks, "order_desk", lambda _: made)
    return made


def ask(call: Api, **claims: Any) -> dict[str, Any]:
    body = json.dumps({"tokens": ["t"], "purpose": "charge"})
    answer = call("POST", "/tokens/reveal", body, {"sub": "ann", "token_use": "id", **claims})
    assert answer.status == 200
    return dict(answer.body)


@pytest.mark.parametrize(
    ("claims", "mfa"),
    [
        ({}, False),
        ({"amr": ["pwd", "otp", "mfa"]}, True),
        ({"amr": "pwd,otp,mfa"}, True),
        ({"amr": "[pwd, otp, mfa]"}, True),
        ({"amr": "mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "pwd,otp"}, False),
        ({"amr": "no-mfa"}, False),
        ({"amr": ""}, False),
        ({"custom:amr": "mfa", "acr": "mfa", "cognito:groups": "mfa"}, False),
    ],
)
def test_a_second_factor_is_what_the_claim_amr_says_and_nothing_else(
    call: Api, asking: Asking, claims: dict[str, Any], mfa: bool
) -> None:
    ask(call, **claims)
    assert asking.caller["mfa"] is mfa


@pytest.mark.parametrize("groups", [["payments", "support"], "payments,support", "[payments support]"])
def test_groups_are_understood_however_the_gateway_writes_them(
    call: Api, asking: Asking, groups: Any
) -> None:
    ask(call, **{"cognito:groups": groups})
    assert asking.caller == {"name": "ann", "groups": ["payments", "support"], "mfa": False}


def test_the_client_is_told_that_a_value_is_masked(call: Api, asking: Asking) -> None:
    assert ask(call)["tokens"]["t"] == {"status": "ok", "kind": "token", "value": "4***", "masked": True}


def test_the_description_says_what_an_answer_may_hold(call: Api) -> None:
    shown = call("GET", "/openapi.json").body["components"]["schemas"]["RevealedToken"]["properties"]
    assert set(shown) == {"status", "kind", "value", "masked"}

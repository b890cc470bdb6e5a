"""Who asks, as the ID token's claims say it by way of API Gateway."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import api

CONTEXT: Any = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 30_000)


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
def asking(monkeypatch: pytest.MonkeyPatch) -> Asking:
    made = Asking()
    monkeypatch.setattr(api, "_desk", lambda: made)
    return made


def ask(**claims: Any) -> dict[str, Any]:
    event = {
        "httpMethod": "POST",
        "path": "/tokens/reveal",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"tokens": ["t"], "purpose": "charge"}),
        "requestContext": {"authorizer": {"claims": {"sub": "ann", **claims}}},
    }
    answer: dict[str, Any] = api.handler(event, CONTEXT)
    assert answer["statusCode"] == 200
    body: dict[str, Any] = json.loads(answer["body"])
    return body


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
    asking: Asking, claims: dict[str, Any], mfa: bool
) -> None:
    ask(**claims)
    assert asking.caller["mfa"] is mfa


@pytest.mark.parametrize("groups", [["payments", "support"], "payments,support", "[payments support]"])
def test_groups_are_understood_however_the_gateway_writes_them(asking: Asking, groups: Any) -> None:
    ask(**{"cognito:groups": groups})
    assert asking.caller == {"name": "ann", "groups": ["payments", "support"], "mfa": False}


def test_the_client_is_told_that_a_value_is_masked(asking: Asking) -> None:
    assert ask()["tokens"]["t"] == {"status": "ok", "kind": "token", "value": "4***", "masked": True}


def test_the_description_says_what_an_answer_may_hold() -> None:
    answer = api.handler({"httpMethod": "GET", "path": "/openapi.json", "headers": {}}, CONTEXT)
    shown = json.loads(answer["body"])["components"]["schemas"]["RevealedToken"]["properties"]
    assert set(shown) == {"status", "kind", "value", "masked"}

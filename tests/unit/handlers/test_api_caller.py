"""Tests who the caller is, from the ID token's claims as API Gateway passes them on."""

import json
from typing import Any

import pytest

from handlers import api
from handlers.rest.answers import HttpError
from handlers.rest.callers import SCOPES, verified_caller
from tests.support.handlers import Api
from tokenizer.callers import Caller
from tokenizer.messages.reveal import RevealAnswer, RevealedToken


class Asking:
    """Keeps the token that the reveal function would be asked with."""

    def __init__(self) -> None:
        self.id_token = ""

    def reveal(self, tokens: list[str], purpose: str, *, masked: bool, id_token: str) -> RevealAnswer:
        self.id_token = id_token
        revealed = RevealedToken(status="ok", kind="token", value='"4***"', masked=True)
        return RevealAnswer(tokens={tokens[0]: revealed})


@pytest.fixture
def asking(call: Api, monkeypatch: pytest.MonkeyPatch) -> Asking:
    made = Asking()
    monkeypatch.setattr(api, "order_service", lambda _: made)
    return made


def ask(call: Api, authorization: str = "eyJ.e30.c2ln") -> dict[str, Any]:
    body = json.dumps({"tokens": ["t"], "purpose": "charge"})
    claims = {"sub": "ann", "token_use": "id"}
    answer = call("POST", "/tokens/reveal", body, claims, Authorization=authorization)
    assert answer.status == 200
    return dict(answer.body)


def person(**claims: Any) -> Caller:
    told = {"sub": "ann", "token_use": "id", **claims}
    event = {
        "httpMethod": "GET",
        "resource": "/orders",
        "requestContext": {"authorizer": {"claims": told}},
    }
    return verified_caller(event)


@pytest.mark.parametrize(
    "authorization",
    ["eyJ.e30.c2ln", " eyJ.e30.c2ln ", "Bearer eyJ.e30.c2ln", "bearer eyJ.e30.c2ln", "BEARER  eyJ.e30.c2ln"],
)
def test_the_functions_get_the_token_that_came(call: Api, asking: Asking, authorization: str) -> None:
    ask(call, authorization)
    assert asking.id_token == "eyJ.e30.c2ln"


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}])
def test_without_a_token_no_function_is_asked(call: Api, asking: Asking, headers: dict[str, str]) -> None:
    body = json.dumps({"tokens": ["t"], "purpose": "charge"})
    answer = call("POST", "/tokens/reveal", body, {"sub": "ann", "token_use": "id"}, **headers)
    assert (answer.status, asking.id_token) == (401, "")


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
    claims: dict[str, Any], mfa: bool
) -> None:
    assert person(**claims).mfa is mfa


@pytest.mark.parametrize(
    "groups",
    [
        ["payments", "support"],
        "payments,support",
        "[payments support]",
        "[iam payments support]",
        ["iam", "payments", ["support"], None, "support"],
    ],
)
def test_groups_are_understood_however_the_gateway_writes_them(groups: Any) -> None:
    assert person(**{"cognito:groups": groups}) == Caller("ann", ("payments", "support"))


def test_the_client_is_told_that_a_value_is_masked(call: Api, asking: Asking) -> None:
    assert ask(call)["tokens"]["t"] == {"status": "ok", "kind": "token", "value": "4***", "masked": True}


def test_the_description_says_what_an_answer_may_hold(call: Api) -> None:
    shown = call("GET", "/openapi.json").body["components"]["schemas"]["RevealedToken"]["properties"]
    assert set(shown) == {"status", "kind", "value", "masked"}


# Written out, not imported: what each method of a machine needs, as template.yaml and docs/api.md say it.
NEEDED = {
    ("POST", "/machine/orders"): "orders/write",
    ("GET", "/machine/orders/{order_id}"): "orders/read",
    ("POST", "/machine/tokens"): "tokens/write",
}
ALL = "orders/write orders/read tokens/write"


def machine(route: tuple[str, str], **claims: Any) -> Caller | int:
    """Returns the machine that these claims name on a route, or the status that refuses it."""
    method, resource = route
    told = {"sub": "client", "token_use": "access", **claims}
    event = {"httpMethod": method, "resource": resource, "requestContext": {"authorizer": {"claims": told}}}
    try:
        return verified_caller(event)
    except HttpError as refused:
        return int(refused.event()["statusCode"])


def test_the_scopes_are_these() -> None:
    assert SCOPES == NEEDED


@pytest.mark.parametrize("route", NEEDED, ids=" ".join)
@pytest.mark.parametrize("scope", ["{}", "a/b {}", "{} a/b", "a/b {} c/d", ALL])
def test_a_machine_is_let_in_by_the_scope_of_its_method(route: tuple[str, str], scope: str) -> None:
    given = scope.format(NEEDED[route])
    assert machine(route, scope=given) == Caller("client", scopes=tuple(given.split()))


@pytest.mark.parametrize("route", NEEDED, ids=" ".join)
@pytest.mark.parametrize(
    "scope",
    [
        "{}r",
        "x{}",
        "x/{}",
        "{}/all",
        "{}:all",
        "all.{}",
        "{},",
        "[{}]",
        "-{}",
        "{}-only",
        "",
        None,
        "*",
        "orders/*",
    ],
)
def test_a_scope_that_only_holds_the_needed_one_lets_nobody_in(
    route: tuple[str, str], scope: str | None
) -> None:
    assert machine(route, scope=scope and scope.format(NEEDED[route])) == 403


@pytest.mark.parametrize("route", NEEDED, ids=" ".join)
def test_no_other_scope_lets_a_machine_in(route: tuple[str, str]) -> None:
    parts = [NEEDED[route][:end] for end in range(len(NEEDED[route]))]
    others = [each for each in ALL.split() if each != NEEDED[route]]
    assert machine(route, scope=" ".join([*others, *parts])) == 403
    assert machine(route) == 403
    assert machine(route, scopes=ALL, **{"cognito:groups": ALL}) == 403


@pytest.mark.parametrize("route", [("DELETE", "/machine/orders"), ("POST", "/machine/orders/{order_id}"), ("POST", "/machine/tokens/reveal"), ("GET", "/machine/")])  # fmt: skip
def test_where_no_scope_is_asked_for_no_machine_is_let_in(route: tuple[str, str]) -> None:
    assert machine(route, scope=ALL) == 403


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"token_use": None}, {"token_use": "access id"}, {"sub": ""}, {"sub": None}], ids=str)  # fmt: skip
def test_a_machine_comes_with_an_access_token_and_a_name(claims: dict[str, Any]) -> None:
    for route, scope in NEEDED.items():
        assert machine(route, **{"scope": scope, **claims}) == 401


def test_a_machine_has_no_groups_and_no_second_factor_whatever_its_token_says() -> None:
    claims = {"cognito:groups": ["payments", "compliance"], "amr": ["mfa"], "scope": ALL}
    assert machine(("POST", "/machine/orders"), **claims) == Caller("client", scopes=tuple(ALL.split()))

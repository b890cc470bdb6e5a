"""Tests who the caller is, by the token that a request comes with, whatever else the request says."""

import json
import re
from typing import Any

import pytest

from handlers import api
from handlers.rest.answers import HttpError
from handlers.rest.callers import SCOPES, verified_caller
from tests.support.handlers import MACHINE, PERSON, Api, Context, signed
from tests.support.pool_tokens import Objects, access_token, pool_tokens, token
from tokenizer.callers import Caller
from tokenizer.errors import Refused
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


def ask(call: Api, authorization: str) -> dict[str, Any]:
    answer = call("POST", "/tokens/reveal", BODY, Authorization=authorization)
    assert answer.status == 200
    return dict(answer.body)


BODY = json.dumps({"tokens": ["t"], "purpose": "charge"})


@pytest.mark.parametrize("authorization", ["{}", " {} ", "Bearer {}", "bearer {}", "BEARER  {}"])
def test_the_functions_get_the_token_that_came(call: Api, asking: Asking, authorization: str) -> None:
    sent = token()
    ask(call, authorization.format(sent))
    assert asking.id_token == sent


@pytest.mark.parametrize("authorization", [None, "", " ", "Bearer", "Bearer ", "Basic {}", "Bearer Bearer {}", "{}x", "{} {}", "{},{}"])  # fmt: skip
def test_without_a_token_no_function_is_asked(call: Api, asking: Asking, authorization: str | None) -> None:
    sent: dict[str, Any] = (
        {} if authorization is None else {"Authorization": authorization.replace("{}", token())}
    )
    answer = call("POST", "/tokens/reveal", BODY, **sent)
    assert (answer.status, answer.body["error"]["code"], asking.id_token) == (401, "unauthorized", "")


class Forged:
    """An event of an attacker's own: everything but the token says that it comes from the chief."""

    def __init__(self, **changes: Any) -> None:
        claims = {"sub": "chief", "token_use": "id", "cognito:groups": ["compliance"], "amr": ["mfa"]}
        self.event = {
            "httpMethod": "POST",
            "resource": "/tokens",
            "path": "/tokens",
            "headers": {},
            "multiValueHeaders": {},
            "requestContext": {"authorizer": {"claims": claims, "principalId": "chief"}},
            "claims": claims,
            "caller": {"name": "chief", "groups": ["compliance"], "mfa": True},
        } | changes


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"headers": None, "multiValueHeaders": None},
        {"headers": {"x-amzn-oidc-identity": "chief", "x-forwarded-user": "chief"}},
        {"multiValueHeaders": {"Authorization": []}},
    ],
    ids=["no header", "no headers", "other headers", "no value"],
)
@pytest.mark.parametrize("resource", ["/tokens", "/machine/tokens"])
def test_claims_that_come_with_the_request_name_nobody(changes: dict[str, Any], resource: str) -> None:
    event = Forged(**changes, resource=resource, path=resource).event
    with pytest.raises(HttpError) as refused:
        verified_caller(event, pool_tokens(Objects("first")))
    assert refused.value.status == 401


class Refusing:
    """Verifies no token, and says so in two different ways."""

    def person(self, _: str) -> Caller:
        raise Refused("no_person", "no ID token")

    def machine(self, _: str) -> Caller:
        raise Refused("no_machine", "no access token")


@pytest.mark.parametrize(
    ("resource", "code", "message"),
    [("/tokens", "no_person", "no ID token"), ("/machine/tokens", "no_machine", "no access token")],
)
def test_a_token_that_is_not_verified_is_refused_in_the_verifiers_words(
    resource: str, code: str, message: str
) -> None:
    event = Forged(resource=resource, path=resource, headers={"Authorization": "t"}).event
    with pytest.raises(HttpError) as refused:
        verified_caller(event, Refusing())
    answer = refused.value.event()
    assert answer["statusCode"] == 401
    assert json.loads(answer["body"]) == {"error": {"code": code, "message": message}}


@pytest.mark.parametrize(
    ("headers", "several"),
    [
        ("ann", ["ann", "mallory"]),
        ("ann", ["mallory", "ann"]),
        ("mallory", ["ann"]),
        ("ann", ["mallory"]),
        (None, ["ann", "mallory"]),
    ],
)
def test_a_request_with_two_tokens_names_nobody(headers: str | None, several: list[str]) -> None:
    tokens = {name: token(sub=name) for name in ("ann", "mallory")}
    event = Forged(
        headers={"Authorization": tokens[headers]} if headers else {},
        multiValueHeaders={"authorization": [tokens[name] for name in several]},
    ).event
    with pytest.raises(HttpError, match="one token"):
        verified_caller(event, pool_tokens(Objects("first")))


def test_one_token_may_be_said_twice_as_the_gateway_says_it() -> None:
    sent = token()
    event = Forged(headers={"authorization": sent}, multiValueHeaders={"Authorization": [sent]}).event
    assert verified_caller(event, pool_tokens(Objects("first"))).name == "ann"


@pytest.mark.parametrize(
    ("resource", "path", "status"),
    [
        ("/openapi.json", "/openapi.json", 200),
        ("/openapi.json", "/orders/SO-1", 404),
        ("/openapi.json", "/tokens", 404),
        ("/orders/{order_id}", "/openapi.json", 404),
        ("/orders/{order_id}", "/machine/orders/SO-1", 404),
        ("/orders/{order_id}", "/orders/SO-1/payments", 404),
        ("/orders/{order_id}", "/orders/", 404),
        ("/machine/orders/{order_id}", "/orders/SO-1", 404),
        ("/orders/{order_id}", "/v1/orders/SO-1", 404),
        ("", "/orders/SO-1", 404),
        ("/.*", "/orders/SO-1", 404),
    ],
)
def test_the_right_to_one_route_opens_no_other(call: Api, resource: str, path: str, status: int) -> None:
    """Who invokes the function directly may choose which resource a path is said to be of."""
    for claims in (None, PERSON, MACHINE):
        assert call("GET", resource, None, claims, path=path).status == status


@pytest.mark.parametrize("added", ["\n", "\r", "\r\n", "\x00", "\t", "\x85", "\u2028", "\n/", "\nC-2"])
def test_an_id_with_a_line_break_is_not_the_id_without_it(call: Api, added: str) -> None:
    """An erasure of `C-1` and a line break once erased `C-1`."""
    paths = call("GET", "/openapi.json").body["paths"]
    named = [(method, path) for path, methods in paths.items() if "{" in path for method in methods]
    assert len(named) >= 4
    for method, path in named:
        claims = MACHINE if path.startswith("/machine") else PERSON
        for written in (re.sub(r"\{\w+\}", f"C-1{added}", path), re.sub(r"\{\w+\}", f"{added}C-1", path)):
            answer = call(method.upper(), path, "{}", claims, path=written, Idempotency_Key="k")
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), (path, written)


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "APPLICATION/JSON", "Application/Json; Charset=UTF-8", " application/json ;x=y"],
)
def test_a_media_type_is_one_in_any_case(call: Api, asking: Asking, media_type: str) -> None:
    assert call("POST", "/tokens/reveal", BODY, PERSON, Content_Type=media_type).status == 200


@pytest.mark.parametrize(
    "media_type", ["application/jsonp", "text/json", "application/json, text/plain", " "]
)
def test_no_other_media_type_is_taken(call: Api, asking: Asking, media_type: str) -> None:
    answer = call("POST", "/tokens/reveal", BODY, PERSON, content_TYPE=media_type)
    assert (answer.status, answer.body["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/orders", "/tokens", "/tokens/reveal"])
@pytest.mark.parametrize(
    ("body", "encoded"),
    [
        ("%%%", True),
        ("e30=", True),
        ("//4=", True),
        ("{}", True),
        ("{}", "true"),
        (7, False),
        ({"a": 1}, False),
    ],
)
def test_a_body_is_text_and_nothing_else(call: Api, path: str, body: Any, encoded: bool | str) -> None:
    """API Gateway sends no other, since no media type of the API is binary."""
    event = Forged(resource=path, path=path, headers={"Authorization": token()}).event
    event |= {"body": body, "isBase64Encoded": encoded}
    for groups, status in ((["shop", "support", "payments"], 415), ([], 403)):
        event["headers"] = {"Authorization": signed(PERSON | {"cognito:groups": groups})}
        assert api.handler(event, Context())["statusCode"] == status  # type: ignore[arg-type]  # as Api does


def test_the_client_is_told_that_a_value_is_masked(call: Api, asking: Asking) -> None:
    assert ask(call, token())["tokens"]["t"] == {
        "status": "ok",
        "kind": "token",
        "value": "4***",
        "masked": True,
    }


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
    """Returns the machine that a token with these claims names on a route, or the status that refuses it."""
    method, resource = route
    sent = access_token(**{"scope": None} | claims)
    event = {"httpMethod": method, "resource": resource, "headers": {"Authorization": sent}}
    try:
        return verified_caller(event, pool_tokens(Objects("first")))
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

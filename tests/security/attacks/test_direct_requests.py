"""Attacks by somebody who may invoke the API's function, past API Gateway, with a request of their own making."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator import users
from local.emulator.deploy import made
from local.emulator.stack import Stack
from tests.support.e2e.forged_tokens import FORGERIES, claims_of
from tests.support.e2e.stack import Api, audit_lines
from tests.support.samples import order

pytestmark = pytest.mark.e2e

CHIEF = {
    "sub": "chief",
    "token_use": "id",
    "cognito:groups": "shop,support,compliance,payments",
    "amr": "mfa",
    "scope": "orders/write orders/read tokens/write tokens/look_up",
}
# Every route that asks for a sign-in: (method, resource, path, body)
ROUTES: dict[str, tuple[str, str, str, Any]] = {
    "place": ("POST", "/orders", "/orders", order(order_id="D-none")),
    "read": ("GET", "/orders/{order_id}", "/orders/D-1", None),
    "tokenize": ("POST", "/tokens", "/tokens", {"values": [{"kind": "email", "value": "a@example.com"}]}),
    "look up": (
        "POST",
        "/customer-lookups",
        "/customer-lookups",
        {"email": "a@example.com", "purpose": "support"},
    ),
    "charge": ("POST", "/orders/{order_id}/payments", "/orders/D-1/payments", {}),
    "reveal": (
        "POST",
        "/tokens/reveal",
        "/tokens/reveal",
        {"tokens": ["tok_" + "0" * 26], "purpose": "support"},
    ),
    "erase": ("DELETE", "/customers/{customer_id}", "/customers/D-1", None),
    "erase an order": ("DELETE", "/orders/{order_id}", "/orders/D-1", None),
    "erase a value": (
        "POST",
        "/value-erasures",
        "/value-erasures",
        {"kind": "email", "value": "a@example.com"},
    ),
    "machine places": ("POST", "/machine/orders", "/machine/orders", order(order_id="D-none")),
    "machine reads": ("GET", "/machine/orders/{order_id}", "/machine/orders/D-1", None),
    "machine tokenizes": (
        "POST",
        "/machine/tokens",
        "/machine/tokens",
        {"values": [{"kind": "email", "value": "a@example.com"}]},
    ),
}


def request(route: str, token: str | None = None, **changes: Any) -> dict[str, Any]:
    """Returns an event as API Gateway sends it, with made-up claims."""
    method, resource, path, body = ROUTES[route]
    sent = {"Content-Type": "application/json", "Idempotency-Key": f"direct-{route}"}
    sent |= {} if token is None else {"Authorization": token}
    return {
        "httpMethod": method,
        "resource": resource,
        "path": path,
        "pathParameters": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {"requestId": "1", "authorizer": {"claims": CHIEF, **CHIEF}},
    } | changes


@pytest.fixture(scope="module")
def invoke(attacked: Stack) -> Callable[[dict[str, Any]], tuple[int, Any]]:
    """An administrator, who may invoke any function."""
    name = made(attacked.client("cloudformation"))["ApiFunction"]
    functions = attacked.client("lambda")

    def invoked(event: dict[str, Any]) -> tuple[int, Any]:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        assert "FunctionError" not in answer
        found = json.loads(answer["Payload"].read())
        return found["statusCode"], json.loads(found["body"])

    return invoked


@pytest.mark.parametrize("route", ROUTES)
def test_made_up_claims_name_nobody_on_any_route(
    attacked: Stack, invoke: Callable[[dict[str, Any]], tuple[int, Any]], route: str
) -> None:
    mine = users.tokens(attacked, "shop")
    before = len(audit_lines(attacked))
    own = users.machine(attacked, "orders/read")["Authorization"]
    wrong = [mine["RefreshToken"], mine["AccessToken"], mine["IdToken"] if "machine" in route else own]
    forged = [forge(token) for forge in FORGERIES for token in (mine["IdToken"], own)]
    for token in (None, "", "Bearer", *wrong, *forged):
        status, body = invoke(request(route, token))
        assert (status, body["error"]["code"]) == (401, "unauthorized"), token
    assert len(audit_lines(attacked)) == before
    assert Api(attacked, mine["IdToken"])("GET", "/orders/D-none")[0] == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if "machine" not in route])
def test_ones_own_token_opens_no_more_than_through_the_gateway(
    attacked: Stack, invoke: Callable[[dict[str, Any]], tuple[int, Any]], route: str
) -> None:
    status, body = invoke(request(route, users.sign_in(attacked)))
    assert (status, body["error"]["code"]) == (403, "denied")


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ("openapi.json", "read"),
        ("place", "read"),
        ("read", "charge"),
        ("machine reads", "read"),
        ("read", "machine reads"),
        ("look up", "erase"),
        ("place", "erase an order"),
        ("look up", "erase a value"),
    ],
)
def test_the_right_to_one_route_opens_no_other(
    attacked: Stack, invoke: Callable[[dict[str, Any]], tuple[int, Any]], own: str, named: str
) -> None:
    """The resource is that of a route which is open, and the path that of another."""
    resource = "/openapi.json" if own == "openapi.json" else ROUTES[own][1]
    token = (
        users.machine(attacked)["Authorization"]
        if own.startswith("machine")
        else users.sign_in(attacked, "shop", "support")
    )
    assert invoke(request(named, token, resource=resource))[0] == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if "machine" not in route])
def test_the_token_of_another_client_of_the_pool_names_nobody(attacked: Stack, route: str) -> None:
    """An administrator gave the pool another client, for something else; through the gateway, which takes any."""
    client = attacked.client("cognito-idp").create_user_pool_client(
        UserPoolId=attacked.outputs["UserPoolId"],
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    own = Stack(attacked.endpoint_url, attacked.region, {**attacked.outputs, "UserPoolClientId": client})
    stranger = Api(attacked, users.sign_in(own, "shop", "support", "compliance", "payments"))
    method, _, path, body = ROUTES[route]
    assert stranger(method, path, body, Idempotency_Key="another-client")[0] == 401


@pytest.mark.parametrize(
    "groups", [("x,compliance", "x,shop"), ("[shop", "compliance]"), ("shop+compliance", "support.shop")]
)
def test_a_group_is_not_another_group_that_its_name_holds(attacked: Stack, groups: tuple[str, ...]) -> None:
    cognito, pool = attacked.client("cognito-idp"), attacked.outputs["UserPoolId"]
    for group in groups:
        cognito.create_group(UserPoolId=pool, GroupName=group)
    api = Api(attacked, users.sign_in(attacked, *groups))
    for route in ("place", "read", "tokenize", "look up", "charge", "reveal", "erase", "erase an order"):
        method, _, path, body = ROUTES[route]
        assert api(method, path, body, Idempotency_Key="a-group")[0] == 403, route


def test_two_tokens_name_nobody(attacked: Stack, invoke: Callable[[dict[str, Any]], tuple[int, Any]]) -> None:
    shop, nobody = users.sign_in(attacked, "shop"), users.sign_in(attacked)
    event = request("read", shop)
    for several in ([shop, nobody], [nobody, shop], [nobody]):
        headers = {"Authorization": several, "authorization": several}
        status, body = invoke(event | {"multiValueHeaders": headers})
        assert (status, body["error"]["code"]) == (401, "unauthorized")
    assert invoke(event)[0] == 404, "the token of the shop alone may ask"


def test_who_asks_directly_with_a_token_is_who_the_token_names(
    attacked: Stack, invoke: Callable[[dict[str, Any]], tuple[int, Any]]
) -> None:
    token = users.sign_in(attacked, "support")
    assert invoke(request("look up", token))[0] == 200
    assert audit_lines(attacked)[-1]["operator"] == claims_of(token)["sub"]

"""The API behind Cognito on the deployed template, as somebody with a browser or curl meets it."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.emulator import users
from local.emulator.deploy import STACK_NAME
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, Subscriber, audit_lines, kept
from tests.support.samples import CANARIES, order

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def payments(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "shop", "payments"))


@pytest.fixture(scope="module")
def analytics(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "analytics"))


@pytest.fixture(scope="module")
def other_shop(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "shop"))


def test_an_order_is_taken_published_sanitized_and_shown(
    running: Stack, payments: Api, analytics: Api
) -> None:
    subscriber = Subscriber(running, "api")
    status, body = payments("POST", "/orders", order(order_id="SO-api-1"))
    assert (status, body) == (202, {"event_id": order()["event_id"]})
    (event,) = subscriber.receive(1)
    shown = kept(analytics, "SO-api-1")
    assert shown["order"] == event["detail"]["data"]["order"]
    assert not [canary for canary in CANARIES if canary.casefold() in json.dumps(shown).casefold()]


def test_a_repeat_with_the_same_key_puts_nothing(running: Stack, payments: Api) -> None:
    subscriber = Subscriber(running, "api-key")
    for _ in range(3):
        answer = payments("POST", "/orders", order(order_id="SO-api-2"), Idempotency_Key="key-2")
        assert answer == (202, {"event_id": order()["event_id"]})
    payments("POST", "/orders", order(order_id="SO-api-3"), Idempotency_Key="key-3")
    ids = [event["detail"]["data"]["order"]["order_id"] for event in subscriber.receive(3, patience=6.0)]
    assert sorted(ids) == ["SO-api-2", "SO-api-3"]


@pytest.mark.parametrize("first", [{}, {"Prefer": "wait"}], ids=["taken", "waited for"])
def test_a_key_stands_for_one_order(payments: Api, other_shop: Api, first: dict[str, str]) -> None:
    key = {"Idempotency_Key": f"key-4{first}"}
    event = order(order_id="SO-api-12")
    answer = payments("POST", "/orders", event, **key, **first)
    assert answer[0] in {201, 202}
    other = {"Prefer": "wait"} if not first else {"Prefer": "respond-async"}
    refused = [
        payments("POST", "/orders", event | {"event_id": "another"}, **key, **first),
        payments("POST", "/orders", event, **key, **other),
        payments("POST", "/tokens", {"values": [{"kind": "name", "value": "Ann"}]}, **key),
        payments("POST", "/orders/SO-api-12/payments", {}, **key),
    ]
    assert [(status, body["error"]["code"]) for status, body in refused] == [
        (422, "idempotency_key_reused")
    ] * 4
    assert payments("POST", "/orders", event, **key, **first) == answer
    # Another caller's key of the same name is another key.
    assert other_shop("POST", "/orders", event | {"event_id": "another"}, **key)[0] == 202


def test_a_token_is_drawn_for_its_key_and_not_computed_from_its_value(payments: Api, other_shop: Api) -> None:
    asked = {"values": [{"kind": "card_number", "value": "4111111111111111"}]}
    first, again, elsewhere = (
        api("POST", "/tokens", asked, Idempotency_Key="key-5") for api in (payments, payments, other_shop)
    )
    assert first == again
    assert first[1]["tokens"] != elsewhere[1]["tokens"]


def test_a_reveal_is_judged_by_group_and_purpose_and_audited(
    running: Stack, payments: Api, analytics: Api
) -> None:
    payments("POST", "/orders", order(order_id="SO-api-4"))
    shown = kept(analytics, "SO-api-4")["order"]
    number, email = shown["payment"]["card"]["number"], shown["customer"]["email"]
    asked = {"tokens": [number, email, "tok_" + "0" * 26], "purpose": "charge"}
    assert analytics("POST", "/tokens/reveal", asked)[1]["tokens"][number] == {"status": "denied"}
    status, body = payments("POST", "/tokens/reveal", asked)
    assert status == 200
    assert body["tokens"][number] == {"status": "ok", "kind": "token", "value": "4111111111111111"}
    assert [each["status"] for each in body["tokens"].values()] == ["ok", "denied", "unknown"]
    masked = payments("POST", "/tokens/reveal", asked | {"masked": True})[1]
    assert masked["tokens"][number]["value"] == "************1111"
    curious = payments("POST", "/tokens/reveal", asked | {"purpose": "curiosity"})[1]
    assert curious["tokens"][number] == {"status": "denied"}
    lines = audit_lines(running)
    mine = [line for line in lines if number in (line.get("tokens") or {})]
    assert [line["tokens"][number] for line in mine] == ["denied", "ok", "ok", "denied"]
    assert not [canary for canary in CANARIES if canary.casefold() in json.dumps(lines).casefold()]


def test_who_waits_gets_the_sanitized_order_at_once_and_it_is_on_the_bus(running: Stack) -> None:
    payments = Api(running, users.sign_in(running, "shop", "support"))
    subscriber = Subscriber(running, "api-wait")
    wait = {"Prefer": "wait", "Idempotency_Key": "wait-1"}
    status, first = payments("POST", "/orders", order(order_id="SO-api-10"), **wait)
    assert status == 201
    assert not [canary for canary in CANARIES if canary.casefold() in json.dumps(first).casefold()]
    assert payments("POST", "/orders", order(order_id="SO-api-10"), **wait) == (201, first)
    events = subscriber.receive(2, patience=4.0)
    assert [event["detail"] for event in events] == [first]
    status, body = payments(
        "POST", "/orders", order(order_id="SO-api-11", notes="n" * 500_000), Prefer="wait"
    )
    assert (status, body["error"]["code"]) == (413, "too_large")


def test_values_are_tokenized_by_kind_and_revealed_by_policy(running: Stack) -> None:
    payments = Api(running, users.sign_in(running, "shop", "payments", "support"))
    subscriber = Subscriber(running, "api-values")
    values = [
        {"kind": "card_number", "value": "4242424242424242"},
        {"kind": "email", "value": "values@example.com"},
    ]
    status, body = payments("POST", "/tokens", {"values": values}, Idempotency_Key="values-1")
    assert status == 201
    number, email = body["tokens"]
    assert payments("POST", "/tokens", {"values": values}, Idempotency_Key="values-1") == (201, body)
    later = payments("POST", "/tokens", {"values": values})[1]["tokens"]
    assert (later[0] != number, later[1]) == (True, email)
    asked = {"tokens": [number, email], "purpose": "charge"}
    answers = payments("POST", "/tokens/reveal", asked)[1]["tokens"]
    assert answers[number]["value"] == "4242424242424242"
    assert answers[email] == {"status": "denied"}
    assert subscriber.receive(1, patience=2.0) == []
    wrongs: tuple[dict[str, Any], ...] = (
        {"values": []},
        {"values": [{"kind": "soul", "value": "x"}]},
        {"values": values * 51},
    )
    assert [payments("POST", "/tokens", wrong)[0] for wrong in wrongs] == [422] * 3


def test_an_order_is_paid_once_for_a_key_and_the_number_is_nowhere(running: Stack, payments: Api) -> None:
    payments("POST", "/orders", order(order_id="SO-api-7"))
    kept(payments, "SO-api-7")
    status, first = payments("POST", "/orders/SO-api-7/payments", {}, Idempotency_Key="pay-7")
    assert status == 201
    assert (first["status"], first["amount"], first["number_last4"]) == ("charged", "129.90", "1111")
    assert payments("POST", "/orders/SO-api-7/payments", {}, Idempotency_Key="pay-7") == (201, first)
    items = running.client("dynamodb").scan(TableName=f"{STACK_NAME}-payments")["Items"]
    paid = [item["id"]["S"] for item in items if item.get("order_id") == {"S": "SO-api-7"}]
    assert paid == [first["payment_id"]]
    assert "4111111111111111" not in json.dumps(items) + json.dumps(first)
    assert payments("POST", "/orders/SO-none/payments", {}, Idempotency_Key="k")[0] == 404
    status, body = payments("POST", "/orders/SO-none/payments", {}, Idempotency_Key="pay-7")
    assert (status, body["error"]["code"]) == (422, "idempotency_key_reused")
    status, body = payments("POST", "/orders/SO-api-7/payments", {})
    assert (status, body["error"]["code"]) == (400, "invalid_request")


def test_an_order_without_a_card_or_with_a_bad_one_is_told_apart(payments: Api) -> None:
    payments("POST", "/orders", order(order_id="SO-api-8", payment={"method": "cash"}))
    bad = {"method": "card", "card": {"number": "4000000000000002", "expiry": "12/39", "holder": "X"}}
    payments("POST", "/orders", order(order_id="SO-api-9", payment=bad))
    kept(payments, "SO-api-8")
    kept(payments, "SO-api-9")
    status, body = payments("POST", "/orders/SO-api-8/payments", {}, Idempotency_Key="k-8")
    assert (status, body["error"]["code"]) == (409, "not_payable")
    status, body = payments("POST", "/orders/SO-api-9/payments", {}, Idempotency_Key="k-9")
    assert (status, body["status"], body["reason"]) == (201, "declined", "declined")


BAD: dict[str, tuple[Any, int, str]] = {
    "no JSON": (b"{", 400, "malformed_json"),
    "no object": ([1], 422, "invalid_field"),
    "an unknown type": ({**order(), "event_type": "order.vanished"}, 422, "invalid_field"),
    "a wrong field": (order(total="canary total"), 422, "invalid_field"),
    "a key twice": (json.dumps(order())[:-1].encode() + b',"event_id":"canary"}', 400, "malformed_json"),
    "too large": (order(notes="n" * 1_048_576), 413, "too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_order_is_refused_in_the_form_of_all_errors_and_without_its_values(
    payments: Api, name: str
) -> None:
    body, status, code = BAD[name]
    answer = payments("POST", "/orders", body)
    assert (answer[0], answer[1]["error"]["code"]) == (status, code)
    assert "canary" not in json.dumps(answer[1])


def test_an_order_that_is_not_there_is_not_found(payments: Api) -> None:
    assert payments("GET", "/orders/SO-none") == (
        404,
        {"error": {"code": "not_found", "message": "there is no such order"}},
    )


@pytest.mark.parametrize(
    "wish",
    [
        {"tokens": [], "purpose": "p"},
        {"tokens": ["t"] * 101, "purpose": "p"},
        {"tokens": ["t"]},
        {"tokens": "t", "purpose": "p"},
    ],
)
def test_a_reveal_that_is_not_understood_is_refused(payments: Api, wish: dict[str, Any]) -> None:
    status, body = payments("POST", "/tokens/reveal", wish)
    assert (status, body["error"]["code"]) == (422, "invalid_field")


def test_the_api_describes_itself_to_anybody(running: Stack) -> None:
    status, body = Api(running, None)("GET", "/openapi.json")
    assert status == 200
    assert set(body["paths"]) >= {
        "/machine/orders",
        "/customers/{customer_id}",
        "/orders",
        "/orders/{order_id}",
        "/orders/{order_id}/payments",
        "/tokens",
        "/tokens/reveal",
    }


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _part(value: Any) -> str:
    return _encoded(json.dumps(value).encode())


def _read(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _claims(token: str) -> dict[str, Any]:
    return _read(token.split(".")[1])


def _unsigned(token: str) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(_claims(token))}."


def _resigned(token: str) -> str:
    head, body = _part({"alg": "HS256", "typ": "JWT"}), token.split(".")[1]
    mac = hmac.new(b"secret", f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_encoded(mac)}"


def _promoted(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{_part(_claims(token) | {'cognito:groups': ['payments']})}.{signature}"


def _prolonged(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{_part(_claims(token) | {'exp': int(time.time()) + 86_400})}.{signature}"


FORGERIES: dict[str, Callable[[str], str]] = {
    "alg none": _unsigned,
    "signed by somebody else": _resigned,
    "groups changed": _promoted,
    "expiry changed": _prolonged,
    "no token": lambda _: "",
    "no JWT": lambda _: "Bearer nonsense",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_token_that_cognito_did_not_give_is_refused(running: Stack, name: str) -> None:
    token = users.sign_in(running, "analytics")
    forged = Api(running, FORGERIES[name](token))
    status, body = forged("GET", "/orders/SO-none")
    assert (status, body["error"]["code"]) == (401, "unauthorized")
    assert Api(running, token)("GET", "/orders/SO-none")[0] == 404


def _signed_again(directory: Path, pool: str, token: str, **changes: Any) -> str:
    """Returns a token with other claims under the pool's own key, which the emulator keeps on disk."""
    pem = (directory / "state" / "cognito-pool-keys" / f"{pool}-id.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signed = f"{token.split('.', maxsplit=1)[0]}.{_part(_claims(token) | changes)}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


def test_an_expired_token_is_refused(running: Stack, directory: Path) -> None:
    token, pool, now = (
        users.sign_in(running, "shop", "payments"),
        running.outputs["UserPoolId"],
        int(time.time()),
    )
    expired = _signed_again(directory, pool, token, iat=now - 3_600, exp=now - 1)
    assert Api(running, expired)("GET", "/orders/SO-none")[0] == 401
    # The key is the right one: the same token is let in before its end.
    valid = _signed_again(directory, pool, token, exp=now + 60)
    assert Api(running, valid)("GET", "/orders/SO-none")[0] == 404


def test_a_token_of_another_pool_is_refused(running: Stack) -> None:
    cognito = running.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another", UsernameAttributes=["email"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    for group in ("shop", "payments"):
        cognito.create_group(UserPoolId=pool, GroupName=group)
    outputs = dict(running.outputs) | {"UserPoolId": pool, "UserPoolClientId": client}
    token = users.sign_in(Stack(running.endpoint_url, running.region, outputs), "shop", "payments")
    assert set(_claims(token)["cognito:groups"]) == {"shop", "payments"}
    assert Api(running, token)("GET", "/orders/SO-none")[0] == 401


def test_an_access_token_is_refused_where_an_id_token_is_needed(running: Stack) -> None:
    given = users.tokens(running, "shop", "payments")
    assert Api(running, given["AccessToken"])("GET", "/orders/SO-none")[0] == 401
    assert Api(running, given["IdToken"])("GET", "/orders/SO-none")[0] == 404


def test_a_machine_sends_and_reads_orders_and_tokenizes_and_no_more(running: Stack) -> None:
    machine = Api(running, None, **users.machine(running))
    status, body = machine("POST", "/machine/orders", order(order_id="SO-api-13"), Prefer="wait")
    assert (status, body["data"]["order"]["order_id"]) == (201, "SO-api-13")
    assert machine("GET", "/machine/orders/SO-none")[0] == 404
    values = {"values": [{"kind": "card_number", "value": "4111111111111111"}]}
    status, body = machine("POST", "/machine/tokens", values)
    assert status == 201
    asked = {"tokens": body["tokens"], "purpose": "charge"}
    assert machine("POST", "/tokens/reveal", asked)[0] == 401
    assert machine("POST", "/machine/tokens/reveal", asked)[0] == 404
    assert machine("POST", "/orders/SO-api-13/payments", {}, Idempotency_Key="m-1")[0] == 401


def test_a_machine_reaches_what_its_tokens_scope_and_its_key_allow(running: Stack, payments: Api) -> None:
    reader = users.machine(running, "orders/read")
    assert Api(running, None, **reader)("GET", "/machine/orders/SO-none")[0] == 404
    assert Api(running, None, **reader)("POST", "/machine/orders", order())[0] in {401, 403}
    without_key = Api(running, reader["Authorization"])
    assert without_key("GET", "/machine/orders/SO-none")[0] == 403
    person = users.tokens(running, "shop", "payments")
    for token in person["IdToken"], person["AccessToken"]:
        with_key = Api(running, token, x_api_key=reader["x-api-key"])
        assert with_key("GET", "/machine/orders/SO-none")[0] in {401, 403}


def test_a_machine_needs_its_secret_and_gets_no_scope_but_its_own(running: Stack) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        users.machine(running, "orders/erase")
    without_secret = {**running.outputs, "MachineClientId": running.outputs["UserPoolClientId"]}
    with pytest.raises(KeyError, match="ClientSecret"):
        users.machine(Stack(running.endpoint_url, running.region, without_secret))


NOWHERE: dict[tuple[str, str], tuple[int, str]] = {
    ("GET", "/nothing"): (404, "not_found"),
    ("GET", "/"): (404, "not_found"),
    ("DELETE", "/orders"): (405, "method_not_allowed"),
    ("GET", "/orders/SO-1/payments"): (405, "method_not_allowed"),
}


@pytest.mark.parametrize(("method", "path"), NOWHERE)
def test_what_no_route_takes_is_refused_in_the_form_of_all_errors(
    payments: Api, method: str, path: str
) -> None:
    status, body = payments(method, path)
    assert (status, body["error"]["code"]) == NOWHERE[method, path]


def test_a_body_that_is_not_said_to_be_json_is_refused(payments: Api) -> None:
    status, body = payments("POST", "/tokens", {}, Content_Type="text/plain")
    assert (status, body["error"]["code"]) == (415, "unsupported_media_type")


def test_who_asks_more_than_the_stage_takes_is_told_to_wait(running: Stack) -> None:
    gateway, api_id = running.client("apigateway"), running.outputs["ApiUrl"].split("/")[-2]

    def limit(rate: int, burst: int) -> None:
        path = "/~1{proxy+}/GET/throttling"
        operations = [
            {"op": "replace", "path": f"{path}/rateLimit", "value": str(rate)},
            {"op": "replace", "path": f"{path}/burstLimit", "value": str(burst)},
        ]
        gateway.update_stage(restApiId=api_id, stageName="v1", patchOperations=operations)

    before = gateway.get_stage(restApiId=api_id, stageName="v1")["methodSettings"]["/{proxy+}/GET"]
    limit(0, 0)
    try:
        status, body = Api(running, None)("GET", "/nothing")
    finally:
        limit(int(before["throttlingRateLimit"]), before["throttlingBurstLimit"])
    assert (status, body["error"]["code"]) == (429, "throttled")


def test_without_the_audit_trail_reveals_fail_closed_and_orders_go_on(running: Stack, payments: Api) -> None:
    payments("POST", "/orders", order(order_id="SO-api-5"))
    number = kept(payments, "SO-api-5")["order"]["payment"]["card"]["number"]
    functions, name = running.client("lambda"), running.outputs["RevealFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"AUDIT_BUCKET": "not-there"}}
    )
    try:
        status, body = payments("POST", "/tokens/reveal", {"tokens": [number], "purpose": "charge"})
        assert (status, body["error"]["code"]) == (503, "unavailable")
        assert "41111111" not in json.dumps(body)
        assert payments("POST", "/orders", order(order_id="SO-api-6"))[0] == 202
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert payments("POST", "/tokens/reveal", {"tokens": [number], "purpose": "charge"})[0] == 200

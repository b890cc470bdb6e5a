"""The API behind Cognito on the deployed template, as somebody with a browser or curl meets it."""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from local import users
from local.deploy import STACK_NAME
from local.stack import Stack
from tests.e2e.conftest import Subscriber, audit_lines, eventually
from tests.samples import CANARIES, order

pytestmark = pytest.mark.e2e

Answer = tuple[int, dict[str, Any]]


class Api:
    """Calls the API as somebody who is signed in."""

    def __init__(self, on: Stack, token: str | None) -> None:
        self._url = on.outputs["ApiUrl"]
        self._token = token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if self._token is not None:
            sent["Authorization"] = self._token
        request = urllib.request.Request(self._url + path, data, sent, method=method)  # noqa: S310 -- the local stack's
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@pytest.fixture(scope="module")
def payments(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "payments"))


@pytest.fixture(scope="module")
def analytics(running: Stack) -> Api:
    return Api(running, users.sign_in(running, "analytics"))


def kept(api: Api, order_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def look() -> bool:
        status, body = api("GET", f"/orders/{order_id}")
        found.extend([body] if status == 200 else [])
        return bool(found)

    assert eventually(look)
    return found[0]


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


def test_a_key_that_was_used_for_another_event_is_refused_and_not_answered_as_if_it_were_taken(
    payments: Api,
) -> None:
    assert payments("POST", "/orders", order(), Idempotency_Key="key-4")[0] == 202
    status, body = payments("POST", "/orders", {**order(), "event_id": "another"}, Idempotency_Key="key-4")
    assert (status, body["error"]["message"]) == (400, "Idempotency-Key: it was used for another event")


def test_two_bodies_under_one_key_never_share_a_vault_record(payments: Api) -> None:
    first, second = (
        payments(
            "POST", "/tokens", {"values": [{"kind": "card_number", "value": number}]}, Idempotency_Key="key-5"
        )
        for number in ("4111111111111111", "5555555555554444")
    )
    tokens = [*first[1]["tokens"], *second[1]["tokens"]]
    answers = payments("POST", "/tokens/reveal", {"tokens": tokens, "purpose": "charge"})[1]["tokens"]
    assert [answers[token]["value"] for token in tokens] == ["4111111111111111", "5555555555554444"]


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


def test_who_waits_gets_the_sanitized_order_at_once_and_it_is_on_the_bus(
    running: Stack, payments: Api
) -> None:
    subscriber = Subscriber(running, "api-wait")
    wait = {"Prefer": "wait", "Idempotency_Key": "wait-1"}
    status, first = payments("POST", "/orders", order(order_id="SO-api-10"), **wait)
    assert status == 201
    assert not [canary for canary in CANARIES if canary.casefold() in json.dumps(first).casefold()]
    assert payments("POST", "/orders", order(order_id="SO-api-10"), **wait) == (201, first)
    events = subscriber.receive(2)
    assert [event["detail"] for event in events] == [first, first]
    status, body = payments(
        "POST", "/orders", order(order_id="SO-api-11", notes="n" * 500_000), Prefer="wait"
    )
    assert (status, body["error"]["code"]) == (413, "too_large")


def test_values_are_tokenized_by_kind_and_revealed_by_policy(running: Stack, payments: Api) -> None:
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
    assert [item["id"]["S"] for item in items if item["order_id"]["S"] == "SO-api-7"] == [first["payment_id"]]
    assert "4111111111111111" not in json.dumps(items) + json.dumps(first)
    assert payments("POST", "/orders/SO-none/payments", {}, Idempotency_Key="k")[0] == 404
    assert payments("POST", "/orders/SO-api-7/payments", {})[0] == 422


def test_an_order_without_a_card_or_with_a_bad_one_is_told_apart(payments: Api) -> None:
    payments("POST", "/orders", order(order_id="SO-api-8", payment={"method": "cash"}))
    bad = {"method": "card", "card": {"number": "4000000000000002", "expiry": "12/39", "holder": "X"}}
    payments("POST", "/orders", order(order_id="SO-api-9", payment=bad))
    kept(payments, "SO-api-8")
    kept(payments, "SO-api-9")
    status, body = payments("POST", "/orders/SO-api-8/payments", {}, Idempotency_Key="k")
    assert (status, body["error"]["code"]) == (409, "not_payable")
    status, body = payments("POST", "/orders/SO-api-9/payments", {}, Idempotency_Key="k")
    assert (status, body["status"], body["reason"]) == (201, "declined", "declined")


BAD: dict[str, tuple[Any, int, str]] = {
    "no JSON": (b"{", 422, "invalid_field"),
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
    assert set(body["paths"]) == {
        "/customers/{customer_id}",
        "/orders",
        "/orders/{order_id}",
        "/orders/{order_id}/payments",
        "/tokens",
        "/tokens/reveal",
    }


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def _unsigned(token: str) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(_claims(token))}."


def _resigned(token: str) -> str:
    head, body = _part({"alg": "HS256", "typ": "JWT"}), token.split(".")[1]
    mac = hmac.new(b"secret", f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _promoted(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{_part(_claims(token) | {'cognito:groups': ['payments']})}.{signature}"


def _expired(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{_part(_claims(token) | {'exp': 1})}.{signature}"


FORGERIES: dict[str, Callable[[str], str]] = {
    "alg none": _unsigned,
    "signed by somebody else": _resigned,
    "groups changed": _promoted,
    "expiry changed": _expired,
    "no token": lambda _: "",
    "no JWT": lambda _: "Bearer nonsense",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_token_that_cognito_did_not_give_is_refused(running: Stack, name: str) -> None:
    token = users.sign_in(running, "analytics")
    forged = Api(running, FORGERIES[name](token))
    assert forged("GET", "/orders/SO-none")[0] in {401, 403}
    assert Api(running, token)("GET", "/orders/SO-none")[0] == 404


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
        assert "4111" not in json.dumps(body)
        assert payments("POST", "/orders", order(order_id="SO-api-6"))[0] == 202
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert payments("POST", "/tokens/reveal", {"tokens": [number], "purpose": "charge"})[0] == 200

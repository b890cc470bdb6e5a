import json
from pathlib import Path
from typing import Any

import pytest

from handlers import api
from handlers.rest import models
from handlers.rest.answers import JSON, HttpError
from handlers.rest.callers import PUBLIC, SCOPES
from handlers.rest.gate import ELSEWHERE, request_caller
from tests.support.handlers import MACHINE, PERSON, Api, forget
from tests.support.samples import order
from tokenizer.errors import LASTING, Denied, OutOfTime, Refused, Throttled, Unavailable

MOST = 262_144
# Written out, not imported: what every answer carries, and who may ask what.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
PEOPLE: list[dict[str, list[str]]] = [{"person": []}]
SECURITY = {
    ("POST", "/orders"): PEOPLE,
    ("GET", "/orders/{order_id}"): PEOPLE,
    ("POST", "/orders/{order_id}/payments"): PEOPLE,
    ("POST", "/tokens"): PEOPLE,
    ("POST", "/tokens/reveal"): PEOPLE,
    ("DELETE", "/customers/{customer_id}"): PEOPLE,
    ("DELETE", "/orders/{order_id}"): PEOPLE,
    ("POST", "/value-erasures"): PEOPLE,
    ("POST", "/customer-lookups"): PEOPLE,
    ("POST", "/machine/orders"): [{"machine": ["orders/write"], "machineKey": []}],
    ("GET", "/machine/orders/{order_id}"): [{"machine": ["orders/read"], "machineKey": []}],
    ("POST", "/machine/tokens"): [{"machine": ["tokens/write"], "machineKey": []}],
}


def served(call: Api) -> list[tuple[str, str]]:
    paths = call("GET", "/openapi.json").body["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_a_request_that_no_token_came_with_reaches_no_route(call: Api) -> None:
    for method, path in served(call):
        answer = call(method, path, "{}")
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthorized"), path


# Requests that no route understands: (body, media type)
WRONG = (
    (None, JSON),
    ("{", JSON),
    ("{}", "text/plain"),
    ("9" * (MOST + 1), JSON),
)


@pytest.mark.parametrize(("body", "media_type"), WRONG)
def test_a_person_without_the_right_is_denied_however_wrong_the_request_is(
    call: Api, body: str | None, media_type: str
) -> None:
    nobody = PERSON | {"cognito:groups": []}
    for method, path in served(call):
        # An erasure has no body that could be wrong, but one of another type or one that is too large.
        understood = method == "DELETE" and media_type == JSON and len(body or "") < MOST
        if not path.startswith("/machine") and not understood:
            answer = call(method, path, body, nobody, Content_Type=media_type, Idempotency_Key="")
            assert (answer.status, answer.body["error"]["code"]) == (403, "denied"), path


def test_an_access_token_is_no_id_token(call: Api) -> None:
    people = [route for route in served(call) if not route[1].startswith("/machine")]
    assert [call(method, path, "{}", MACHINE).status for method, path in people] == [401] * len(people)


def test_an_id_token_is_no_access_token(call: Api) -> None:
    assert [call(method, path, "{}", PERSON).status for method, path in SCOPES] == [401] * len(SCOPES)


@pytest.mark.parametrize("route", SCOPES)
def test_a_machine_needs_the_scope_of_its_method(call: Api, route: tuple[str, str]) -> None:
    others = " ".join(scope for scope in SCOPES.values() if scope != SCOPES[route])
    answer = call(*route, "{}", MACHINE | {"scope": others})
    assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")


def test_a_machine_has_no_way_to_reveal_or_pay(call: Api) -> None:
    below = {path for _, path in served(call) if path.startswith("/machine")}
    assert below == {path for _, path in SCOPES}
    assert call("POST", "/machine/tokens/reveal", "{}", MACHINE).status == 403


@pytest.mark.parametrize("parameters", [None, {}, {"proxy": None}])
def test_the_root_which_has_no_resource_of_its_own_is_no_path(parameters: dict[str, None] | None) -> None:
    event = {"httpMethod": "GET", "resource": ELSEWHERE, "path": "/", "pathParameters": parameters}
    with pytest.raises(HttpError, match="there is no such path"):
        request_caller(event, {"/orders": frozenset({"POST"})}, lambda: pytest.fail("nobody is verified"))


def test_what_no_other_resource_takes_runs_no_route(call: Api) -> None:
    unsigned = call("POST", ELSEWHERE, json.dumps(order()), path="/orders")
    assert (unsigned.status, unsigned.headers["Allow"]) == (405, "POST")
    signed = call("GET", ELSEWHERE, claims=PERSON, path="/orders/SO-1/")
    assert (signed.status, signed.headers["Allow"]) == (405, "DELETE, GET")
    for refused in (unsigned, signed):
        assert refused.body == {
            "error": {"code": "method_not_allowed", "message": "this path takes another method"}
        }
    nowhere = call("GET", ELSEWHERE, path="/order")
    assert (nowhere.status, nowhere.body) == (
        404,
        {"error": {"code": "not_found", "message": "there is no such path"}},
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "malformed_json"),
        ('{"a":1,"a":2}', 400, "malformed_json"),
        ('{"a":NaN}', 400, "malformed_json"),
        ("[" * 200 + "]" * 200, 400, "malformed_json"),
        ('{"tokens":["t"],"purpose":"\\ud800"}', 400, "malformed_json"),
        ('{"tokens":["t"],"purpose":' + "9" * 5_000 + "}", 400, "malformed_json"),
        ("[]", 422, "invalid_field"),
        (None, 422, "invalid_field"),
        ('{"tokens":["t"],"purpose":"p","masked":"yes"}', 422, "invalid_field"),
        (" " * (MOST + 1), 413, "too_large"),
        ("é" * (MOST // 2 + 1), 413, "too_large"),
    ],
)
def test_a_body_that_is_not_understood_is_refused_by_its_own_code(
    call: Api, body: str | None, status: int, code: str
) -> None:
    answer = call("POST", "/tokens/reveal", body, PERSON)
    assert (answer.status, answer.body["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]
)
def test_a_body_of_another_media_type_is_refused(call: Api, media_type: str) -> None:
    answer = call("POST", "/tokens/reveal", "tokens=t", PERSON, Content_Type=media_type)
    assert (answer.status, answer.body["error"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["text/plain", "pplication/json", "multipart/form-data", "", JSON])
def test_without_a_body_the_media_type_says_nothing(call: Api, media_type: str) -> None:
    routes = [path for method, path in served(call) if method == "POST"]
    assert len(routes) >= 6
    for path in routes:
        # Without a key a payment, which has no body, gets no farther.
        who = MACHINE if path.startswith("/machine") else PERSON
        one, other = (call("POST", path, None, who, Content_Type=each) for each in (JSON, media_type))
        assert (one.status, one.body) == (other.status, other.body), path
        assert one.body.keys() == {"error"}


def test_a_payment_without_a_key_is_refused(call: Api) -> None:
    answer = call("POST", "/orders/{order_id}/payments", None, PERSON, path="/orders/SO-1/payments")
    assert (answer.status, answer.body["error"]["code"]) == (400, "invalid_request")


class FakeOrderService:
    """Fails in a way of the test's choice, or tells what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.callers: list[str] = []

    def take(self, data: bytes, caller: str, key: str | None) -> dict[str, Any]:
        self.callers.append(caller)
        if self.error:
            raise self.error
        return {"event_id": "e"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("idempotency_key_reused", "m"), 422, "idempotency_key_reused"),
        (Refused("idempotency_key_in_use", "m"), 409, "idempotency_key_in_use"),
        (Refused("not_found", "m"), 404, "not_found"),
        (Refused("not_payable", "m"), 409, "not_payable"),
        (Refused("names_nobody", "m"), 404, "names_nobody"),
        (Denied("canary"), 503, "unavailable"),
        (Throttled("canary"), 503, "unavailable"),
        (Unavailable("canary"), 503, "unavailable"),
        (OutOfTime("canary"), 503, "unavailable"),
        *((lasting("canary"), 500, "failed") for lasting in LASTING),
        (Refused("failed", "m"), 500, "failed"),
    ],
)
def test_errors_have_their_statuses(
    call: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    monkeypatch.setattr(api, "order_service", lambda _: FakeOrderService(error))
    answer = call("POST", "/orders", json.dumps(order()), PERSON)
    assert (answer.status, answer.body["error"]["code"]) == (status, code)
    assert "canary" not in json.dumps(answer.body)


def test_people_and_machines_are_served_by_one_route_under_their_own_names(
    call: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeOrderService()
    monkeypatch.setattr(api, "order_service", lambda _: desk)
    assert call("POST", "/orders", json.dumps(order()), PERSON).status == 202
    assert call("POST", "/machine/orders", json.dumps(order()), MACHINE).status == 202
    assert desk.callers == ["ann", "client"]


_CLOUD = {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "order.placed"}


@pytest.mark.parametrize(
    "body",
    [
        {**order(), "event_type": "order.vanished"},
        json.loads(Path("schemas/samples/order.refunded.1.json").read_text()),
        {**_CLOUD, "data": order()},
        {"id": "evt_1", "type": "checkout.session.completed", "created": 1782891000, "canary": "canary"},
        {},
    ],
    ids=["unknown type", "another type", "wrapped", "foreign", "empty"],
)
def test_what_is_no_order_in_its_own_envelope_is_sent_elsewhere(call: Api, body: dict[str, Any]) -> None:
    answer = call("POST", "/orders", json.dumps(body), PERSON)
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid_field")
    message = answer.body["error"]["message"]
    assert "an order.placed event in its own envelope is required" in message
    assert "docs/produce.md" in message
    assert "canary" not in message


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def test_every_answer_carries_the_security_headers(call: Api) -> None:
    answers = [
        call("GET", "/openapi.json"),
        call("GET", ELSEWHERE, path="/nothing"),
        call("POST", "/tokens", "{", PERSON),
        call("POST", "/tokens", "{}"),
    ]
    for answer in answers:
        assert answer.headers.items() >= SECURITY_HEADERS.items()
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_one_origin_may_be_allowed_and_no_other(call: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def asks(origin: str, path: str = "/orders") -> tuple[int, str | None]:
        answer = call("OPTIONS", ELSEWHERE, path=path, Origin=origin, Access_Control_Request_Method="POST")
        return answer.status, answer.headers.get("Access-Control-Allow-Methods")

    assert asks("https://shop.example.com") == (405, None)
    monkeypatch.setenv("ALLOWED_ORIGIN", "https://shop.example.com")
    forget()
    assert asks("https://shop.example.com") == (204, "POST")
    assert asks("https://evil.example.com") == (405, None)
    assert asks("https://shop.example.com", "/nothing") == (404, None)
    # A wrong method from a page of that origin is no preflight request.
    wrong = call("GET", ELSEWHERE, path="/orders", Origin="https://shop.example.com")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    answer = call("POST", "/orders", "{", PERSON, Origin="https://evil.example.com")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example.com"


def test_the_description_says_who_may_ask_what_and_what_is_answered(call: Api) -> None:
    described = call("GET", "/openapi.json").body
    schemes = described["components"]["securitySchemes"]
    assert set(schemes["machine"]["flows"]["clientCredentials"]["scopes"]) == set(SCOPES.values())
    tags = {tag["name"] for tag in described["tags"]}
    security = {
        (method.upper(), path): operation["security"]
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert security == SECURITY
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert set(operation["tags"]) <= tags
            assert {each for each in operation["responses"] if each >= "400"} == {
                *("400", "401", "403", "404", "405", "409", "413", "415", "422", "429"),
                *("500", "502", "503", "504"),
            }, path
    assert ("GET", "/openapi.json") in PUBLIC


def test_each_body_that_is_taken_is_described_with_an_example_that_is_taken(call: Api) -> None:
    described = call("GET", "/openapi.json").body
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for methods in described["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    }
    for name in bodies:
        (example,) = described["components"]["schemas"][name]["examples"]
        getattr(models, name).model_validate(example)
    assert bodies == {"FindRequest", "RawOrder", "RevealRequest", "TokensRequest", "ValueErasureRequest"}

"""Attacks by somebody who writes requests by hand: a path, a header or a body that two readers may understand differently."""

import base64
import http.client
import json
import urllib.parse
from itertools import product
from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.samples import order

pytestmark = pytest.mark.e2e

Headers = list[tuple[str, str]]
JSON = ("Content-Type", "application/json")
REFUSED = {400, 401, 403, 404, 405, 413, 415, 422}
# Somebody in no group may use none of these, however they are written.
PATHS = (
    "/orders/S-1",
    "/orders/S-1/",
    "//orders/S-1",
    "/orders//S-1",
    "/orders/%53-1",
    "/orders/S-1%2F",
    "/orders%2FS-1",
    "/orders/..%2Forders%2FS-1",
    "/orders/S-1%2F..%2F..%2Fopenapi.json",
    "/openapi.json/../orders/S-1",
    "/openapi.json%2F..%2Forders%2FS-1",
    "/openapi.json;/orders/S-1",
    "/openapi.json%00/orders/S-1",
    "/v1/orders/S-1",
    "/machine/orders/S-1",
    "/MACHINE/orders/S-1",
    "/Orders/S-1",
    "/orders/S-1%2Fpayments",
    "/orders/S-1/payments?x=/openapi.json",
    "/tokens/reveal%2F",
    "/tokens%2Freveal",
    "/customers/C-1%2F",
)


def asked(
    stack: Stack, method: str, path: str, headers: Headers, body: bytes | None = None
) -> tuple[int, Any]:
    """Sends a request as it is written; returns the status and the body."""
    at = urllib.parse.urlsplit(stack.outputs["ApiUrl"])
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=300)
    try:
        connection.putrequest(method, at.path + path)
        for name, value in [*headers, ("Content-Length", str(len(body or b"")))]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or "null")
    finally:
        connection.close()


@pytest.fixture(scope="module")
def placed(attacked: Stack) -> str:
    """Returns the token of somebody of the shop, whose order there is to read."""
    shop = users.sign_in(attacked, "shop")
    body = json.dumps(order(order_id="S-1")).encode()
    sent = [JSON, ("Authorization", shop), ("Prefer", "wait")]
    assert asked(attacked, "POST", "/orders", sent, body)[0] == 201
    return shop


@pytest.fixture(scope="module")
def nobody(attacked: Stack) -> str:
    """Returns the token of somebody who is in no group."""
    return users.sign_in(attacked)


@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_a_path_opens_a_route(attacked: Stack, placed: str, nobody: str, path: str) -> None:
    for method, signed in product(("GET", "POST", "DELETE"), ([], [("Authorization", nobody)])):
        status, body = asked(attacked, method, path, [JSON, ("Idempotency-Key", "s"), *signed])
        assert status in REFUSED, (method, body)
        assert body.keys() <= {"error", "message"}, (method, body)


def several(shop: str, nobody: str) -> dict[str, Headers]:
    """Returns headers with the token of somebody who may not ask, beside that of somebody who may."""
    return {
        "two": [("Authorization", shop), ("Authorization", nobody)],
        "two the other way round": [("Authorization", nobody), ("Authorization", shop)],
        "two cases": [("Authorization", nobody), ("authorization", shop)],
        "in one": [("Authorization", f"{nobody}, {shop}")],
        "in one with a space": [("Authorization", f"{nobody} {shop}")],
        "another header": [("Authorization", nobody), ("X-Amzn-Remapped-Authorization", shop)],
        "a forwarded header": [("Authorization", nobody), ("X-Forwarded-Authorization", shop)],
        "another scheme": [("Authorization", f"Basic {shop}")],
        "a cookie": [("Authorization", nobody), ("Cookie", f"Authorization={shop}")],
        "the other method": [("Authorization", nobody), ("X-HTTP-Method-Override", "GET")],
    }


@pytest.mark.parametrize("way", several("", ""))
def test_no_second_token_is_believed(attacked: Stack, placed: str, nobody: str, way: str) -> None:
    headers = several(placed, nobody)[way]
    status, body = asked(attacked, "GET", "/orders/S-1", headers)
    assert status in {400, 401, 403}, body
    assert body.keys() == {"error"}
    assert asked(attacked, "GET", "/orders/S-1", [("Authorization", placed)])[0] in {200, 404}


ORDER = json.dumps(order(order_id="S-many")).encode()
BODIES: dict[str, bytes] = {
    "a list of orders": b"[" + ORDER + b"," + ORDER + b"]",
    "two lines": ORDER + b"\n" + ORDER,
    "two orders": ORDER + ORDER,
    "base64": base64.b64encode(ORDER),
    "a text": json.dumps(ORDER.decode()).encode(),
    "a key twice": ORDER[:-1] + b',"event_id":"0192f0c8-1111-7abc-8def-000000000002"}',
    "UTF-16": ORDER.decode().encode("utf-16"),
    "a form": b"order=" + ORDER,
    "too large": ORDER[:-1] + b',"padding":"' + b"x" * 300_000 + b'"}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/orders", "/tokens"])
def test_a_request_has_one_order_and_no_other_form(
    attacked: Stack, placed: str, path: str, body: str
) -> None:
    status, answer = asked(attacked, "POST", path, [JSON, ("Authorization", placed)], BODIES[body])
    assert status in {400, 413, 422}, answer
    assert answer.keys() == {"error"}
    assert asked(attacked, "GET", "/orders/S-many", [("Authorization", placed)])[0] == 404

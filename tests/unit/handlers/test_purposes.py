"""Tests that no route takes a blank purpose. The routes are those of the API's own description."""

import json
from collections.abc import Iterator
from typing import Any

from tests.support.handlers import MACHINE, PERSON, Api

EVERYBODY = {**PERSON, "cognito:groups": ["shop", "payments", "support", "compliance"]}
BLANK = ("", " ", "\n", "\t \r\n", "\u3000", "\u00a0")


def _asking(call: Api) -> Iterator[tuple[str, str, dict[str, Any] | None, str]]:
    """Yields the method and path of each route with a purpose, the example of its body, and where the purpose is."""
    described = call("GET", "/openapi.json").body
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            names = {each["name"] for each in route.get("parameters", [])}
            if "purpose" in names:
                yield method.upper(), path, None, "query"
            body = (
                route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            )
            model = described["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
            if "purpose" in model.get("properties", {}):
                yield method.upper(), path, model["examples"][0], "body"


def _ask(call: Api, method: str, path: str, example: dict[str, Any] | None, purpose: str) -> Any:
    where = path.replace("{customer_id}", "C-77").replace("{order_id}", "SO-77")
    if example is None:
        return call(method, path, claims=EVERYBODY, path=where, query={"purpose": purpose})
    body = json.dumps({**example, "purpose": purpose})
    claims = MACHINE if path.startswith("/machine/") else EVERYBODY
    return call(method, path, body, claims, where, content_type="application/json")


def test_every_route_with_a_purpose_refuses_a_blank_one(call: Api) -> None:
    asking = list(_asking(call))
    assert {path for _, path, *_ in asking} >= {
        "/tokens",
        "/tokens/reveal",
        "/customer-lookups",
        "/customers/{customer_id}",
        "/orders/{order_id}",
        "/value-erasures",
    }
    for method, path, example, _ in asking:
        for purpose in BLANK:
            answer = _ask(call, method, path, example, purpose)
            assert (path, purpose, answer.status) == (path, purpose, 422)
            assert answer.body["error"]["code"] == "invalid_field"
            assert "purpose" in answer.body["error"]["message"]

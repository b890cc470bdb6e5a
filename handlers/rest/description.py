"""Adds to the API's OpenAPI description what is not generated from the routes."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.models import (
    APIKey,
    APIKeyIn,
    HTTPBearer,
    OAuth2,
    OAuthFlowClientCredentials,
    OAuthFlows,
    SecurityScheme,
    Server,
    Tag,
)

from handlers.rest.callers import SCOPES
from handlers.rest.gate import Methods
from schemas.base import Envelope
from schemas.events.order_placed_v1 import GUESTS
from schemas.events.order_placed_v1 import OrderPlaced as OrderPlacedV1
from schemas.events.order_placed_v2 import OrderPlaced as OrderPlacedV2

_TIMESTAMP = Envelope.model_json_schema()["properties"]["occurred_at"]["pattern"]

_MOST = 2**63 - 1  # of an id that is a number; as a float it would be one more
_BEFORE_GUESTS = [each.__module__.replace(".", "__") for each in (OrderPlacedV1, OrderPlacedV2)]
ORDERS, PAYMENTS, TOKENS, CUSTOMERS = "orders", "payments", "tokens", "customers"
PEOPLE: list[dict[str, list[str]]] = [{"person": []}]


def machines(scope: str) -> list[dict[str, list[str]]]:
    """Returns the OpenAPI security that a machine needs."""
    return [{"machine": [scope], "machineKey": []}]


def _schemes(token_url: str) -> dict[str, SecurityScheme]:
    scopes = {scope: f"{method} {path}" for (method, path), scope in SCOPES.items()}
    flow = OAuthFlowClientCredentials(tokenUrl=token_url, scopes=scopes)
    return {
        "person": HTTPBearer(
            bearerFormat="JWT", description="A Cognito ID token, with `Bearer` before it or without."
        ),
        "machine": OAuth2(flows=OAuthFlows(clientCredentials=flow), description="A Cognito access token."),
        "machineKey": APIKey(
            in_=APIKeyIn.header, name="x-api-key", description="Counts against the usage plan."
        ),
    }


def described(app: APIGatewayRestResolver, token_url: str) -> str:
    """Returns the description as JSON.

    Args:
        app: the app with the routes.
        token_url: the URL where machines get their tokens.
    """
    text = app.get_openapi_json_schema(
        title="Order tokenizer",
        version="1",
        description="Takes raw orders. Everything that it returns is sanitized, except reveals, which policies decide.",
        tags=[
            Tag(name=ORDERS, description="Takes raw orders and returns sanitized ones."),
            Tag(name=PAYMENTS, description="Charges the cards behind orders."),
            Tag(name=TOKENS, description="Tokenizes single values, and reveals them by policy."),
            Tag(name=CUSTOMERS, description="Finds and erases customers, and erases values."),
        ],
        # Relative to the address of this description, so that it holds on every stage, domain and the local stack.
        servers=[Server(url=".")],
        security_schemes=_schemes(token_url),
    )
    description = json.loads(text)
    schemas = description["components"]["schemas"]
    _allow_guests(schemas)
    _mend_bounds(schemas)
    for schema in schemas.values():
        for each in schema.get("properties", {}).values():
            # The events' own schemas can't express a date of the calendar, but their models check it.
            if each.get("pattern") == _TIMESTAMP:
                each["format"] = "date-time"
    return json.dumps(description)


def _allow_guests(schemas: dict[str, Any]) -> None:
    """Describes what `schemas.guests` reads: in the first versions null may stand for the customer, and more for its id."""
    for name in _BEFORE_GUESTS:
        _, customer, customer_id = GUESTS.subject
        order, who = schemas[f"{name}__Order"], schemas[f"{name}__Customer"]
        for each, key, more in (
            (order, customer, [{"type": "null"}]),
            (who, customer_id, [{"type": "null"}, {"const": ""}, {"const": 0}]),
        ):
            each["properties"][key] = {"anyOf": [each["properties"][key], *more]}


def _mend_bounds(node: Any) -> None:
    """Makes bounds of integers integers again, which Powertools keeps as floats."""
    if isinstance(node, list):
        for each in node:
            _mend_bounds(each)
    elif isinstance(node, dict):
        if node.get("type") == "integer":
            node |= {key: min(int(node[key]), _MOST) for key in ("minimum", "maximum") if key in node}
        for each in node.values():
            _mend_bounds(each)


def methods(description: str) -> Methods:
    """Returns the methods of each path."""
    paths: dict[str, dict[str, object]] = json.loads(description)["paths"]
    return {path: frozenset(each.upper() for each in served) for path, served in paths.items()}

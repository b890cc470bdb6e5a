"""Adds to the API's OpenAPI description what is not generated from the routes."""

import json

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

_TIMESTAMP = Envelope.model_json_schema()["properties"]["occurred_at"]["pattern"]

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
            Tag(name=CUSTOMERS, description="Erases customers."),
        ],
        # Relative to the address of this description, so that it holds on every stage, domain and the local stack.
        servers=[Server(url=".")],
        security_schemes=_schemes(token_url),
    )
    description = json.loads(text)
    for schema in description["components"]["schemas"].values():
        for each in schema.get("properties", {}).values():
            # The events' own schemas can't express a date of the calendar, but their models check it.
            if each.get("pattern") == _TIMESTAMP:
                each["format"] = "date-time"
    return json.dumps(description)


def methods(description: str) -> Methods:
    """Returns the methods of each path."""
    paths: dict[str, dict[str, object]] = json.loads(description)["paths"]
    return {path: frozenset(each.upper() for each in served) for path, served in paths.items()}

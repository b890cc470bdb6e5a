"""The API's OpenAPI description, as far as it is not generated from the routes."""

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
    """What a machine has to show."""
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
    """The description, as JSON.

    Args:
        app: has the routes.
        token_url: where machines get their tokens.
    """
    text = app.get_openapi_json_schema(
        title="Order tokenizer",
        version="1",
        description="Raw orders in; everything that comes out is sanitized, but for reveals, which policies judge.",
        tags=[
            Tag(name=ORDERS, description="Raw orders in, sanitized orders out."),
            Tag(name=PAYMENTS, description="Charges the cards behind orders."),
            Tag(name=TOKENS, description="Single values in, and back out by policy."),
            Tag(name=CUSTOMERS, description="Erasure."),
        ],
        # Relative to where this is served, so that it holds on every stage, domain and the local stack.
        servers=[Server(url=".")],
        security_schemes=_schemes(token_url),
    )
    description = json.loads(text)
    for schema in description["components"]["schemas"].values():
        for each in schema.get("properties", {}).values():
            # What the events' own schemas don't say and their models check: a date of the calendar.
            if each.get("pattern") == _TIMESTAMP:
                each["format"] = "date-time"
    return json.dumps(description)


def methods(description: str) -> Methods:
    """Which methods each path takes."""
    paths: dict[str, dict[str, object]] = json.loads(description)["paths"]
    return {path: frozenset(each.upper() for each in served) for path, served in paths.items()}

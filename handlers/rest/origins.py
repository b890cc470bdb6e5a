"""Answers CORS requests of the one origin that the stack may allow, and of no other."""

from typing import Any

from handlers.rest.answers import HEADERS
from handlers.rest.callers import header
from handlers.rest.gate import Methods, allowed

_ASKED_HEADERS = "Authorization, Content-Type, Idempotency-Key, Prefer"
_SECONDS = "600"


def preflight(event: dict[str, Any], origin: str, methods: Methods) -> dict[str, Any] | None:
    """Returns the answer to a browser's preflight request, or None if it is none of the allowed origin."""
    path = "/" + ((event.get("pathParameters") or {}).get("proxy") or "")
    if not origin or event["httpMethod"] != "OPTIONS" or header(event, "origin") != origin:
        return None
    served = allowed(path, methods)
    if not served:
        return None
    headers = HEADERS | {
        "Access-Control-Allow-Methods": ", ".join(served),
        "Access-Control-Allow-Headers": _ASKED_HEADERS,
        "Access-Control-Max-Age": _SECONDS,
    }
    return {
        "statusCode": 204,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": "",
        "isBase64Encoded": False,
    }


def shown(answer: dict[str, Any], origin: str) -> dict[str, Any]:
    """Returns an answer that pages of the origin may read; unchanged if no origin is allowed."""
    if not origin:
        return answer
    headers = answer["multiValueHeaders"] | {"Access-Control-Allow-Origin": [origin], "Vary": ["Origin"]}
    return answer | {"multiValueHeaders": headers}

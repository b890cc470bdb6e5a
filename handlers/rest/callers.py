"""Identifies the caller by the token in `Authorization`, which is verified here. Nothing else of a request names one.

API Gateway verifies it too, and passes its claims on. But anybody who may invoke the function could make claims up.
Besides, API Gateway accepts both ID and access tokens of the pool if a method names no scope, and an access token has
no groups. So people come with an ID token, and machines with an access token of the scope that their method needs.
"""

from collections.abc import Callable
from typing import Any, Protocol

from handlers.rest.answers import HttpError
from tokenizer.callers import Caller
from tokenizer.errors import Refused

# The scope that a machine's token needs; template.yaml gives API Gateway the same.
SCOPES = {
    ("POST", "/machine/orders"): "orders/write",
    ("GET", "/machine/orders/{order_id}"): "orders/read",
    ("POST", "/machine/tokens"): "tokens/write",
}
PUBLIC = frozenset({("GET", "/openapi.json")})
_MACHINES = "/machine/"


class TokenVerifier(Protocol):
    """Verifies the tokens of the user pool."""

    def person(self, token: str) -> Caller:
        """Returns the person whom an ID token names."""
        ...

    def machine(self, token: str) -> Caller:
        """Returns the machine whom an access token names, with the token's scopes."""
        ...


def verified_caller(event: dict[str, Any], tokens: TokenVerifier) -> Caller:
    """Returns the caller of a request.

    Args:
        event: the event of API Gateway's proxy integration.
        tokens: verifies the token.

    Raises:
        HttpError: the caller may not ask.
        PipelineError: the keys that verify tokens can't be read.
    """
    if not event["resource"].startswith(_MACHINES):
        return _named(tokens.person, sent_token(event))
    caller = _named(tokens.machine, sent_token(event))
    needed = SCOPES.get((event["httpMethod"], event["resource"]))
    if needed is None or needed not in caller.scopes:
        raise HttpError(403, "forbidden", f"the token's scope does not reach: {needed or 'none does'}")
    return caller


def sent_token(event: dict[str, Any]) -> str:
    """Returns the token of a request. API Gateway takes it with `Bearer`, too.

    Raises:
        HttpError: there is none, or there are several.
    """
    sent = {value.strip() for value in _headers(event, "authorization")}
    if len(sent) > 1:
        raise HttpError(401, "unauthorized", "send one token in Authorization")
    *scheme, token = "".join(sent).split() or [""]
    if not token or [each.lower() for each in scheme] not in ([], ["bearer"]):
        raise HttpError(401, "unauthorized", "sign in: a token is needed in Authorization")
    return token


def header(event: dict[str, Any], name: str) -> str | None:
    """Returns a header of a request, whatever the case of its name."""
    return next((value for key, value in (event.get("headers") or {}).items() if key.lower() == name), None)


def _headers(event: dict[str, Any], name: str) -> list[str]:
    """Returns all values of a header. Where API Gateway says only one of several, it is the last."""
    single = [value for key, value in (event.get("headers") or {}).items() if key.lower() == name]
    several = (event.get("multiValueHeaders") or {}).items()
    return single + [value for key, values in several if key.lower() == name for value in values]


def _named(verify: Callable[[str], Caller], token: str) -> Caller:
    try:
        return verify(token)
    except Refused as refused:
        raise HttpError(401, refused.code, refused.message) from None

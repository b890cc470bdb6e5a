"""Who is asking, by the claims that API Gateway has verified; a request without them is nobody's.

API Gateway lets both ID and access tokens of the pool through where a method names no scope, and an access token tells no groups. So it is
checked here that people came with an ID token and machines with an access token of the scope that their method needs.
"""

from typing import Any

from handlers.rest.answers import HttpError
from tokenizer.callers import Caller

# What a machine's token must allow; template.yaml tells API Gateway the same.
SCOPES = {
    ("POST", "/machine/orders"): "orders/write",
    ("GET", "/machine/orders/{order_id}"): "orders/read",
    ("POST", "/machine/tokens"): "tokens/write",
}
PUBLIC = frozenset({("GET", "/openapi.json")})
_MACHINES = "/machine/"


def verified_caller(event: dict[str, Any]) -> Caller:
    """Who sent a request.

    Raises:
        HttpError: nobody who may.
    """
    claims: dict[str, Any] = ((event["requestContext"].get("authorizer") or {}).get("claims")) or {}
    name, use = str(claims.get("sub") or ""), claims.get("token_use")
    if event["resource"].startswith(_MACHINES):
        return _machine(name, use, claims, SCOPES.get((event["httpMethod"], event["resource"])))
    if not name or use != "id":
        raise HttpError(401, "unauthorized", "sign in: an ID token is needed in Authorization")
    # Cognito signs `amr` into ID tokens where it has rolled that out; elsewhere nobody counts as having used a second factor.
    mfa = "mfa" in _listed(claims.get("amr"))
    return Caller(name, tuple(_listed(claims.get("cognito:groups"))), mfa)


def _listed(claim: Any) -> list[str]:
    """A claim that is an array; API Gateway makes a text of it."""
    return claim if isinstance(claim, list) else str(claim or "").strip("[]").replace(",", " ").split()


def _machine(name: str, use: str | None, claims: dict[str, Any], needed: str | None) -> Caller:
    if not name or use != "access":
        raise HttpError(401, "unauthorized", "an access token of a machine client is needed in Authorization")
    if needed is None or needed not in str(claims.get("scope") or "").split():
        raise HttpError(403, "forbidden", f"the token's scope does not reach: {needed or 'none does'}")
    return Caller(name)

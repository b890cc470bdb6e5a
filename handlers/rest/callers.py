"""Identifies the caller by the claims that API Gateway has verified. A request without claims is refused.

API Gateway accepts both ID and access tokens of the pool if a method names no scope, and an access token has no groups.
So this file checks that people came with an ID token, and machines with an access token of the scope that their method
needs.
"""

from typing import Any

from handlers.rest.answers import HttpError
from tokenizer.callers import IAM, Caller

# The scope that a machine's token needs; template.yaml gives API Gateway the same.
SCOPES = {
    ("POST", "/machine/orders"): "orders/write",
    ("GET", "/machine/orders/{order_id}"): "orders/read",
    ("POST", "/machine/tokens"): "tokens/write",
}
PUBLIC = frozenset({("GET", "/openapi.json")})
_MACHINES = "/machine/"


def verified_caller(event: dict[str, Any]) -> Caller:
    """Returns the caller of a request.

    Raises:
        HttpError: the caller may not ask.
    """
    claims: dict[str, Any] = ((event["requestContext"].get("authorizer") or {}).get("claims")) or {}
    name, use = str(claims.get("sub") or ""), claims.get("token_use")
    if event["resource"].startswith(_MACHINES):
        return _machine(name, use, claims, SCOPES.get((event["httpMethod"], event["resource"])))
    if not name or use != "id":
        raise HttpError(401, "unauthorized", "sign in: an ID token is needed in Authorization")
    # Cognito signs `amr` into ID tokens where that feature is available. Elsewhere nobody counts as having used a
    # second factor.
    mfa = "mfa" in _listed(claims.get("amr"))
    # A group of the pool that is called like IAM's makes nobody a member of IAM's.
    groups = tuple(each for each in _listed(claims.get("cognito:groups")) if each != IAM)
    return Caller(name, groups, mfa)


def id_token(event: dict[str, Any]) -> str:
    """Returns the token of a request, for functions that verify it themselves. API Gateway takes it with `Bearer`, too.

    Raises:
        HttpError: there is none.
    """
    scheme, _, rest = (header(event, "authorization") or "").strip().partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else scheme
    if not token:
        raise HttpError(401, "unauthorized", "sign in: an ID token is needed in Authorization")
    return token


def header(event: dict[str, Any], name: str) -> str | None:
    """Returns a header of a request, whatever the case of its name."""
    return next((value for key, value in (event.get("headers") or {}).items() if key.lower() == name), None)


def _listed(claim: Any) -> list[str]:
    """Returns the elements of a claim that is an array, which API Gateway turns into text."""
    if isinstance(claim, list):
        return [each for each in claim if isinstance(each, str)]
    return str(claim or "").strip("[]").replace(",", " ").split()


def _machine(name: str, use: str | None, claims: dict[str, Any], needed: str | None) -> Caller:
    if not name or use != "access":
        raise HttpError(401, "unauthorized", "an access token of a machine client is needed in Authorization")
    scopes = str(claims.get("scope") or "").split()
    if needed is None or needed not in scopes:
        raise HttpError(403, "forbidden", f"the token's scope does not reach: {needed or 'none does'}")
    return Caller(name, scopes=tuple(scopes))

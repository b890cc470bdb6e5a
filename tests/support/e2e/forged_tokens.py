"""Forges tokens: what somebody makes of a token of their own to be somebody else."""

import base64
import json
from typing import Any

import jwt

from tests.support.pool_tokens import private_key


def claims_of(token: str) -> dict[str, Any]:
    """Returns the claims of a token, whoever signed it."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def by_another_key(token: str) -> str:
    """Claims of everybody's groups, signed by the attacker under the name of the pool's key."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), private_key(), algorithm="RS256", headers=headers)


def by_no_key(token: str) -> str:
    """Claims of everybody's groups, signed by nobody."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), "", algorithm="none", headers=headers)


def by_the_name_of_the_key(token: str) -> str:
    """Claims of everybody's groups, under an HMAC whose secret is what everybody knows of the pool's key."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), headers["kid"] * 2, algorithm="HS256", headers=headers)


def by_a_key_at_a_path(token: str) -> str:
    """Claims of everybody's groups, signed by the attacker under a key that is no key's name."""
    return jwt.encode(_chief(token), private_key(), algorithm="RS256", headers={"kid": "../../dev/null"})


def with_other_claims(token: str) -> str:
    """Claims of everybody's groups in the place of one's own, with the signature left as it was."""
    header, _, signature = token.split(".")
    body = base64.urlsafe_b64encode(json.dumps(_chief(token)).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def _chief(token: str) -> dict[str, Any]:
    groups = ["compliance", "payments", "shop", "support"]
    scopes = "orders/write orders/read tokens/write tokens/look_up"
    return claims_of(token) | {"cognito:groups": groups, "amr": ["mfa"], "scope": scopes}


FORGERIES = (by_another_key, by_no_key, by_the_name_of_the_key, by_a_key_at_a_path, with_other_claims)

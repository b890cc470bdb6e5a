"""Forges ID tokens of compliance out of one that the attacker has."""

import base64
import json
from typing import Any

import jwt

from tests.support.id_tokens import private_key


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def by_another_key(token: str) -> str:
    """Claims of compliance, signed by the attacker under the name of the pool's key."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), private_key(), algorithm="RS256", headers=headers)


def by_no_key(token: str) -> str:
    """Claims of compliance, signed by nobody."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), "", algorithm="none", headers=headers)


def by_the_pools_public_key(token: str) -> str:
    """Claims of compliance, under an HMAC whose secret is what everybody knows of the pool's key."""
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(_chief(token), headers["kid"] * 2, algorithm="HS256", headers=headers)


def with_other_claims(token: str) -> str:
    """Claims of compliance in the place of one's own, with the signature left as it was."""
    header, _, signature = token.split(".")
    body = base64.urlsafe_b64encode(json.dumps(_chief(token)).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


def _chief(token: str) -> dict[str, Any]:
    return claims_of(token) | {"cognito:groups": ["compliance", "payments"], "amr": ["mfa"]}


FORGERIES = (by_another_key, by_no_key, by_the_pools_public_key, with_other_claims)

"""A user pool of the tests' own: its keys, the object that functions read them from, and the tokens that it signs."""

import base64
import time
from functools import cache
from io import BytesIO
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from tokenizer import json_text
from tokenizer.aws.authorization.pool_tokens import PoolTokens
from tokenizer.aws.authorization.sign_in_keys import OBJECT, SignInKeys

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool"
CLIENT = "client-of-people"
BUCKET = "orders-sign-in"
_TIMES = ("iat", "exp", "nbf", "auth_time")


@cache
def private_key(name: str = "first") -> RSAPrivateKey:
    """Returns a key of that name; made once, since that takes a tenth of a second."""
    return generate_private_key(65537, 2048)


def public(name: str = "first", **changes: Any) -> dict[str, Any]:
    """Returns the public half of a key as the pool serves it."""
    key: dict[str, Any] = RSAAlgorithm.to_jwk(private_key(name).public_key(), as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": name, "n": key["n"], "e": key["e"]} | changes


def claims(**changes: Any) -> dict[str, Any]:
    """Returns the claims of an ID token of Ann's, who signed in a minute ago.

    A change to None leaves a claim out. A time is told in seconds from now.
    """
    now = int(time.time())
    changes |= {name: now + changes[name] for name in _TIMES if type(changes.get(name)) is int}
    made = {
        "sub": "ann",
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "iat": now - 60,
        "auth_time": now - 60,
        "exp": now + 3540,
        "cognito:groups": ["compliance"],
        "amr": ["pwd", "otp", "mfa"],
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def token(key: str = "first", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """Returns an ID token that a key has signed."""
    return jwt.encode(
        claims(**changes), private_key(key), algorithm="RS256", headers={"kid": key} | (headers or {})
    )


def machine_claims(**changes: Any) -> dict[str, Any]:
    """Returns the claims of an access token that a machine client got for itself; changes as for people."""
    now = int(time.time())
    changes |= {name: now + changes[name] for name in _TIMES if type(changes.get(name)) is int}
    made = {
        "sub": "client",
        "iss": ISSUER,
        "client_id": "client",
        "token_use": "access",
        "scope": "orders/write orders/read tokens/write",
        "iat": now - 60,
        "auth_time": now - 60,
        "exp": now + 3540,
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def access_token(key: str = "first", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """Returns a machine's access token that a key has signed."""
    made = machine_claims(**changes)
    return jwt.encode(made, private_key(key), algorithm="RS256", headers={"kid": key} | (headers or {}))


def part(content: bytes) -> str:
    """Returns a part of a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Objects:
    """The bucket with the keys; `down` makes it unreachable."""

    def __init__(self, *names: str) -> None:
        self.content: Any = {"issuer": ISSUER, "client_id": CLIENT, "keys": [public(each) for each in names]}
        self.down = False
        self.reads = 0

    def get_object(self, **asked: str) -> dict[str, Any]:
        assert asked == {"Bucket": BUCKET, "Key": OBJECT}
        self.reads += 1
        if self.down:
            raise ConnectionError
        return {"Body": BytesIO(json_text.dump_text(self.content).encode())}


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at


def pool_tokens(objects: Objects, clock: Clock | None = None) -> PoolTokens:
    """Returns what verifies this pool's tokens."""
    now = clock or Clock()
    return PoolTokens(SignInKeys(objects, BUCKET, now), now)  # type: ignore[arg-type]  # all that is asked of S3

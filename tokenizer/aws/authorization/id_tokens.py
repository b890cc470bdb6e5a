"""Verifies the ID tokens that the user pool signs. So a function knows its caller, and need not believe the API.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
has the steps. The signature and the standard claims are checked by PyJWT.
"""

import time
from collections.abc import Callable
from typing import Any

import jwt

from tokenizer.aws.authorization.sign_in_keys import ALGORITHM, SignInKeys
from tokenizer.callers import IAM, Caller
from tokenizer.errors import Refused

LEEWAY_SECONDS = 30  # by which the pool's clock and ours may differ
MFA_SECONDS = 900  # for which a sign-in with a second factor counts as one; then the caller signs in again
_CLAIMS = ["sub", "iss", "aud", "exp", "iat", "auth_time", "token_use"]
_SECOND_FACTOR = "mfa"  # RFC 8176, section 2


class IdTokens:
    """Tells who the caller is by an ID token.

    Args:
        keys: the pool's keys.
        now: returns the time in seconds since 1970.
    """

    def __init__(self, keys: SignInKeys, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._now = now

    def caller(self, token: str) -> Caller:
        """Returns the caller whom the pool signed the token for.

        Raises:
            Refused: the token is not an ID token of the pool and the client, or it is not valid now. All faults are
                refused in the same words.
            PipelineError: the keys can't be read.
        """
        try:
            claims = self._verified(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):  # a forged token may hold any JSON
            raise _refused() from None
        if claims["token_use"] != "id" or not claims["sub"]:  # noqa: S105 -- the kind of a token
            raise _refused()
        # A group of the pool that is called like IAM's makes nobody a member of IAM's.
        groups = tuple(each for each in _texts(claims.get("cognito:groups")) if each != IAM)
        return Caller(claims["sub"], groups, self._second_factor(claims))

    def _verified(self, token: str) -> dict[str, Any]:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str):
            raise jwt.InvalidTokenError
        sign_in = self._keys.for_key(key_id)
        if key_id not in sign_in.keys:
            raise jwt.InvalidTokenError
        claims: dict[str, Any] = jwt.decode(
            token,
            sign_in.keys[key_id],
            algorithms=[ALGORITHM],
            audience=sign_in.client_id,
            issuer=sign_in.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": _CLAIMS, "strict_aud": True},
        )
        return claims

    def _second_factor(self, claims: dict[str, Any]) -> bool:
        """Returns True if the caller signed in with a second factor, and lately.

        A refreshed token keeps the time of the sign-in. Where the pool signs no `amr`, nobody counts as having used a
        second factor.
        """
        signed_in = claims["auth_time"]
        if not isinstance(signed_in, int) or isinstance(signed_in, bool):
            return False
        age = self._now() - signed_in
        return _SECOND_FACTOR in _texts(claims.get("amr")) and -LEEWAY_SECONDS <= age <= MFA_SECONDS


def _texts(claim: object) -> list[str]:
    return [each for each in claim if isinstance(each, str)] if isinstance(claim, list) else []


def _refused() -> Refused:
    return Refused("unauthorized", "the ID token is not accepted; sign in again")

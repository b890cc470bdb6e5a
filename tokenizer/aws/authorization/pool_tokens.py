"""Verifies the tokens that the user pool signs. So a function knows its caller, and need not believe who invokes it.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
has the steps. The signature and the standard claims are checked by PyJWT.
"""

import time
from collections.abc import Callable
from typing import Any, Literal

import jwt

from tokenizer.aws.authorization.sign_in_keys import ALGORITHM, SignInKeys
from tokenizer.callers import IAM, Caller
from tokenizer.errors import Refused

LEEWAY_SECONDS = 30  # by which the pool's clock and ours may differ
MFA_SECONDS = 900  # for which a sign-in with a second factor counts as one; then the caller signs in again
_SECOND_FACTOR = "mfa"  # RFC 8176, section 2

Use = Literal["id", "access"]
_CLAIMS: dict[Use, list[str]] = {
    "id": ["sub", "iss", "aud", "exp", "iat", "auth_time", "token_use"],
    "access": ["sub", "iss", "client_id", "exp", "iat", "token_use"],  # the pool signs no `aud` into them
}
_REFUSALS: dict[Use, str] = {
    "id": "the ID token is not accepted; sign in again",
    "access": "the access token is not accepted; get another one",
}


class PoolTokens:
    """Tells who the caller is: a person by an ID token, a machine by an access token.

    Args:
        keys: the pool's keys.
        now: returns the time in seconds since 1970.
    """

    def __init__(self, keys: SignInKeys, now: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._now = now

    def person(self, token: str) -> Caller:
        """Returns the person whom the pool signed an ID token for.

        Raises:
            Refused: the token is not an ID token of the pool and the client, or it is not valid now. All faults are
                refused in the same words.
            PipelineError: the keys can't be read.
        """
        claims = self._claims(token, "id")
        # A group of the pool that is called like IAM's makes nobody a member of IAM's.
        groups = tuple(each for each in _texts(claims.get("cognito:groups")) if each != IAM)
        return Caller(claims["sub"], groups, self._second_factor(claims))

    def machine(self, token: str) -> Caller:
        """Returns the machine client that the pool signed an access token for, with the token's scopes.

        People have access tokens too. Only a client that signed in for itself is the subject of its own token.

        Raises:
            Refused: the token is not an access token of a client of the pool, or it is not valid now. All faults are
                refused in the same words.
            PipelineError: the keys can't be read.
        """
        claims = self._claims(token, "access")
        if claims["client_id"] != claims["sub"]:
            raise _refused("access")
        scope = claims.get("scope")
        return Caller(claims["sub"], scopes=tuple(scope.split()) if isinstance(scope, str) else ())

    def _claims(self, token: str, use: Use) -> dict[str, Any]:
        """Returns the claims of a valid token of that use."""
        try:
            claims = self._verified(token, use)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):  # a forged token may hold any JSON
            raise _refused(use) from None
        if claims["token_use"] != use or not claims["sub"]:
            raise _refused(use)
        return claims

    def _verified(self, token: str, use: Use) -> dict[str, Any]:
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
            audience=sign_in.client_id if use == "id" else None,
            issuer=sign_in.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": _CLAIMS[use], "strict_aud": use == "id"},
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


def _refused(use: Use) -> Refused:
    return Refused("unauthorized", _REFUSALS[use])

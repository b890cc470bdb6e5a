"""Keeps the user pool's public keys in an S3 object, and reads them from there.

The functions that verify callers have no way to the internet, and a pool with a domain has no private endpoint. So a
function outside of the network fetches the keys on a schedule, and writes the object, which only it may write.
"""

import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from tokenizer import json_text
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import InvalidRequest, Unavailable
from tokenizer.messages.base import parse_message
from tokenizer.messages.sign_in_keys import SIGN_IN_KEYS, SignInKey, SignInKeysMessage

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

ALGORITHM = "RS256"  # the only one that Cognito signs with; a token can't choose another
OBJECT = "sign-in-keys.json"
KEPT_SECONDS = (
    300.0  # that keys are used before they are read again, and so that a withdrawn key goes on working
)
AGAIN_SECONDS = 10.0  # between two reads for keys that are not known; forged tokens may name any
_FETCH_SECONDS = 10
_MOST_BYTES = 65_536  # of the pool's answer, which has about 1,000


@dataclass(frozen=True, slots=True)
class SignIn:
    """Describes who signs ID tokens, and whom they are for.

    Args:
        issuer: as in the claim `iss`.
        client_id: as in the claim `aud`.
        keys: the public keys, by their ids.
    """

    issuer: str
    client_id: str
    keys: Mapping[str, RSAPublicKey]


class SignInKeys:
    """Reads the keys, and keeps them for a while."""

    def __init__(self, s3: "S3Client", bucket: str, now: Callable[[], float] = time.time) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._now = now
        self._kept: SignIn | None = None
        self._at = 0.0

    def for_key(self, key_id: str) -> SignIn:
        """Returns who signs, with the keys; read again if this one is not among them, but not for each forged token.

        Raises:
            PipelineError: the keys can't be read. Those that were read before are used for `KEPT_SECONDS` and no longer.
        """
        age = self._now() - self._at
        kept = self._kept if 0 <= age < KEPT_SECONDS else None
        if kept is not None and (key_id in kept.keys or age < AGAIN_SECONDS):
            return kept
        self._kept, self._at = self._read(), self._now()
        return self._kept

    @translated("reading the sign-in keys")
    def _read(self) -> SignIn:
        body = self._s3.get_object(Bucket=self._bucket, Key=OBJECT)["Body"].read()
        try:
            found = parse_message(SIGN_IN_KEYS, json_text.parse(body))
        except InvalidRequest:
            raise Unavailable("the sign-in keys are of no known form") from None
        keys = {each.kid: _public(each) for each in found.keys}
        return SignIn(found.issuer, found.client_id, keys)


def _public(key: SignInKey) -> RSAPublicKey:
    return cast(
        "RSAPublicKey", RSAAlgorithm.from_jwk(key.model_dump())
    )  # there is no field for a private key


@translated("writing the sign-in keys")
def write_sign_in_keys(s3: "S3Client", bucket: str, issuer: str, client_id: str, keys_url: str) -> None:
    """Fetches the pool's keys and writes the object.

    Args:
        s3: an S3 client.
        bucket: the bucket of the object.
        issuer: the URL of the user pool.
        client_id: the client that people sign in with.
        keys_url: where the pool serves its keys.

    Raises:
        PipelineError: the pool does not answer, or not with keys; the object stays as it was.
    """
    with urllib.request.urlopen(keys_url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 -- the pool's
        served = json_text.parse(answer.read(_MOST_BYTES))
    keys = tuple(_key(each) for each in served["keys"] if each.get("alg") == ALGORITHM)
    made = SignInKeysMessage(issuer=issuer, client_id=client_id, keys=keys)
    body = json_text.dump_text(made.model_dump()).encode()
    s3.put_object(Bucket=bucket, Key=OBJECT, Body=body, ContentType="application/json")


def _key(served: Mapping[str, Any]) -> SignInKey:
    """Returns a key without the fields that nobody needs."""
    return SignInKey(**{name: served[name] for name in SignInKey.model_fields})

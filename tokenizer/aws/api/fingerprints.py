"""Makes fingerprints of requests, by which a repeat can be recognized without storing anything of the request.

The MAC's key never leaves KMS, and only the API may use it. So a reader of the idempotency table can't try out bodies,
even if they are as guessable as a card number, and can't see that two requests had the same body.
"""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient


@dataclass(frozen=True, slots=True)
class Asked:
    """Describes a request to which an idempotency key is bound.

    Args:
        operation: the action that is asked for, with everything beside the body that decides the answer.
        caller: the caller who owns the key.
        key: the idempotency key; None for a request without one.
        body: the request's bytes.
    """

    operation: str
    caller: str
    key: str | None
    body: bytes = field(repr=False)


class Fingerprints:
    """Makes MACs of requests with KMS."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms = kms
        self._key_arn = key_arn

    @translated("fingerprinting a value")
    def of_value(self, value: str, caller: str) -> str:
        """Returns a text that is the same only for the same value and caller, for a value that nothing else names."""
        digest = hashlib.sha256(b"value")
        for part in (caller.encode(), value.encode("utf-8", "surrogatepass")):
            digest.update(len(part).to_bytes(8, "big") + part)
        answer = self._kms.generate_mac(
            KeyId=self._key_arn, MacAlgorithm="HMAC_SHA_256", Message=digest.digest()
        )
        return answer["Mac"].hex()

    @translated("fingerprinting a request")
    def of(self, asked: Asked) -> bytes:
        """Returns 32 bytes that are the same only for the same request."""
        digest = hashlib.sha256()
        for part in (asked.operation.encode(), asked.caller.encode(), (asked.key or "").encode(), asked.body):
            digest.update(len(part).to_bytes(8, "big") + part)
        answer = self._kms.generate_mac(
            KeyId=self._key_arn, MacAlgorithm="HMAC_SHA_256", Message=digest.digest()
        )
        return answer["Mac"]

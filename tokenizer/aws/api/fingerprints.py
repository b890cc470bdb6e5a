"""Fingerprints of requests: whether a repeat asks for the same, told without keeping anything of what was asked.

The MAC's key never leaves KMS and only the API may use it. So a reader of the idempotency table can neither try out bodies, be they
as guessable as a card number, nor see that two requests had the same.
"""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its idempotency key is bound to it.

    Args:
        operation: what is asked for, with all that decides on the answer beside the body.
        caller: whose key it is.
        key: the idempotency key; None for a request without one.
        body: the request's bytes.
    """

    operation: str
    caller: str
    key: str | None
    body: bytes = field(repr=False)


class Fingerprints:
    """MACs of requests, made by KMS."""

    def __init__(self, kms: "KMSClient", key_arn: str) -> None:
        self._kms = kms
        self._key_arn = key_arn

    @translated("fingerprinting a request")
    def of(self, asked: Asked) -> bytes:
        """The same for the same request alone; 32 bytes."""
        digest = hashlib.sha256()
        for part in (asked.operation.encode(), asked.caller.encode(), (asked.key or "").encode(), asked.body):
            digest.update(len(part).to_bytes(8, "big") + part)
        answer = self._kms.generate_mac(
            KeyId=self._key_arn, MacAlgorithm="HMAC_SHA_256", Message=digest.digest()
        )
        return answer["Mac"]

"""Defines the baseline: the least that a tokenizer with an encrypted vault can do, with the same client and stub.

The same bytes are parsed once (the standard library's C parser), sealed once (AES-256-GCM, one call of `cryptography`),
and written once (BatchWriteItem, 25 items a call). No checks, no tokens, no guard, no signatures, no event published.
"""

import json
import os
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.network import VAULT
from tokenizer.aws.platform.clients import client

_PUTS = 25


class Baseline:
    """Makes the baseline; the network has to be installed."""

    def __init__(self) -> None:
        self._dynamodb = client("dynamodb", attempts=1)
        self._cipher = AESGCM(bytes(32))

    def run(self, data: Sequence[bytes]) -> None:
        """Takes a batch through."""
        items = [self._item(each) for each in data]
        for start in range(0, len(items), _PUTS):
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + _PUTS]]
            self._dynamodb.batch_write_item(RequestItems={VAULT: puts})

    def _item(self, data: bytes) -> dict[str, dict[str, object]]:
        event = json.loads(data)
        nonce = os.urandom(12)
        sealed = nonce + self._cipher.encrypt(nonce, data, None)
        return {"id": {"S": event["event_id"]}, "values": {"B": sealed}}

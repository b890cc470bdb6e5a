"""Writes one vault item per token as the article does, but reuses data keys and puts 25 items a call."""

import json
from collections.abc import Sequence
from uuid import uuid4

from bench.engine.path import ENVIRONMENT
from bench.workload import sensitive
from tokenizer.aws.compose import tokenize
from tokenizer.aws.compose.invocation import budget
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.records import VaultField, VaultRecord
from tokenizer.vault.tokens import RECORD_BYTES, TAG_BYTES, Pointer


class OneItemPerToken:
    """Makes the way; the network has to be installed and the path's environment set."""

    def __init__(self) -> None:
        self._vault = tokenize.tokenizer(TokenizeSettings.load(ENVIRONMENT)).vault_stage.vault

    def run(self, data: Sequence[bytes]) -> None:
        """Takes a batch through.

        Raises:
            RuntimeError: an item was not written.
        """
        sealed = []
        for order in data:
            text = order.decode()
            for name, value in sensitive(order).items():
                drawn = uuid4().bytes
                pointer = Pointer(drawn[:RECORD_BYTES], drawn[-TAG_BYTES:])
                fields = {pointer.tag: VaultField(f"/{name}", "token", value)}
                sealed.append(self._vault.seal(VaultRecord(pointer.record_id, fields, 0)))
                text = text.replace(json.dumps(value), json.dumps(pointer.token))
        if any(self._vault.put(sealed, budget(lambda: 60_000))):
            raise RuntimeError("an item was not written")

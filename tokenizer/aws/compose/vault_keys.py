"""Wires the custom resource that notes which vault keys the stack has."""

import time

from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import VaultKeysSettings
from tokenizer.aws.rekey.held_keys import HeldKeys
from tokenizer.aws.rekey.progress import DynamoProgress


def held_keys(settings: VaultKeysSettings) -> HeldKeys:
    """Returns the service that keeps vault keys in the stack while records may need them."""
    dynamodb, table = clients.client("dynamodb"), settings.rekey_table
    return HeldKeys(dynamodb, table, DynamoProgress(dynamodb, table), lambda: int(time.time() * 1000))

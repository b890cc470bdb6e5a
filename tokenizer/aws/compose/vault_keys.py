"""Wires the custom resource that watches which vault keys the stack holds."""

import time

from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import VaultKeysSettings
from tokenizer.aws.rekey.held_keys import HeldKeys
from tokenizer.aws.rekey.progress import DynamoProgress


def held_keys(settings: VaultKeysSettings) -> HeldKeys:
    """Returns what lets no vault key out of the stack that records may still be under."""
    dynamodb, table = clients.client("dynamodb"), settings.rekey_table
    return HeldKeys(dynamodb, table, DynamoProgress(dynamodb, table), lambda: int(time.time() * 1000))

"""Wires the function that moves the vault to another KMS key."""

import time

from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.data_keys import bounds, vault_context, vault_keys
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import RekeySettings
from tokenizer.aws.rekey.movable_vault import DynamoMovableVault
from tokenizer.aws.rekey.progress import DynamoProgress
from tokenizer.aws.vault.data_keys import DataKeyReader, DataKeyWriter
from tokenizer.rekey.run import Rekeying

_DATA_KEYS = 50_000  # a scan meets records in any order, so it needs the data keys of years at once


def rekeying(settings: RekeySettings) -> Rekeying:
    """Returns the use case that moves the vault to another KMS key."""
    clients.silence_libraries()
    dynamodb, kms = clients.client("dynamodb"), clients.client("kms")
    context, limits = vault_context(settings.vault_crypto_name), bounds(settings)
    arns = vault_keys(settings.vault_key_arn, settings.vault_other_key_arns)
    return Rekeying(
        settings.vault_key_arn,
        DynamoMovableVault(
            dynamodb,
            settings.vault_table,
            settings.vault_crypto_name,
            DataKeyReader(kms, arns, context, limits, time.time, most=_DATA_KEYS),
            DataKeyWriter(kms, settings.vault_key_arn, context, limits, time.time),
        ),
        DynamoProgress(dynamodb, settings.rekey_table),
        audit_trail(settings),
        settings.rekey_settle_seconds * 1000,
        lambda: int(time.time() * 1000),
    )

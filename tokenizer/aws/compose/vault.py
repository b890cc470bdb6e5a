"""Wires reading the vault, for the functions that reveal and that charge cards."""

import time

from tokenizer.aws.compose.data_keys import bounds, vault_context, vault_keys
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.pipeline.alias_lookup import AliasLookup
from tokenizer.aws.pipeline.shares import DynamoShares
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import VaultReaderSettings
from tokenizer.aws.vault.data_keys import DataKeyReader
from tokenizer.aws.vault.materials import VaultReaderMaterials
from tokenizer.aws.vault.vault import VaultReader
from tokenizer.erasure.unerased import ErasureStatus, UnerasedVault


def vault_reader(settings: VaultReaderSettings) -> VaultReader:
    """Returns the vault's reader."""
    clients.silence_libraries()
    keys = DataKeyReader(
        clients.client("kms"),
        vault_keys(settings.vault_key_arn, settings.vault_other_key_arns),
        vault_context(settings.vault_crypto_name),
        bounds(settings),
        time.time,
    )
    return VaultReader(
        clients.client("dynamodb"),
        settings.vault_table,
        settings.vault_crypto_name,
        VaultReaderMaterials(keys),
        time.time,
    )


def unerased_vault(settings: VaultReaderSettings) -> UnerasedVault:
    """Returns the vault's reader without erased values."""
    dynamodb = clients.client("dynamodb")
    status = ErasureStatus(
        DynamoErasures(dynamodb, settings.erasures_table), DynamoShares(dynamodb, settings.shares_table)
    )
    return UnerasedVault(vault_reader(settings), status)


def aliases(settings: VaultReaderSettings) -> AliasLookup:
    """Returns the reader of aliases."""
    return AliasLookup(clients.client("dynamodb"), settings.alias_table)

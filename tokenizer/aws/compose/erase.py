"""Wires the erasing function, which can write tombstones into the vault and can read none of it."""

import time

from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.data_keys import bounds, vault_context
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.aws.pipeline.shares import DynamoShares
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import EraseSettings
from tokenizer.aws.vault.data_keys import DataKeyWriter
from tokenizer.aws.vault.materials import VaultWriterMaterials
from tokenizer.aws.vault.token_keys import load_subject_keys
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultWriter
from tokenizer.erasure.eraser import Eraser
from tokenizer.erasure.service import ErasureService
from tokenizer.erasure.unerased import ErasureStatus


def eraser(settings: EraseSettings) -> Eraser:
    """Returns the eraser of customers."""
    clients.silence_libraries()
    dynamodb, kms = clients.client("dynamodb"), clients.client("kms")
    keys = DataKeyWriter(
        kms,
        settings.vault_key_arn,
        vault_context(settings.vault_crypto_name),
        bounds(settings),
        time.time,
    )
    subject_keys = load_subject_keys(dynamodb, kms, settings.token_keys_table, settings.token_key_arn)
    return Eraser(
        subject_keys,
        DynamoErasureStore(dynamodb, settings.erasures_table),
        DynamoSubjectData(
            dynamodb,
            settings.vault_table,
            settings.blind_index_table,
            settings.shares_table,
            subject_keys,
        ),
        ErasureStatus(
            DynamoErasures(dynamodb, settings.erasures_table), DynamoShares(dynamodb, settings.shares_table)
        ),
        VaultWriter(
            dynamodb,
            settings.vault_table,
            settings.vault_crypto_name,
            VaultWriterMaterials(keys),
            ValueLists(subject_keys),
        ),
        EventBridgeBus(clients.client("events"), settings.bus_name, settings.event_max_bytes),
        lambda: int(time.time() * 1000),
    )


def erasure_service(settings: EraseSettings) -> ErasureService:
    """Returns the service that erases customers under the policies, with a line in the audit trail."""
    return ErasureService(eraser(settings), CedarPolicies(), audit_trail(settings))

"""The composition root of the functions that read: reveals, payments, replays, the API.

Apart from `root`, so that the tokenizing functions' cold start does not pay for what only these need.
"""

import time
from datetime import UTC, datetime
from random import SystemRandom

from tokenizer.aws.api.fingerprints import Fingerprints
from tokenizer.aws.api.idempotency import IdempotencyKeys
from tokenizer.aws.api.order_service import OrderService
from tokenizer.aws.api.order_shelf import OrdersReader
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.audit.trail import AuditStore, AuditTrail
from tokenizer.aws.compose.tokenize import LETTER_CONTEXT, bounds, vault_context, vault_keys
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.honeytokens.service import HoneytokenService
from tokenizer.aws.honeytokens.table import HoneyKeeper, HoneyReader
from tokenizer.aws.payments.fake_gateway import FakeGateway
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.aws.pipeline.aliases import DynamoAliases
from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.pipeline.shares import DynamoShares
from tokenizer.aws.platform import counters, package_files
from tokenizer.aws.platform.clients import client, silence_libraries
from tokenizer.aws.platform.settings import (
    ApiSettings,
    AuditSettings,
    EraseSettings,
    HoneySettings,
    PaySettings,
    RekeySettings,
    ReplaySettings,
    RevealSettings,
    VaultReaderSettings,
)
from tokenizer.aws.rekey.movable_vault import DynamoMovableVault
from tokenizer.aws.rekey.progress import DynamoProgress
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.replay.service import ReplayService
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.aws.reveal.budget_counters import DynamoCounters
from tokenizer.aws.reveal.cedar import CedarPolicies
from tokenizer.aws.vault.data_keys import DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultReaderMaterials, VaultWriterMaterials
from tokenizer.aws.vault.token_keys import load_subject_keys
from tokenizer.aws.vault.vault import VaultReader, VaultWriter
from tokenizer.erasure.eraser import Eraser
from tokenizer.erasure.service import ErasureService
from tokenizer.erasure.unerased import ErasureStatus, UnerasedVault
from tokenizer.payments.cashier import Cashier, NoGateway
from tokenizer.rekey.run import Rekeying
from tokenizer.reveal.budget_rules import BudgetRules
from tokenizer.reveal.budgets import RevealBudgets
from tokenizer.reveal.service import RevealService

API_CALL_SECONDS = 24  # less than the function has, and API Gateway waits for 29
_AUDIT_ATTEMPTS, _AUDIT_READ = 2, 3  # seconds; eight in all for a line or a head
_INVOCATION = 65  # seconds; the tokenizing functions end after 60
_DATA_KEYS = 50_000  # a scan meets records in no order of time, so the data keys of years at once


def vault_reader(settings: VaultReaderSettings) -> VaultReader:
    """The vault, to be read from."""
    silence_libraries()
    keys = DataKeyReader(
        client("kms"),
        vault_keys(settings.vault_key_arn, settings.vault_other_key_arns),
        vault_context(settings.vault_crypto_name),
        bounds(settings),
        time.time,
    )
    return VaultReader(
        client("dynamodb"),
        settings.vault_table,
        settings.vault_crypto_name,
        VaultReaderMaterials(keys),
        time.time,
    )


def live_vault(settings: VaultReaderSettings) -> UnerasedVault:
    """The vault, to be read from, without what is erased."""
    dynamodb = client("dynamodb")
    status = ErasureStatus(
        DynamoErasures(dynamodb, settings.erasures_table), DynamoShares(dynamodb, settings.shares_table)
    )
    return UnerasedVault(vault_reader(settings), status)


def eraser(settings: EraseSettings) -> Eraser:
    """Who erases customers."""
    silence_libraries()
    dynamodb, kms = client("dynamodb"), client("kms")
    keys = DataKeyWriter(
        kms,
        settings.vault_key_arn,
        vault_context(settings.vault_crypto_name),
        bounds(settings),
        time.time,
    )
    return Eraser(
        load_subject_keys(dynamodb, kms, settings.token_keys_table, settings.token_key_arn),
        DynamoErasureStore(dynamodb, settings.erasures_table),
        DynamoSubjectData(dynamodb, settings.vault_table, settings.blind_index_table, settings.shares_table),
        ErasureStatus(
            DynamoErasures(dynamodb, settings.erasures_table), DynamoShares(dynamodb, settings.shares_table)
        ),
        VaultWriter(dynamodb, settings.vault_table, settings.vault_crypto_name, VaultWriterMaterials(keys)),
        EventBridgeBus(client("events"), settings.bus_name, settings.event_max_bytes),
        lambda: int(time.time() * 1000),
    )


def erasure_service(settings: EraseSettings) -> ErasureService:
    """Who erases customers under the policies, with a line in the audit trail."""
    return ErasureService(eraser(settings), CedarPolicies(), audit_trail(settings))


def rekeying(settings: RekeySettings) -> Rekeying:
    """Who moves the vault to another KMS key."""
    silence_libraries()
    dynamodb, kms, context = client("dynamodb"), client("kms"), vault_context(settings.vault_crypto_name)
    arns = vault_keys(settings.vault_key_arn, settings.vault_other_key_arns)
    limits = bounds(settings)
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


def aliases(settings: VaultReaderSettings) -> DynamoAliases:
    """Which tokens stand behind aliases."""
    return DynamoAliases(client("dynamodb"), settings.alias_table)


def audit_trail(settings: AuditSettings) -> AuditTrail:
    """What keeps who asked for what. Somebody waits for its two calls, so each is short."""
    s3, dynamodb, kms = (
        client(service, attempts=_AUDIT_ATTEMPTS, read_timeout=_AUDIT_READ)
        for service in ("s3", "dynamodb", "kms")
    )
    return AuditTrail(
        AuditStore(
            s3, settings.audit_bucket, dynamodb, settings.audit_heads_table, kms, settings.audit_key_arn
        )
    )


def _idempotency_keys(settings: ApiSettings) -> IdempotencyKeys:
    fingerprints = Fingerprints(client("kms"), settings.fingerprint_key_arn)
    return IdempotencyKeys(client("dynamodb"), settings.idempotency_table, fingerprints)


def order_service(settings: ApiSettings) -> OrderService:
    """What serves the API's callers."""
    silence_libraries()
    return OrderService(
        client("kinesis"),
        settings.raw_stream_name,
        OrdersReader(client("dynamodb"), settings.orders_table),
        _idempotency_keys(settings),
        client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.reveal_function,
        settings.payment_function,
        settings.erase_function,
    )


def synchronous_tokenizer(settings: ApiSettings) -> SynchronousTokenizer:
    """What serves callers who wait for tokens."""
    return SynchronousTokenizer(
        client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.tokenize_function,
        settings.api_name,
        _idempotency_keys(settings),
    )


def cashier(settings: PaySettings) -> tuple[OrdersReader, Cashier]:
    """Orders, and who charges their cards."""
    dynamodb = client("dynamodb")
    gateway = FakeGateway(lambda: datetime.now(UTC)) if settings.payment_gateway == "fake" else NoGateway()
    return OrdersReader(dynamodb, settings.orders_table), Cashier(
        live_vault(settings),
        aliases(settings),
        gateway,
        PaymentsTable(dynamodb, settings.payments_table),
        audit_trail(settings),
        HoneyReader(client("dynamodb", attempts=1), settings.honey_table),
        counters.count,
    )


def reveals(settings: RevealSettings) -> RevealService:
    """Reveals under the policies and the budgets.

    Raises:
        Configuration: the shipped policies or budgets are not of their form.
    """
    return RevealService(
        live_vault(settings),
        aliases(settings),
        CedarPolicies(),
        RevealBudgets(
            BudgetRules.parse(package_files.text("budgets.toml")),
            DynamoCounters(client("dynamodb"), settings.budgets_table),
        ),
        HoneyReader(client("dynamodb", attempts=1), settings.honey_table),
        audit_trail(settings),
        counters.count,
        lambda: datetime.now(UTC),
    )


def honeytoken_service(settings: HoneySettings) -> HoneytokenService:
    """What seeds honey tokens."""
    silence_libraries()
    return HoneytokenService(
        SynchronousTokenizer(
            client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
            settings.tokenize_function,
            settings.api_name,
        ),
        HoneyKeeper(client("dynamodb"), settings.honey_table),
        audit_trail(settings),
        SystemRandom(),
        lambda: datetime.now(UTC),
    )


def replay_service(settings: ReplaySettings) -> ReplayService:
    """What serves operators."""
    silence_libraries()
    keys = DataKeyReader(
        client("kms"), [settings.letter_key_arn], LETTER_CONTEXT, bounds(settings), time.time
    )
    s3, sqs = client("s3"), client("sqs")
    # An invocation may take as long as the tokenizing function does.
    functions = client("lambda", attempts=1, read_timeout=_INVOCATION)
    tokenizers = Tokenizers(functions, settings.tokenize_stream_function, settings.tokenize_queue_function)
    return ReplayService(
        letters=Letters(Opener(keys), s3, (settings.raw_stream_arn, settings.raw_queue_arn)),
        stream=StreamReplay(client("kinesis"), settings.raw_stream_arn, tokenizers),
        unprocessed=Unprocessed(sqs, settings.unprocessed_queue_url, settings.raw_queue_arn, tokenizers),
        quarantine=Quarantine(s3, settings.letter_bucket, sqs, settings.dead_letter_queue_url),
        tokenizers=tokenizers,
        audit=audit_trail(settings),
    )

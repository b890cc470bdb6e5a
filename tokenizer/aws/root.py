"""The composition root: adapters put together from settings, once per cold start."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from tokenizer.access import Reveals
from tokenizer.aws import token_keys
from tokenizer.aws.aliases import DynamoAliases
from tokenizer.aws.audit import AuditLog
from tokenizer.aws.blind_index import DynamoBlindIndex
from tokenizer.aws.bus import EventBridgeBus
from tokenizer.aws.cedar import CedarPolicies
from tokenizer.aws.clients import LONGEST_CALL, client, silence_libraries
from tokenizer.aws.data_keys import Bounds, DataKeyReader, DataKeyWriter
from tokenizer.aws.dead_letters import SqsDeadLetters
from tokenizer.aws.fake_gateway import FakeGateway
from tokenizer.aws.materials import VaultReaderMaterials, VaultWriterMaterials
from tokenizer.aws.order_desk import OrderDesk
from tokenizer.aws.order_shelf import OrderShelf
from tokenizer.aws.payments_table import PaymentsTable
from tokenizer.aws.replaying.desk import Desk
from tokenizer.aws.replaying.letters import Letters
from tokenizer.aws.replaying.queues import Quarantine, Unprocessed
from tokenizer.aws.replaying.stream import StreamReplay
from tokenizer.aws.replaying.tokenizers import Tokenizers
from tokenizer.aws.sealing import Opener, Sealer
from tokenizer.aws.settings import (
    ApiSettings,
    DataKeySettings,
    PaySettings,
    ReplaySettings,
    RevealSettings,
    TokenizeSettings,
)
from tokenizer.aws.vault import VaultReader, VaultWriter
from tokenizer.batch import Tokenizer
from tokenizer.budget import Budget
from tokenizer.catalog import catalog
from tokenizer.intake import Intake
from tokenizer.payments import Cashier, NoGateway
from tokenizer.sanitize import Sanitizer

LETTER_CONTEXT = {"purpose": "letter"}
_API_CALL = 25  # seconds; API Gateway waits for 29
_INVOCATION = 65  # seconds; the tokenizing functions end after 60
_MARGIN = LONGEST_CALL + 2.0  # seconds: a call that was started in time ends, and the answer is written


def vault_context(crypto_name: str) -> dict[str, str]:
    """The encryption context of the vault's data keys."""
    return {"purpose": "vault", "table": crypto_name}


def bounds(settings: DataKeySettings) -> Bounds:
    """The bounds of data keys."""
    return Bounds(settings.data_key_max_items, settings.data_key_max_seconds)


def tokenizer(settings: TokenizeSettings) -> Tokenizer:
    """The use case with its adapters.

    Raises:
        PipelineError: the token keys could not be opened.
    """
    silence_libraries()
    # KMS and S3 are asked outside of the batches that are sent again, so botocore tries those.
    dynamodb, kms = client("dynamodb", attempts=1), client("kms")
    token_key, scope_keys = token_keys.load(dynamodb, kms, settings.token_keys_table, settings.token_key_arn)
    limits = bounds(settings)
    vault_keys = DataKeyWriter(
        kms, settings.vault_key_arn, vault_context(settings.vault_crypto_name), limits, time.monotonic
    )
    letter_keys = DataKeyWriter(kms, settings.letter_key_arn, LETTER_CONTEXT, limits, time.monotonic)
    return Tokenizer(
        intake=Intake(catalog(), Sanitizer(token_key, scope_keys)),
        vault=VaultWriter(
            dynamodb, settings.vault_table, settings.vault_crypto_name, VaultWriterMaterials(vault_keys)
        ),
        index=DynamoBlindIndex(dynamodb, settings.blind_index_table, scope_keys),
        aliases=DynamoAliases(dynamodb, settings.alias_table),
        bus=EventBridgeBus(client("events", attempts=1), settings.bus_name, settings.event_max_bytes),
        letters=SqsDeadLetters(
            client("sqs", attempts=1),
            settings.dead_letter_queue_url,
            client("s3"),
            settings.letter_bucket,
            Sealer(letter_keys),
            settings.letter_max_bytes,
        ),
        retention_days=settings.vault_retention_days,
    )


def vault_reader(settings: RevealSettings) -> VaultReader:
    """The vault, to be read from."""
    silence_libraries()
    keys = DataKeyReader(
        client("kms"),
        settings.vault_key_arn,
        vault_context(settings.vault_crypto_name),
        bounds(settings),
        time.monotonic,
    )
    return VaultReader(
        client("dynamodb"),
        settings.vault_table,
        settings.vault_crypto_name,
        VaultReaderMaterials(keys),
        time.time,
    )


def aliases(settings: RevealSettings) -> DynamoAliases:
    """Which tokens stand behind aliases."""
    return DynamoAliases(client("dynamodb"), settings.alias_table)


def order_desk(settings: ApiSettings) -> OrderDesk:
    """What serves the API's callers."""
    silence_libraries()
    return OrderDesk(
        client("kinesis"),
        settings.raw_stream_name,
        client("dynamodb"),
        OrderShelf(client("dynamodb"), settings.orders_table),
        settings.idempotency_table,
        client("lambda", attempts=1, read_timeout=_API_CALL),
        settings.reveal_function,
        settings.payment_function,
    )


def cashier(settings: PaySettings) -> tuple[OrderShelf, Cashier]:
    """Orders, and who charges their cards."""
    dynamodb = client("dynamodb")
    gateway = FakeGateway(lambda: datetime.now(UTC)) if settings.payment_gateway == "fake" else NoGateway()
    return OrderShelf(dynamodb, settings.orders_table), Cashier(
        vault_reader(settings),
        aliases(settings),
        gateway,
        PaymentsTable(dynamodb, settings.payments_table),
        AuditLog(client("logs"), settings.audit_log_group),
    )


def reveals(settings: RevealSettings) -> Reveals:
    """Reveals under the policies."""
    return Reveals(
        vault_reader(settings),
        aliases(settings),
        CedarPolicies(),
        AuditLog(client("logs"), settings.audit_log_group),
    )


def desk(settings: ReplaySettings) -> Desk:
    """What serves operators."""
    silence_libraries()
    keys = DataKeyReader(
        client("kms"), settings.letter_key_arn, LETTER_CONTEXT, bounds(settings), time.monotonic
    )
    s3, sqs = client("s3"), client("sqs")
    # An invocation may take as long as the tokenizing function does.
    functions = client("lambda", attempts=1, read_timeout=_INVOCATION)
    tokenizers = Tokenizers(functions, settings.tokenize_stream_function, settings.tokenize_queue_function)
    return Desk(
        letters=Letters(Opener(keys), s3, (settings.raw_stream_arn, settings.raw_queue_arn)),
        stream=StreamReplay(client("kinesis"), settings.raw_stream_arn, tokenizers),
        unprocessed=Unprocessed(sqs, settings.unprocessed_queue_url, settings.raw_queue_arn, tokenizers),
        quarantine=Quarantine(s3, settings.letter_bucket, sqs, settings.dead_letter_queue_url),
        tokenizers=tokenizers,
        audit=AuditLog(client("logs"), settings.audit_log_group),
    )


def budget(remaining_milliseconds: Callable[[], int]) -> Budget:
    """The time that Lambda's context leaves an invocation to start something."""
    return Budget(lambda: remaining_milliseconds() / 1000 - _MARGIN, time.sleep)

"""Wires the tokenizing functions, once for each cold start."""

import time
from collections.abc import Callable
from datetime import timedelta

from tokenizer.aws.compose.data_keys import LETTER_CONTEXT, bounds, vault_context
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.pipeline.aliases import DynamoAliases
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.pipeline.sealing import Sealer
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.platform.clients import client, silence_libraries
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.aws.platform.timing import timed
from tokenizer.aws.platform.workers import Threads
from tokenizer.aws.vault import token_keys
from tokenizer.aws.vault.data_keys import DataKeyWriter
from tokenizer.aws.vault.materials import VaultWriterMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultWriter
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.catalog import Catalog, catalog
from tokenizer.pipeline.own_sources import OwnSource
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.pipeline.vault_stage import VaultStage
from tokenizer.vault.lifetimes import Lifetimes


def tokenizer(settings: TokenizeSettings, events: Catalog | None = None) -> Tokenizer:
    """Returns the use case with its adapters, for the events that ship or for another catalog.

    Raises:
        PipelineError: the token keys could not be opened.
    """
    return maker(settings, events)()


def maker(settings: TokenizeSettings, events: Catalog | None = None) -> Callable[[], Tokenizer]:
    """Returns a function that makes the use case.

    It opens the token keys each time, and keeps clients and data keys.
    """
    silence_libraries()
    # KMS and S3 are not called in the batches that adapters repeat, so botocore repeats their calls.
    dynamodb, kms = client("dynamodb", attempts=1), client("kms")
    limits = bounds(settings)
    lifetimes = Lifetimes.parse(settings.vault_retention_days, settings.vault_lifetimes)
    vault_keys = DataKeyWriter(
        kms, settings.vault_key_arn, vault_context(settings.vault_crypto_name), limits, time.time
    )
    letter_keys = DataKeyWriter(kms, settings.letter_key_arn, LETTER_CONTEXT, limits, time.time)
    materials = VaultWriterMaterials(vault_keys)
    workers = Threads()
    bus = EventBridgeBus(client("events", attempts=1), settings.bus_name, settings.event_max_bytes, workers)
    letters = SqsDeadLetters(
        client("sqs", attempts=1),
        settings.dead_letter_queue_url,
        client("s3"),
        settings.letter_bucket,
        Sealer(letter_keys),
        settings.letter_max_bytes,
    )
    known = events or catalog()
    aliases, erasures = (
        DynamoAliases(dynamodb, settings.alias_table, workers),
        DynamoErasures(dynamodb, settings.erasures_table),
    )

    def make() -> Tokenizer:
        keys = token_keys.load(dynamodb, kms, settings.token_keys_table, settings.token_key_arn)
        vault = VaultWriter(
            dynamodb, settings.vault_table, settings.vault_crypto_name, materials, ValueLists(keys[2])
        )
        index = DynamoBlindIndex(
            dynamodb, settings.blind_index_table, settings.shares_table, keys[1], keys[2], workers=workers
        )
        stages = VaultStage(
            timed(vault, put="vault"),
            timed(index, lookup="index_lookup", claim="index_claims", share="shares"),
            timed(aliases, claim="aliases"),
            timed(erasures, until="erasures"),
        )
        made = Tokenizer(
            RecordReader(known, Sanitizer(*keys, lifetimes)),
            stages,
            timed(bus, publish="bus"),
            timed(letters, send="letters"),
            announces=settings.refusal_events == "true",
        )
        return timed(made, tokenize_batch="batch")

    return make


def unfinished_starts(settings: TokenizeSettings) -> DynamoStarts:
    """Returns the table of invocations that began and never ended."""
    return DynamoStarts(client("dynamodb", attempts=1), settings.starts_table, time.time)


def raw_stream(settings: TokenizeSettings) -> OwnSource:
    """Returns what the stream's function reads."""
    return OwnSource(settings.raw_stream_arn, timedelta(hours=settings.raw_stream_hours))


def raw_queue(settings: TokenizeSettings) -> OwnSource:
    """Returns what the queue's function reads."""
    return OwnSource(settings.raw_queue_arn, timedelta(seconds=settings.raw_queue_seconds))


def api_requests(settings: TokenizeSettings) -> OwnSource:
    """Returns where the records of waiting callers come from; an idempotency key repeats one for a day."""
    return OwnSource(settings.api_name, timedelta(days=1))

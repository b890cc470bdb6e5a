"""Tokenizes records from the raw queue."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.batch_outcomes import LoggedStarts, log_batch, tokenize_answer
from handlers.own_sources import check_own, refusals_counted
from handlers.runtime import answer_errors, redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.invocation import invocation_time
from tokenizer.aws.compose.look_up import look_up_maker
from tokenizer.aws.compose.tokenize import api_requests, maker, raw_queue, unfinished_starts
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.messages.base import parse_message
from tokenizer.messages.look_up import (
    ERASED_MODE,
    LOOK_UP,
    LOOKED_UP_MODE,
    NOTE_ERASURE,
    LookUpAnswer,
    NoteErasureAnswer,
)
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import TokenizeMessage, tokenize_message
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.catalog import catalog, values_catalog
from tokenizer.pipeline.deliveries import Deliveries
from tokenizer.pipeline.look_up import ValueErasures
from tokenizer.pipeline.sources import api_record, may_be_deadly, sqs_records
from tokenizer.records import RawRecord
from tokenizer.time_budget import Budget


@cache
def _settings() -> TokenizeSettings:
    return TokenizeSettings.load(os.environ)


@cache
def _kept() -> ExpiringCache[Tokenizer]:
    return ExpiringCache(maker(_settings()))


@cache
def _kept_for_values() -> ExpiringCache[Tokenizer]:
    return ExpiringCache(maker(_settings(), values_catalog()))


@cache
def _starts() -> DynamoStarts:
    return unfinished_starts(_settings())


@cache
def _kept_erasures() -> ExpiringCache[ValueErasures]:
    return ExpiringCache(look_up_maker(_settings()))


def _tokenizer() -> Tokenizer:
    return _kept().current()


def _budget(context: LambdaContext) -> Budget:
    return invocation_budget(context.get_remaining_time_in_millis)


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tokenizes a batch from the queue, or looks up the token that a value has, or notes that a value was erased.

    Returns:
        The partial batch response: each message that has to be delivered again. For a look-up, the token. For an erased
        value, the moment up to which it is erased.
    """
    if event.get("mode") == LOOKED_UP_MODE:
        return _looked_up(event, context)
    if event.get("mode") == ERASED_MODE:
        return _noted(event, context)
    asked = tokenize_message(event)
    records, budget = _records(asked), _budget(context)
    timeout = context.get_remaining_time_in_millis() / 1000
    if asked.mode is Mode.DELIVERED and (deadly := may_be_deadly(records, invocation_time(), timeout)):
        outcomes = Deliveries(_tokenizer(), LoggedStarts(_starts())).tokenize(records, deadly, budget)
    else:
        tokenizer = _kept_for_values().current() if asked.mode is Mode.VALUES else _tokenizer()
        outcomes = tokenizer.tokenize_batch(records, budget, asked.mode)
    if asked.mode is not Mode.VALUES:
        log_batch(outcomes)
    if asked.mode is not Mode.DELIVERED:
        return tokenize_answer(outcomes, asked.mode)
    return {
        "batchItemFailures": [{"itemIdentifier": each.record.item_id} for each in outcomes if each.failure]
    }


@answer_errors()
def _looked_up(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    asked = parse_message(LOOK_UP, event)
    entry = _kept_erasures().current().look_up.entry(asked.kind, asked.value, _budget(context))
    answer = LookUpAnswer(token=entry.token, owner=entry.owner) if entry else LookUpAnswer(token=None)
    return answer.model_dump()


@answer_errors()
def _noted(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    asked = parse_message(NOTE_ERASURE, event)
    erasures = _kept_erasures().current()
    return NoteErasureAnswer(
        until=erasures.note(asked.kind, asked.value, asked.token, _budget(context))
    ).model_dump()


def _records(asked: TokenizeMessage) -> list[RawRecord]:
    settings = _settings()
    with refusals_counted():
        if asked.record is not None:
            records, source = [api_record(asked.record)], api_requests(settings)
        else:
            entries = {"Records": list(asked.records)}
            records = sqs_records(entries, settings.max_receive_count, catalog().attributes())
            source = raw_queue(settings)
    check_own(((each.source, each.arrived_at) for each in records), source, replayed=asked.mode.replays)
    return records

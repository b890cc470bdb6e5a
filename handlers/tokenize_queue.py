"""Tokenizes what arrives on the raw queue."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.batch_outcomes import log_batch, replay_answer
from handlers.runtime import redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.tokenize import maker
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.catalog import values_catalog
from tokenizer.pipeline.sources import sqs_records
from tokenizer.replay.messages import REPLAY, VALUES, WITH_EVENTS, WITH_LETTERS
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


def _tokenizer() -> Tokenizer:
    return _kept().current()


def _budget(context: LambdaContext) -> Budget:
    return invocation_budget(context.get_remaining_time_in_millis)


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take a batch of the queue through.

    Returns:
        The partial batch answer: each message that has to be delivered again.
    """
    records = sqs_records(event, _settings().max_receive_count)
    replayed = event.get(REPLAY) is True
    if replayed and event.get(VALUES) is True:
        outcomes = (
            _kept_for_values()
            .current()
            .tokenize_batch(records, _budget(context), replayed=True, publish=False)
        )
        return replay_answer(outcomes, with_events=True)
    has_letters = replayed and event.get(WITH_LETTERS) is not True
    outcomes = _tokenizer().tokenize_batch(records, _budget(context), replayed=has_letters)
    log_batch(outcomes)
    if replayed:
        return replay_answer(outcomes, with_events=event.get(WITH_EVENTS) is True)
    return {
        "batchItemFailures": [{"itemIdentifier": each.record.item_id} for each in outcomes if each.failure]
    }

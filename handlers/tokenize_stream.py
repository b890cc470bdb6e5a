"""Tokenizes what arrives on the raw stream."""

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
from tokenizer.pipeline.sources import kinesis_records
from tokenizer.replay.messages import REPLAY, WITH_LETTERS


@cache
def _kept() -> ExpiringCache[Tokenizer]:
    return ExpiringCache(maker(TokenizeSettings.load(os.environ)))


def _tokenizer() -> Tokenizer:
    return _kept().current()


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take a batch of the stream through.

    Returns:
        The partial batch answer: the first record that has to be delivered again. Lambda goes back to the lowest
        sequence number named and delivers everything from there, so one is enough.
    """
    records = kinesis_records(event)
    replayed = event.get(REPLAY) is True
    has_letters = replayed and event.get(WITH_LETTERS) is not True
    outcomes = _tokenizer().tokenize_batch(
        records, invocation_budget(context.get_remaining_time_in_millis), replayed=has_letters
    )
    log_batch(outcomes)
    if replayed:
        return replay_answer(outcomes)
    failed = [each.record.item_id for each in outcomes if each.failure]
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}

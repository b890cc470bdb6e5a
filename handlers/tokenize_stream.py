"""Tokenizes records from the raw stream."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.batch_outcomes import log_batch, tokenize_answer
from handlers.runtime import redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.tokenize import maker
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import tokenize_message
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.sources import in_one_invocation, kinesis_records


@cache
def _kept() -> ExpiringCache[Tokenizer]:
    return ExpiringCache(maker(TokenizeSettings.load(os.environ)))


def _tokenizer() -> Tokenizer:
    return _kept().current()


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Tokenizes a batch from the stream.

    Returns:
        The partial batch response: the first record that has to be delivered again. Lambda goes back to the lowest
        sequence number in it and delivers everything from there, so one is enough.
    """
    asked = tokenize_message(event)
    records, rest = in_one_invocation(kinesis_records({"Records": list(asked.records)}))
    outcomes = _tokenizer().tokenize_batch(
        records, invocation_budget(context.get_remaining_time_in_millis), asked.mode
    )
    log_batch(outcomes)
    if asked.mode is not Mode.DELIVERED:
        return tokenize_answer(outcomes, asked.mode)
    failed = [each.record.item_id for each in outcomes if each.failure]
    if rest is not None:
        failed.append(rest)
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}

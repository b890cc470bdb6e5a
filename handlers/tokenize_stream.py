"""Tokenizes records from the raw stream."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.batch_outcomes import LoggedStarts, log_batch, tokenize_answer
from handlers.own_sources import check_own, refusals_counted
from handlers.runtime import redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.invocation import invocation_time
from tokenizer.aws.compose.tokenize import maker, raw_stream, unfinished_starts
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import tokenize_message
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.deliveries import Deliveries
from tokenizer.pipeline.sources import in_one_invocation, kinesis_records, may_be_deadly


@cache
def _settings() -> TokenizeSettings:
    return TokenizeSettings.load(os.environ)


@cache
def _kept() -> ExpiringCache[Tokenizer]:
    return ExpiringCache(maker(_settings()))


@cache
def _starts() -> DynamoStarts:
    return unfinished_starts(_settings())


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
    budget = invocation_budget(context.get_remaining_time_in_millis)
    with refusals_counted():
        read = kinesis_records({"Records": list(asked.records)})
    check_own(
        ((each.source, each.arrived_at) for each in read),
        raw_stream(_settings()),
        replayed=asked.mode.replays,
    )
    records, rest = in_one_invocation(read)
    if asked.mode is not Mode.DELIVERED:
        outcomes = _tokenizer().tokenize_batch(records, budget, asked.mode)
        log_batch(outcomes)
        return tokenize_answer(outcomes, asked.mode)
    timeout = context.get_remaining_time_in_millis() / 1000
    if deadly := may_be_deadly(records, invocation_time(), timeout):
        outcomes = Deliveries(_tokenizer(), LoggedStarts(_starts())).tokenize(records, deadly, budget)
    else:
        outcomes = _tokenizer().tokenize_batch(records, budget)
    log_batch(outcomes)
    failed = [each.record.item_id for each in outcomes if each.failure]
    if rest is not None:
        failed.append(rest)
    return {"batchItemFailures": [{"itemIdentifier": min(failed, key=int)}] if failed else []}

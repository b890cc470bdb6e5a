"""Tokenizes what arrives on the raw queue."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.shell import replay_answer, sealed_exit, tell
from tokenizer.aws import root
from tokenizer.aws.settings import TokenizeSettings
from tokenizer.batch import Tokenizer
from tokenizer.replay import REPLAY, WITH_LETTERS
from tokenizer.sources import sqs_records


@cache
def _settings() -> TokenizeSettings:
    return TokenizeSettings.load(os.environ)


@cache
def _tokenizer() -> Tokenizer:
    return root.tokenizer(_settings())


@sealed_exit
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take a batch of the queue through.

    Returns:
        The partial batch answer: each message that has to be delivered again.
    """
    records = sqs_records(event, _settings().max_receive_count)
    replayed = event.get(REPLAY) is True
    has_letters = replayed and event.get(WITH_LETTERS) is not True
    outcomes = _tokenizer().run(
        records, root.budget(context.get_remaining_time_in_millis), replayed=has_letters
    )
    tell(outcomes)
    if replayed:
        return replay_answer(outcomes)
    return {
        "batchItemFailures": [{"itemIdentifier": each.record.item_id} for each in outcomes if each.failure]
    }

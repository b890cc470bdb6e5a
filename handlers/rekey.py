"""Moves the vault to another KMS key step by step, for callers who may invoke this function.

It answers only with counts.
"""

import os
import time
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import answer_errors, logger, redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.rekey import rekeying
from tokenizer.aws.platform.settings import RekeySettings
from tokenizer.messages.base import parse_message
from tokenizer.messages.rekey import REKEY, BeginMessage, ConcludeMessage, RekeyMessage, WorkMessage
from tokenizer.rekey.run import Rekeying
from tokenizer.time_budget import Budget

_SLICE = 5.0  # seconds that one request works, so that the operator sees progress


@cache
def _rekeying() -> Rekeying:
    return rekeying(RekeySettings.load(os.environ))


@redact_errors
@answer_errors()
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Serves one request. `tokenizer.rekey.run` describes what each action does.

    Args:
        event: `{"action": "begin", "operator", "segments"}`, `{"action": "work", "segment"}`, `{"action": "conclude", "operator"}` or
            `{"action": "status"}`.
        context: Lambda's.

    Returns:
        The answer of the action, or `{"error": {"code", "message"}}`.
    """
    asked = parse_message(REKEY, event)
    answer = _served(asked, _slice(context))
    logger.info("rekey", extra={"action": asked.action, "answer": answer})
    return answer


def _served(asked: RekeyMessage, budget: Budget) -> dict[str, Any]:
    match asked:
        case BeginMessage():
            return _rekeying().begin(asked.operator, asked.segments)
        case WorkMessage():
            return _rekeying().work(asked.segment, budget)
        case ConcludeMessage():
            return _rekeying().conclude(asked.operator)
        case _:
            return _rekeying().status()


def _slice(context: LambdaContext) -> Budget:
    whole, ends = invocation_budget(context.get_remaining_time_in_millis), time.monotonic() + _SLICE
    return Budget(lambda: min(whole.remaining(), ends - time.monotonic()), time.sleep)

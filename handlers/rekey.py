"""Moves the vault to another KMS key, a step at a time, for whoever may invoke this function; it answers with counts alone."""

import os
import time
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import logger, redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.rekey import rekeying
from tokenizer.aws.platform.settings import RekeySettings
from tokenizer.errors import PipelineError
from tokenizer.rekey.run import OutOfTurn, Rekeying
from tokenizer.time_budget import Budget

_SLICE = 5.0  # seconds that one request works, so that whoever waits sees it go on


@cache
def _rekeying() -> Rekeying:
    return rekeying(RekeySettings.load(os.environ))


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Serve one request; `tokenizer.rekey.run` has what each does.

    Args:
        event: `{"action": "begin", "operator", "segments"}`, `{"action": "work", "segment"}`, `{"action": "conclude", "operator"}` or
            `{"action": "status"}`.
        context: Lambda's.

    Returns:
        What the action answers, or `{"error": {"code", "message"}}`.
    """
    try:
        answer = _served(event, _slice(context))
    except OutOfTurn as why:
        return {"error": {"code": "out_of_turn", "message": str(why)}}
    except PipelineError as error:
        logger.error("not moved", extra={"error": type(error).__name__, "reason": str(error)})
        return {"error": {"code": "unavailable", "message": f"{type(error).__name__}: {error}"}}
    if answer is None:
        return {"error": {"code": "invalid_request", "message": "action: begin, work, conclude or status"}}
    logger.info("rekey", extra={"action": event["action"], "answer": answer})
    return answer


def _served(event: dict[str, Any], budget: Budget) -> dict[str, Any] | None:
    operator = str(event.get("operator", "unknown"))
    match event.get("action"):
        case "begin":
            return _rekeying().begin(operator, int(event.get("segments", 4)))
        case "work":
            return _rekeying().work(int(event.get("segment", -1)), budget)
        case "conclude":
            return _rekeying().conclude(operator)
        case "status":
            return _rekeying().status()
    return None


def _slice(context: LambdaContext) -> Budget:
    whole, ends = invocation_budget(context.get_remaining_time_in_millis), time.monotonic() + _SLICE
    return Budget(lambda: min(whole.remaining(), ends - time.monotonic()), time.sleep)

"""Replays failed records for an operator, who sees each result but none of a record's bytes unless they reveal it."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.invoker import alias, identified_caller
from handlers.runtime import answer_errors, logger, redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.replay import replay_service
from tokenizer.aws.platform.settings import ReplaySettings
from tokenizer.aws.replay.invocation import Invocation
from tokenizer.aws.replay.service import ReplayService


@cache
def _service() -> ReplayService:
    return replay_service(ReplaySettings.load(os.environ))


@redact_errors
@answer_errors()
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Serves one request. `tokenizer.aws.replay.service` has the actions.

    What takes an identity takes `id_token`. Approvers invoke the alias `approve`, and administrators who reveal a letter
    the alias `direct`, without a token.

    Args:
        event: `{"letters": [message body, ...]}` replays up to 100 letters; `action` asks for something else.
        context: Lambda's.

    Returns:
        `{"results": [{"status": ..., ...}, ...]}`, one for each letter in the same order, or the answer of another
        action, or `{"error": {"code", "message"}}`.
    """
    invoked = Invocation(
        alias(context),
        lambda token: identified_caller(token, context),
        invocation_budget(context.get_remaining_time_in_millis),
    )
    answer = _service().serve(event, invoked)
    statuses = [result["status"] for result in answer.get("results", [])]
    logger.info("replay", extra={"action": str(event.get("action", "replay"))[:20], "statuses": statuses})
    return answer

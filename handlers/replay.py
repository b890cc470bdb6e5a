"""Replays failed records for an operator, who sees each result but none of a record's bytes unless they reveal it."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import answer_errors, logger, redact_errors
from tokenizer.aws.compose.replay import replay_service
from tokenizer.aws.platform.settings import ReplaySettings
from tokenizer.aws.replay.service import ReplayService


@cache
def _service() -> ReplayService:
    return replay_service(ReplaySettings.load(os.environ))


@redact_errors
@answer_errors()
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Serves one request. `tokenizer.aws.replay.service` has the actions.

    Args:
        event: `{"letters": [message body, ...]}` replays up to 100 letters; `action` asks for something else.
        context: Lambda's.

    Returns:
        `{"results": [{"status": ..., ...}, ...]}`, one for each letter in the same order, or the answer of another
        action, or `{"error": {"code", "message"}}`.
    """
    answer = _service().serve(event)
    statuses = [result["status"] for result in answer.get("results", [])]
    logger.info("replay", extra={"action": str(event.get("action", "replay"))[:20], "statuses": statuses})
    return answer

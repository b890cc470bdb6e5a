"""Replays dead letters for an operator, who sees what became of each and no byte of any."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.shell import logger, sealed_exit
from tokenizer.aws import root
from tokenizer.aws.replayer import Replayer
from tokenizer.aws.settings import ReplaySettings

MOST = 100


@cache
def _replayer() -> Replayer:
    return root.replayer(ReplaySettings.load(os.environ))


@sealed_exit
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Replay up to 100 letters.

    Args:
        event: `{"letters": [message body, ...]}`.
        context: Lambda's.

    Returns:
        `{"results": [{"status": ..., ...}, ...]}`, one a letter, in the same order.
    """
    letters = event.get("letters")
    if (
        not isinstance(letters, list)
        or len(letters) > MOST
        or not all(isinstance(body, str) for body in letters)
    ):
        return {
            "error": {"code": "invalid_request", "message": f"letters: a list of up to {MOST} message bodies"}
        }
    results = [_replayer().replay(body) for body in letters]
    logger.info("replay", extra={"statuses": [result["status"] for result in results]})
    return {"results": results}

"""Seeds honey tokens for whoever keeps them, who sees tokens and no value."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import logger, redact_errors
from tokenizer.aws.compose.honeytokens import honeytoken_service
from tokenizer.aws.honeytokens.service import HoneytokenService, InvalidRequest
from tokenizer.aws.platform.settings import HoneySettings
from tokenizer.errors import PipelineError


@cache
def _service() -> HoneytokenService:
    return honeytoken_service(HoneySettings.load(os.environ))


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Serve one request.

    Args:
        event: `{"action": "seed", "kind", "count", "note", "operator"}` or `{"action": "list", "operator"}`.
        context: Lambda's.

    Returns:
        `{"tokens": [{"token", "kind", "note", "seeded_at"}, ...]}`, or `{"error": {"code", "message"}}`.
    """
    try:
        return _service().serve(event)
    except InvalidRequest as why:
        return {"error": {"code": "invalid_request", "message": str(why)}}
    except PipelineError as error:
        logger.error("no honey", extra={"error": type(error).__name__, "reason": str(error)})
        return {"error": {"code": "unavailable", "message": f"{type(error).__name__}: {error}"}}

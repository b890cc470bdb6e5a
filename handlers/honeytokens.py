"""Makes honey tokens. Those who keep them see tokens and no values."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import answer_errors, redact_errors
from tokenizer.aws.compose.honeytokens import honeytoken_service
from tokenizer.aws.honeytokens.service import HoneytokenService
from tokenizer.aws.platform.settings import HoneySettings


@cache
def _service() -> HoneytokenService:
    return honeytoken_service(HoneySettings.load(os.environ))


@redact_errors
@answer_errors()
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Serves one request.

    Args:
        event: `{"action": "seed", "kind", "count", "note", "operator"}` or `{"action": "list", "operator"}`.
        context: Lambda's.

    Returns:
        `{"tokens": [{"token", "kind", "note", "seeded_at"}, ...]}`, or `{"error": {"code", "message"}}`.
    """
    return _service().serve(event)

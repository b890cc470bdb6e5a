"""Wires the function that makes honey tokens."""

from datetime import UTC, datetime
from random import SystemRandom

from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.invocation import API_CALL_SECONDS
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.aws.honeytokens.service import HoneytokenService
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import HoneySettings


def honeytoken_service(settings: HoneySettings) -> HoneytokenService:
    """Returns the service that makes honey tokens."""
    clients.silence_libraries()
    return HoneytokenService(
        SynchronousTokenizer(
            clients.client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
            settings.tokenize_function,
            settings.api_name,
        ),
        HoneyKeeper(clients.client("dynamodb"), settings.honey_table),
        audit_trail(settings),
        SystemRandom(),
        lambda: datetime.now(UTC),
    )

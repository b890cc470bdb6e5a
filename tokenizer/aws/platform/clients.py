"""Makes AWS clients with deliberate timeouts and retries.

boto3's defaults (a minute to read, up to ten attempts for DynamoDB) last longer than a Lambda invocation. Where a time
budget applies, botocore tries once, and the adapters repeat only what was not accepted, with backoff. A call then takes
at most `LONGEST_CALL` seconds. Elsewhere botocore tries three times.
"""

import logging
from typing import Any

import boto3
from botocore.config import Config

from tokenizer.aws.platform import counters

_CONNECT = 1
_READ = 5
LONGEST_CALL = _CONNECT + _READ
_ATTEMPTS = 3


def client(service: str, *, attempts: int = _ATTEMPTS, read_timeout: int = _READ) -> Any:
    """Returns a client for a service, with the function's own credentials and region.

    Args:
        service: boto3's name of the service.
        attempts: how often botocore tries a call in all.
        read_timeout: seconds to wait for an answer.
    """
    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        # AWS checks every parameter itself. Checking them here costs 6 to 9 % of a batch's CPU, and the errors repeat
        # values.
        parameter_validation=False,
        # CloudTrail shows this name. Without it botocore describes itself and the machine for each call, 2 % of a
        # batch's CPU.
        user_agent="order-tokenizer",
    )
    made = boto3.client(service, config=config)  # type: ignore[call-overload]
    made.meta.events.register("before-call", lambda **_: counters.count(service))
    return made


def silence_libraries() -> None:
    """Keeps libraries from logging what they are given. The encryption SDK logs tracebacks that contain items."""
    for name in ("dynamodb_encryption_sdk", "botocore", "boto3", "urllib3"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False

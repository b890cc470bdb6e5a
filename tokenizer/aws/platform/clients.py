"""How AWS clients are made: timeouts and retries set on purpose.

boto3's defaults (a minute to read, up to ten attempts at DynamoDB) outlast a Lambda invocation. Where the time budget
rules, botocore tries once and the adapters try again, with backoff and only what was not taken; a call then takes at
most `LONGEST_CALL` seconds. Elsewhere botocore tries three times.
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
    """A client for a service, with the function's own credentials and region.

    Args:
        service: boto3's name of it.
        attempts: how often botocore tries a call in all.
        read_timeout: seconds to wait for an answer.
    """
    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        # AWS checks every parameter itself. Here it costs 6 to 9 % of a batch's CPU, and its errors repeat values.
        parameter_validation=False,
        # Named in CloudTrail; and botocore would describe itself and the machine anew for each call, 2 % of a batch's CPU.
        user_agent="order-tokenizer",
    )
    made = boto3.client(service, config=config)  # type: ignore[call-overload]
    made.meta.events.register("before-call", lambda **_: counters.count(service))
    return made


def silence_libraries() -> None:
    """Keep libraries from logging what they were given: the encryption SDK logs tracebacks with items in them."""
    for name in ("dynamodb_encryption_sdk", "botocore", "boto3", "urllib3"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False

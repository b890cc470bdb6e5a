"""How AWS clients are made: timeouts and retries set on purpose.

boto3's defaults (a minute to read, up to ten attempts at DynamoDB) outlast a Lambda invocation. Three attempts
at whole calls are botocore's; what a call leaves undone is sent again by the adapters, within the time budget.
"""

import logging
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=1,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)


def client(service: str) -> Any:
    """A client for a service, with the function's own credentials and region."""
    return boto3.client(service, config=_CONFIG)  # type: ignore[call-overload]


def silence_libraries() -> None:
    """Keep libraries from logging what they were given: the encryption SDK logs tracebacks with items in them."""
    for name in ("dynamodb_encryption_sdk", "botocore", "boto3", "urllib3"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False

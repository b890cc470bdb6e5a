"""Decides how much time an invocation has, and how long one function waits for another."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from tokenizer.aws.platform.clients import LONGEST_CALL
from tokenizer.time_budget import Budget

API_CALL_SECONDS = 24  # less than the function has; API Gateway waits for 29
_MARGIN = LONGEST_CALL + 2.0  # seconds in which the last call can end and the answer is written


def budget(remaining_milliseconds: Callable[[], int]) -> Budget:
    """Returns the time in which an invocation may still start work, from Lambda's context."""
    return Budget(lambda: remaining_milliseconds() / 1000 - _MARGIN, time.sleep)


def invocation_time() -> datetime:
    """Returns the time now."""
    return datetime.fromtimestamp(time.time(), UTC)

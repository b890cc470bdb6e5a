"""Provides what all functions share: the logger, the metrics, and error handling that shows no value."""

import resource
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokenizer.alarm_metrics import ALL
from tokenizer.aws.platform import counters, key_expiry, timing
from tokenizer.errors import LASTING, PipelineError, Refused

Handler = Callable[[Any, LambdaContext], Any]
Answer = dict[str, Any]
P = ParamSpec("P")

# The code of a failure that asking again doesn't help, and its message.
FAILED = "failed"
FAILED_MESSAGE = "the request failed and would fail again; do not repeat it"

logger = Logger()
metrics = Metrics()


def redact_errors(handler: Handler) -> Handler:
    """Keeps foreign errors from leaving a handler.

    Lambda prints errors that leave it, and their text may hold a value.
    """

    @wraps(handler)
    def call(event: Any, context: LambdaContext) -> Any:
        _leave_no_core()
        key_expiry.drop_expired()
        logger.append_keys(request_id=context.aws_request_id)
        timing.take()  # stages that an earlier invocation did not log
        try:
            return handler(event, context)
        except PipelineError as error:
            fail(type(error).__name__, str(error))
            raise type_only(error) from None
        except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
            fail(type(error).__name__)
            raise type_only(error) from None
        finally:
            log_alarm_metrics()
            key_expiry.drop_expired()

    return call


def answer_errors(reason: str = "") -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Makes a function answer `{"error": {"code", "message"}}` when it refuses a request or a service fails.

    Args:
        reason: the message if a service fails. If it is empty, the message is the error's own text, for an operator,
            and nothing is said of whether the request can be repeated.
    """

    def decorate(function: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Answer:
            try:
                return function(*args, **kwargs)
            except Refused as why:
                return _error_answer(why.code, why.message)
            except PipelineError as error:
                fail(type(error).__name__, str(error))
                if reason and isinstance(error, LASTING):
                    return _error_answer(FAILED, FAILED_MESSAGE)
                return _error_answer("unavailable", reason or f"{type(error).__name__}: {error}")

        return call

    return decorate


def _error_answer(code: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message}}


@cache
def _leave_no_core() -> None:
    """Keeps crashes from writing a core file, which would hold values and keys in clear."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fail(error: str, reason: str = "") -> None:
    """Logs a failure without the traceback that `logger.exception` would print."""
    logger.error("failed", extra={"error": error, "reason": reason})


def type_only(error: Exception) -> RuntimeError:
    """Returns an error that shows the class of another one and nothing else."""
    return RuntimeError(type(error).__name__)


def log_alarm_metrics() -> None:
    """Counts and logs the alarm metrics of a request, whatever its result is."""
    alarms = counters.take(*ALL)
    for name, count in alarms.items():
        metrics.add_metric(name, MetricUnit.Count, count)
    if alarms:
        metrics.flush_metrics()
        logger.warning("alarm", extra=alarms)

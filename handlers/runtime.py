"""What all functions share: the logger, the metrics, and an exit that carries no value."""

import resource
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokenizer.alarm_metrics import ALL
from tokenizer.aws.platform import counters, key_expiry, timing
from tokenizer.errors import PipelineError, Refused

Handler = Callable[[Any, LambdaContext], Any]
Answer = dict[str, Any]
P = ParamSpec("P")

logger = Logger()
metrics = Metrics()


def redact_errors(handler: Handler) -> Handler:
    """Let no error leave a handler but ours: Lambda prints what leaves it, and another's text may hold a value."""

    @wraps(handler)
    def call(event: Any, context: LambdaContext) -> Any:
        _leave_no_core()
        key_expiry.drop_expired()
        logger.append_keys(request_id=context.aws_request_id)
        timing.take()  # what an invocation left behind that told of no batch
        try:
            return handler(event, context)
        except PipelineError as error:
            fail(type(error).__name__, str(error))
            raise type_only(error) from None
        except Exception as error:  # noqa: BLE001 -- the class is all that may be told
            fail(type(error).__name__)
            raise type_only(error) from None
        finally:
            log_alarm_metrics()
            key_expiry.drop_expired()

    return call


def answer_errors(reason: str = "") -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Makes a function answer `{"error": {"code", "message"}}` to what it refuses, and to what fails around it.

    Args:
        reason: what is answered where something fails around it; the failure's own text if empty.
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
                return _error_answer("unavailable", reason or f"{type(error).__name__}: {error}")

        return call

    return decorate


def _error_answer(code: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message}}


@cache
def _leave_no_core() -> None:
    """Let no crash write a core file: it would hold values and keys in clear."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fail(error: str, reason: str = "") -> None:
    """Log a failure without the traceback that `logger.exception` would print."""
    logger.error("failed", extra={"error": error, "reason": reason})


def type_only(error: Exception) -> RuntimeError:
    """An error that tells the class of another and nothing else."""
    return RuntimeError(type(error).__name__)


def log_alarm_metrics() -> None:
    """Count what somebody is to be alarmed of, whatever became of the request."""
    told = counters.take(*ALL)
    for name, count in told.items():
        metrics.add_metric(name, MetricUnit.Count, count)
    if told:
        metrics.flush_metrics()
        logger.warning("alarm", extra=told)

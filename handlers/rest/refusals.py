"""Maps errors to answers."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from handlers.rest.answers import HttpError, answer, problem
from handlers.rest.models import ORDERS_ALONE
from handlers.runtime import FAILED, FAILED_MESSAGE, fail
from tokenizer.aws.api.idempotency import IN_USE, REUSED
from tokenizer.errors import LASTING, BadRecord, PipelineError, Refused
from tokenizer.subjects import NOBODY

_TOLD = 5  # faults of a request
# draft-ietf-httpapi-idempotency-key-header: 400 for none, 422 for a key with another payload, 409 while the first request is running
_REFUSALS = {
    "not_found": 404,
    "not_payable": 409,
    IN_USE: 409,
    REUSED: 422,
    "unauthorized": 401,
    "denied": 403,
    "budget_used": 429,
    "invalid_request": 422,
    NOBODY: 404,
    "unknown_value": 404,
    FAILED: 500,
}

Answer = Response[dict[str, Any]]


def _invalid(error: RequestValidationError) -> Answer:
    # Shows the place and the rule, never the input. The name of an unknown field is input too.
    faults = [f"{'/'.join(map(str, _place(each)))}: {_rule(each)}" for each in error.errors()[:_TOLD]]
    if any((each["loc"][0], each["type"]) == ("header", "missing") for each in error.errors()):
        return problem(400, "invalid_request", "; ".join(faults))
    return problem(422, "invalid_field", "; ".join(faults))


def _place(fault: dict[str, Any]) -> tuple[str | int, ...]:
    place: tuple[str | int, ...] = tuple(fault["loc"])
    return (*place[:-1], "*") if fault["type"] == "extra_forbidden" else place


def _rule(fault: dict[str, Any]) -> str:
    """Returns the rule that is broken: pydantic's name of it, or the whole text of the one that is ours."""
    return str(fault["msg" if fault["type"] == ORDERS_ALONE else "type"])


def _bad(error: BadRecord) -> Answer:
    return problem(413 if error.code == "too_large" else 400, str(error.code), error.message)


def _refused(error: Refused) -> Answer:
    return problem(_REFUSALS.get(error.code, 409), error.code, error.message)


def _service(error: ServiceError) -> Answer:
    status = HTTPStatus(error.status_code)
    return problem(status, status.name.lower(), status.phrase)


def failed(error: PipelineError) -> HttpError:
    """Logs the failure of a service, and returns its answer."""
    fail(type(error).__name__, str(error))
    if isinstance(error, LASTING):
        return HttpError(500, FAILED, FAILED_MESSAGE)
    return HttpError(503, "unavailable", "try again later")


def _failed(error: PipelineError) -> Answer:
    made = failed(error)
    return answer(made.status, made.body)


def register(app: APIGatewayRestResolver) -> None:
    """Makes an app answer all errors in the same form."""
    for kind, handle in (
        (RequestValidationError, _invalid),
        (BadRecord, _bad),
        (Refused, _refused),
        (ServiceError, _service),
        (PipelineError, _failed),
    ):
        app.exception_handler(kind)(handle)

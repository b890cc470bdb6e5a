"""The API behind Cognito: takes orders, shows them sanitized, reveals by policy."""

import os
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.api_models import (
    OPEN_API,
    Accepted,
    ErasureCertificate,
    PaymentAnswer,
    Problem,
    RawOrder,
    RevealAnswer,
    RevealRequest,
    SanitizedOrder,
    TokensAnswer,
    TokensRequest,
)
from handlers.shell import fail, logger, type_only
from schemas.sanitized import SanitizedEvent
from tokenizer import jsontext
from tokenizer.aws import desks
from tokenizer.aws.order_desk import OrderDesk, checked
from tokenizer.aws.settings import ApiSettings
from tokenizer.aws.waiting_desk import WaitingDesk
from tokenizer.errors import BadRecord, PipelineError

JSON = "application/json"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
_PROBLEMS: dict[int, Any] = {
    status: {"description": HTTPStatus(status).phrase, "content": {JSON: {"model": Problem}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 503)
}

app = APIGatewayRestResolver(enable_validation=True, serializer=jsontext.dump_text)


@cache
def _waiting() -> WaitingDesk:
    return desks.waiting_desk(ApiSettings.load(os.environ))


@cache
def _desk() -> OrderDesk:
    return desks.order_desk(ApiSettings.load(os.environ))


@app.post(
    "/orders",
    status_code=202,
    responses={
        201: {"description": "Tokenized and published", "content": {JSON: {"model": SanitizedEvent}}},
        202: {"description": "Accepted", "content": {JSON: {"model": Accepted}}},
        **_PROBLEMS,
    },
)
def post_order(
    order: RawOrder,  # noqa: ARG001 -- checked by the resolver; what is sent on are the bytes that came
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128)
    ] = None,
    prefer: Annotated[str | None, Header(alias="Prefer", max_length=64)] = None,
) -> Response[dict[str, Any]]:
    """Take a raw order event; it is tokenized and published within seconds, or at once with `Prefer: wait`."""
    data, caller = (app.current_event.decoded_body or "").encode(), _caller()["name"]
    if prefer is not None and "wait" in prefer.lower():
        checked(data)
        return _answer(201, _waiting().order(data, caller, idempotency_key))
    return _answer(202, {"event_id": _desk().take(data, caller, idempotency_key)})


@app.post(
    "/tokens",
    status_code=201,
    responses={201: {"description": "Tokenized", "content": {JSON: {"model": TokensAnswer}}}, **_PROBLEMS},
)
def tokenize(
    request: TokensRequest,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128)
    ] = None,
) -> Response[dict[str, Any]]:
    """Tokens for up to 100 values of named kinds."""
    values = [(each.kind, each.value) for each in request.values]
    tokens = _waiting().values(values, _caller()["name"], idempotency_key, request.customer_id)
    return _answer(201, {"tokens": tokens})


@app.get(
    "/orders/<order_id>",
    responses={200: {"description": "OK", "content": {JSON: {"model": SanitizedOrder}}}, **_PROBLEMS},
)
def get_order(order_id: Annotated[str, Path(min_length=1, max_length=256)]) -> Response[dict[str, Any]]:
    """The latest sanitized order."""
    found = _desk().order(order_id)
    return _answer(200, found) if found else _problem(404, "not_found", "there is no such order")


@app.post(
    "/orders/<order_id>/payments",
    status_code=201,
    responses={
        201: {"description": "Charged or declined", "content": {JSON: {"model": PaymentAnswer}}},
        **_PROBLEMS,
    },
)
def pay(
    order_id: Annotated[str, Path(min_length=1, max_length=256)],
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)],
) -> Response[dict[str, Any]]:
    """Charge the card behind the order's token; one charge for a key."""
    answer = _desk().pay(order_id, idempotency_key, _caller()["name"])
    if "error" in answer:
        status = {"not_found": 404, "not_payable": 409}.get(answer["error"]["code"], 503)
        return _problem(status, answer["error"]["code"], answer["error"]["message"])
    return _answer(201, answer["payment"])


@app.post(
    "/tokens/reveal",
    responses={200: {"description": "OK", "content": {JSON: {"model": RevealAnswer}}}, **_PROBLEMS},
)
def reveal(request: RevealRequest) -> Response[dict[str, Any]]:
    """The values behind tokens, as far as the policies let the caller have them for the purpose."""
    answer = _desk().reveal(request.tokens, request.purpose, masked=request.masked, caller=_caller())
    if "error" in answer:
        return _problem(503, "unavailable", "reveals are not available")
    shown = {
        token: {**each, "value": jsontext.parse(each["value"].encode())} if "value" in each else each
        for token, each in answer["tokens"].items()
    }
    return _answer(200, {"tokens": shown})


@app.delete(
    "/customers/<customer_id>",
    responses={
        200: {"description": "Erased", "content": {JSON: {"model": ErasureCertificate}}},
        **_PROBLEMS,
    },
)
def erase(
    customer_id: Annotated[str, Path(min_length=1, max_length=256)],
    purpose: Annotated[str, Query(min_length=1, max_length=100)] = "erasure_request",
) -> Response[dict[str, Any]]:
    """Erase what the vault holds on a customer; their tokens answer `erased` from then on."""
    answer = _desk().erase(customer_id, purpose, _caller())
    if "error" in answer:
        status = {"denied": 403, "invalid_request": 422}.get(answer["error"]["code"], 503)
        return _problem(status, answer["error"]["code"], answer["error"]["message"])
    return _answer(200, answer["certificate"])


@app.get("/openapi.json", include_in_schema=False)
def openapi() -> Response[str]:
    """This API's description."""
    return Response(200, JSON, app.get_openapi_json_schema(**OPEN_API), HEADERS)


@app.exception_handler(RequestValidationError)  # type: ignore[untyped-decorator]
def _invalid(error: RequestValidationError) -> Response[dict[str, Any]]:
    # The place and the rule, never the input.
    faults = [f"{'/'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors()[:5]]
    return _problem(422, "invalid_field", "; ".join(faults))


@app.exception_handler(BadRecord)  # type: ignore[untyped-decorator]
def _bad(error: BadRecord) -> Response[dict[str, Any]]:
    return _problem(413 if error.code == "too_large" else 400, str(error.code), error.message)


@app.exception_handler(ServiceError)  # type: ignore[untyped-decorator]
def _service(error: ServiceError) -> Response[dict[str, Any]]:
    return _problem(
        error.status_code, HTTPStatus(error.status_code).name.lower(), HTTPStatus(error.status_code).phrase
    )


@app.exception_handler(PipelineError)  # type: ignore[untyped-decorator]
def _unavailable(error: PipelineError) -> Response[dict[str, Any]]:
    fail(type(error).__name__, str(error))
    return _problem(503, "unavailable", "try again later")


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    logger.append_keys(request_id=context.aws_request_id)
    try:
        return app.resolve(event, context)
    except Exception as error:  # noqa: BLE001 -- the class is all that may be told
        fail(type(error).__name__)
        raise type_only(error) from None


def _caller() -> dict[str, Any]:
    """Who Cognito says is asking."""
    claims: dict[str, Any] = app.current_event.request_context.authorizer.claims or {}
    # Cognito signs `amr` into ID tokens where it has rolled that out; elsewhere nobody counts as having used a second factor.
    mfa = "mfa" in _listed(claims.get("amr"))
    return {"name": str(claims.get("sub", "")), "groups": _listed(claims.get("cognito:groups")), "mfa": mfa}


def _listed(claim: Any) -> list[str]:
    """A claim that is an array; API Gateway makes a text of it."""
    return claim if isinstance(claim, list) else str(claim or "").strip("[]").replace(",", " ").split()


def _answer(status: int, body: dict[str, Any]) -> Response[dict[str, Any]]:
    return Response(status, JSON, body, HEADERS)


def _problem(status: int, code: str, message: str) -> Response[dict[str, Any]]:
    return _answer(status, {"error": {"code": code, "message": message}})

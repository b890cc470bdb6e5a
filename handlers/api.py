"""Serves the API behind Cognito: takes orders, shows them sanitized, and reveals values by policy."""

import os
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.rest import description, gate, origins, refusals
from handlers.rest.answers import HEADERS, JSON, PROBLEMS, HttpError, answer, problem
from handlers.rest.callers import SCOPES, sent_token
from handlers.rest.models import (
    Accepted,
    FindRequest,
    FoundCustomers,
    Purpose,
    RawOrder,
    RevealRequest,
    SanitizedOrder,
    TokensAnswer,
    TokensRequest,
    ValueErasureRequest,
)
from handlers.rest.rights import ERASURE_PURPOSE, check_asker
from handlers.runtime import FAILED, fail, log_alarm_metrics, logger, type_only
from schemas.sanitized import SanitizedEvent
from tokenizer import json_text
from tokenizer.authorization.look_ups import LookUps
from tokenizer.aws.api.consistent_kinds import consistent_kinds
from tokenizer.aws.api.customer_finder import CustomerFinder
from tokenizer.aws.api.order_service import OrderService, checked
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.api.value_eraser import ValueEraser
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.authorization.pool_tokens import PoolTokens
from tokenizer.aws.compose.api import (
    customer_finder,
    look_ups,
    order_service,
    route_policies,
    synchronous_tokenizer,
    value_eraser,
)
from tokenizer.aws.compose.sign_in import pool_tokens
from tokenizer.aws.platform.settings import ApiSettings
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError, Refused
from tokenizer.messages.erasure import ErasureCertificate, OrderErasureCertificate, ValueErasureCertificate
from tokenizer.messages.payments import PaymentAnswer
from tokenizer.messages.reveal import RevealAnswer, RevealedToken
from tokenizer.pipeline.consistent_fields import consistent_tokens, with_consistent
from tokenizer.vault.categories import category

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128)]
OrderId = Annotated[str, Path(min_length=1, max_length=256, examples=["SO-1001"])]
Answer = Response[dict[str, Any]]
_UNREAD = frozenset({400, 413, 415, 422})  # answers to requests that may have reached no function

app = APIGatewayRestResolver(
    enable_validation=True,
    serializer=json_text.dump_text,
    json_body_deserializer=lambda text: json_text.parse((text or "").encode("utf-8", "surrogatepass")),
)
refusals.register(app)


@cache
def _settings() -> ApiSettings:
    return ApiSettings.load(os.environ)


@cache
def _waiting() -> SynchronousTokenizer:
    return synchronous_tokenizer(_settings())


@cache
def _service() -> OrderService:
    return order_service(_settings())


@cache
def _look_ups() -> LookUps:
    return look_ups(_settings(), _policies())


@cache
def _finder() -> CustomerFinder:
    return customer_finder(_settings(), _look_ups)


@cache
def _value_eraser() -> ValueEraser:
    return value_eraser(_settings(), _look_ups)


@cache
def _policies() -> CedarPolicies:
    return route_policies()


@cache
def _tokens() -> PoolTokens:
    return pool_tokens(_settings().sign_in_bucket)


@cache
def _description() -> str:
    return description.described(app, _settings().token_url)


@cache
def _methods() -> gate.Methods:
    return description.methods(_description())


def _answers(**models: Any) -> dict[int, Any]:
    """Returns the answers of a route for OpenAPI: those given as `_201=Model`, and the errors that all routes have."""
    good = {
        int(status.strip("_")): {"description": model.__doc__, "content": {JSON: {"model": model}}}
        for status, model in models.items()
    }
    return good | PROBLEMS


def _people_and_machines(
    method: str, path: str, **how: Any
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Registers a route for people (ID token), and below /machine for machines (access token with its scope)."""

    def decorate(route: Callable[..., Answer]) -> Callable[..., Answer]:
        app.route(path, method, security=description.PEOPLE, **how)(route)
        scope = SCOPES[method, f"/machine{path.replace('<', '{').replace('>', '}')}"]
        app.route(f"/machine{path}", method, security=description.machines(scope), **how)(route)
        return route

    return decorate


@_people_and_machines(
    "POST",
    "/orders",
    status_code=202,
    tags=[description.ORDERS],
    responses=_answers(_201=SanitizedEvent, _202=Accepted),
)
def post_order(
    order: RawOrder,  # noqa: ARG001 -- checked by the resolver; the bytes that came are sent on
    idempotency_key: Key = None,
    prefer: Annotated[str | None, Header(alias="Prefer", max_length=64)] = None,
) -> Answer:
    """Takes a raw order event. It is tokenized and published within seconds, or at once with `Prefer: wait`.

    Consistent tokens are null for callers who may not look them up.
    """
    data, caller = _body(), _caller()
    if prefer is not None and "wait" in prefer.lower():
        checked(data)
        shown = _waiting().order(data, caller.name, idempotency_key)
        shown = {**shown, "data": _visible(shown["data"], "orders")}
        return answer(201, shown, {"Preference-Applied": "wait"})
    return answer(202, _service().take(data, caller.name, idempotency_key))


@_people_and_machines(
    "POST", "/tokens", status_code=201, tags=[description.TOKENS], responses=_answers(_201=TokensAnswer)
)
def tokenize(request: TokensRequest, idempotency_key: Key = None) -> Answer:
    """Returns tokens for up to 100 values of named kinds.

    A consistent token is null for callers who may not look it up.
    """
    values, purpose = [(each.kind, each.value) for each in request.values], request.purpose or ""
    caller, look_ups = _caller(), _look_ups()
    consistent = consistent_kinds()
    hidden = consistent - look_ups.permitted(caller, purpose)
    tokens = _waiting().values(values, caller.name, idempotency_key, request.customer_id, hidden)
    found = [
        (kind, token) for (kind, _), token in zip(values, tokens, strict=True) if kind in consistent and token
    ]
    visible = look_ups.visible(caller, "tokens", found, purpose)
    hidden_tokens = {token for _, token in found} - visible
    return answer(201, {"tokens": [None if each in hidden_tokens else each for each in tokens]})


@_people_and_machines(
    "GET", "/orders/<order_id>", tags=[description.ORDERS], responses=_answers(_200=SanitizedOrder)
)
def get_order(order_id: OrderId) -> Answer:
    """Returns the latest sanitized order. Consistent tokens are null for callers who could have named the values."""
    found = _service().order(order_id)
    if found is None:
        return problem(404, "not_found", "there is no such order")
    return answer(200, {**found, **_visible({"order": found["order"]}, "orders/{order_id}")})


@app.post(
    "/orders/<order_id>/payments",
    status_code=201,
    tags=[description.PAYMENTS],
    security=description.PEOPLE,
    responses=_answers(_201=PaymentAnswer),
)
def pay(
    order_id: OrderId,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)],
) -> Answer:
    """Charges the card behind the order's token. One charge of an order succeeds, whatever the idempotency key."""
    return answer(201, _service().pay(order_id, idempotency_key, _caller(), _id_token()))


@app.post(
    "/tokens/reveal",
    tags=[description.TOKENS],
    security=description.PEOPLE,
    responses=_answers(_200=RevealAnswer),
)
def reveal(request: RevealRequest) -> Answer:
    """Reveals the values behind tokens, as far as the policies permit it for the caller and the purpose."""
    try:
        found = _service().reveal(
            request.tokens, request.purpose, masked=request.masked, id_token=_id_token()
        )
    except Refused as refused:
        if refused.code in {"denied", "unauthorized", FAILED}:
            raise
        return problem(503, "unavailable", "reveals are not available")
    return answer(200, {"tokens": {token: _shown(each) for token, each in found.tokens.items()}})


@app.post(
    "/customer-lookups",
    tags=[description.CUSTOMERS],
    security=description.PEOPLE,
    responses=_answers(_200=FoundCustomers),
)
def find_customers(request: FindRequest) -> Answer:
    """Finds the customers who used an email in an `order.placed`, and their orders. Each look-up is counted and audited."""
    found = _finder().find(request.email, request.purpose, _caller())
    customers = [
        {"customer_id": customer_id, "order_ids": orders} for customer_id, orders in sorted(found.items())
    ]
    return answer(200, {"customers": customers})


@app.delete(
    "/customers/<customer_id>",
    tags=[description.CUSTOMERS],
    security=description.PEOPLE,
    responses=_answers(_200=ErasureCertificate),
)
def erase(
    customer_id: Annotated[str, Path(min_length=1, max_length=256)],
    purpose: Annotated[Purpose, Query()] = ERASURE_PURPOSE,
) -> Answer:
    """Erases what the vault holds on a customer. The customer's tokens answer `erased` from then on."""
    return answer(200, _service().erase(customer_id, purpose, _id_token()).model_dump())


@app.delete(
    "/orders/<order_id>",
    tags=[description.ORDERS],
    security=description.PEOPLE,
    responses=_answers(_200=OrderErasureCertificate),
)
def erase_order(order_id: OrderId, purpose: Annotated[Purpose, Query()] = ERASURE_PURPOSE) -> Answer:
    """Erases what came under an order without a customer. An order that has a customer is erased with the customer."""
    return answer(200, _service().erase_order(order_id, purpose, _id_token()).model_dump())


@app.post(
    "/value-erasures",
    tags=[description.CUSTOMERS],
    security=description.PEOPLE,
    responses=_answers(_200=ValueErasureCertificate),
)
def erase_value(request: ValueErasureRequest) -> Answer:
    """Erases an email or a phone number that the caller names, for all who used it. It takes a second factor.

    The value gets another token when it is used again. Each request counts as a look-up.
    """
    erased = _value_eraser().erase(request.kind, request.value, request.purpose, _caller(), _id_token())
    return answer(200, erased.model_dump())


@app.get("/openapi.json", include_in_schema=False)
def openapi() -> Response[str]:
    """Returns this API's description."""
    return Response(200, JSON, _description(), HEADERS)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers one request."""
    logger.append_keys(request_id=context.aws_request_id)
    try:
        return _answered(event, context)
    except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
        fail(type(error).__name__)
        raise type_only(error) from None
    finally:
        log_alarm_metrics()


def _answered(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    settings, caller = _settings(), None
    methods = _methods() if event["resource"] == gate.ELSEWHERE else {}
    try:
        caller = gate.request_caller(event, methods, _tokens)
        gate.check_request(event, caller, settings.max_body_bytes, _policies)
        app.context["caller"] = caller  # cleared by the resolver when it is done
        answered: dict[str, Any] = app.resolve(gate.without_media_type(event), context)
    except HttpError as refused:
        answered = origins.preflight(event, settings.allowed_origin, methods) or refused.event()
    except PipelineError as error:
        answered = refusals.failed(error).event()
    try:
        if caller is not None and answered["statusCode"] in _UNREAD:
            check_asker(event, caller, _policies())
    except HttpError as denied:
        answered = denied.event()
    return origins.shown(answered, settings.allowed_origin)


def _body() -> bytes:
    return (app.current_event.decoded_body or "").encode("utf-8", "surrogatepass")


def _caller() -> Caller:
    caller: Caller = app.context["caller"]
    return caller


def _id_token() -> str:
    return sent_token(app.current_event.raw_event)


def _visible(data: dict[str, Any], route: str) -> dict[str, Any]:
    """Returns the data of a sanitized event without the consistent tokens that the caller may not see."""
    caller = _caller()
    found = [(category(name), token) for name, token in consistent_tokens(data)]
    visible = _look_ups().visible(caller, route, found) if found else frozenset()
    shown: dict[str, Any] = with_consistent(data, lambda _, token: token if token in visible else None)
    return shown


def _shown(token: RevealedToken) -> dict[str, Any]:
    """Returns the answer for a token with its value parsed.

    The value travels as JSON text, so that no digit is lost.
    """
    shown = token.model_dump(exclude_none=True)
    return {**shown, "value": json_text.parse(token.value.encode())} if token.value is not None else shown

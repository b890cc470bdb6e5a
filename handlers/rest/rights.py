"""Asks the policies before any route runs. A route that is not listed here is open to nobody.

Revealing, charging and erasing are decided by the functions that do it, which note each attempt in the audit trail. All
other routes are decided here.
"""

from typing import Any

from handlers.rest.answers import HttpError
from tokenizer.authorization.ports import RouteAction, RoutePolicies
from tokenizer.callers import Caller

ERASURE_PURPOSE = "erasure_request"  # of an erasure that names none
_BELOW = "/machine"  # machines' routes do what people's do

ACTIONS = {
    ("POST", "/orders"): RouteAction.PLACE,
    ("GET", "/orders/{order_id}"): RouteAction.READ,
    ("POST", "/tokens"): RouteAction.TOKENIZE,
    ("POST", "/orders/{order_id}/payments"): RouteAction.CHARGE,
    ("POST", "/tokens/reveal"): RouteAction.ASK_REVEAL,
    ("POST", "/customer-lookups"): RouteAction.LOOK_UP,
    ("DELETE", "/customers/{customer_id}"): RouteAction.ERASE,
    ("DELETE", "/orders/{order_id}"): RouteAction.ERASE_ORDER,
    ("POST", "/value-erasures"): RouteAction.ERASE_VALUE,
}
_ERASING = {RouteAction.ERASE, RouteAction.ERASE_ORDER, RouteAction.ERASE_VALUE}
_BY_FUNCTIONS = frozenset({RouteAction.CHARGE, RouteAction.ASK_REVEAL, *_ERASING})


def check_right(event: dict[str, Any], caller: Caller, policies: RoutePolicies) -> None:
    """Refuses a caller whom the policies don't let use a route.

    Args:
        event: the event of API Gateway's proxy integration.
        caller: the caller.
        policies: decide.

    Raises:
        HttpError: holds the answer.
    """
    action = ACTIONS.get((event["httpMethod"], event["resource"].removeprefix(_BELOW)))
    if action in _BY_FUNCTIONS:
        return
    if action is None or not policies.permits(caller, action):
        raise _denied()


def check_asker(event: dict[str, Any], caller: Caller, policies: RoutePolicies) -> None:
    """Refuses a caller without the right whose request is too wrong to reach the function that decides.

    So nobody learns by a wrong request what a route takes that is not theirs.

    Args:
        event: the event of API Gateway's proxy integration.
        caller: the caller.
        policies: decide.

    Raises:
        HttpError: holds the answer.
    """
    action = ACTIONS.get((event["httpMethod"], event["resource"]))
    if action not in _BY_FUNCTIONS:
        return
    purpose = (event.get("queryStringParameters") or {}).get("purpose", "").strip() or ERASURE_PURPOSE
    if not policies.permits(caller, action, purpose):
        raise _denied()


def _denied() -> HttpError:
    return HttpError(403, "denied", "the policies do not let the caller use this route")

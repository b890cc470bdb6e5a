"""Tests who counts as the caller of a function: the owner of an ID token, an administrator by the alias, or nobody."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import erase, invoker, pay, reveal
from tests.support.pool_tokens import Objects, pool_tokens, token
from tokenizer.callers import IAM, Caller
from tokenizer.errors import LASTING, Denied, OutOfTime, PipelineError, Throttled, Unavailable

ARN = "arn:aws:lambda:eu-central-1:111122223333:function:orders-any"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
ASKED: dict[str, tuple[Handler, dict[str, Any]]] = {
    "reveal": (reveal.handler, {"tokens": ["t"], "purpose": "charge"}),
    "pay": (pay.handler, {"order_id": "SO-1", "key": "k"}),
    "erase": (erase.handler, {"customer_id": "C-1", "purpose": "erasure_request"}),
    "erase a value": (erase.handler, {"token": "tok_" + "0" * 26, "purpose": "erasure_request"}),
    "erase an order": (erase.handler, {"order_id": "SO-1", "purpose": "erasure_request"}),
}
FORGED = {"name": "mallory", "groups": ["compliance"], "mfa": True}


class Asked(Exception):
    """Holds the caller whom a service was asked for."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__()
        (self.caller,) = (each for each in arguments if isinstance(each, Caller))


@pytest.fixture(autouse=True)
def services(monkeypatch: pytest.MonkeyPatch) -> list[Caller]:
    """Keeps whom the services behind the handlers are asked for."""
    asked: list[Caller] = []

    def keep(*arguments: Any, **_: Any) -> None:
        asked.append(Asked(*arguments).caller)
        raise Asked(*arguments)

    for module, factory, *methods in (
        (reveal, "_reveals", "answer"),
        (pay, "_cashier", "pay"),
        (erase, "_service", "erase", "erase_order", "erase_value"),
    ):
        service = SimpleNamespace(**dict.fromkeys(methods, keep))
        monkeypatch.setattr(module, factory, lambda service=service: service)
    known = pool_tokens(Objects("first"))
    monkeypatch.setattr(invoker, "_pool_tokens", lambda: known)
    return asked


def invoke(function: str, arn: str = ARN, **more: Any) -> str:
    """Returns the code of the answer; empty if the service was asked."""
    handler, event = ASKED[function]
    context = SimpleNamespace(
        aws_request_id="r", invoked_function_arn=arn, get_remaining_time_in_millis=lambda: 20_000
    )
    try:
        return str(handler(event | more, context)["error"]["code"])
    except RuntimeError as error:
        return "" if str(error) == "Asked" else str(error)


@pytest.mark.parametrize("function", ASKED)
def test_the_owner_of_an_id_token_is_the_caller(function: str, services: list[Caller]) -> None:
    assert invoke(function, id_token=token()) == ""
    assert services == [Caller("ann", ("compliance",), mfa=True)]


@pytest.mark.parametrize("function", ASKED)
def test_an_administrator_is_known_by_the_alias_alone(function: str, services: list[Caller]) -> None:
    assert invoke(function, f"{ARN}:direct") == ""
    assert services == [Caller("invoked directly", (IAM,))]


@pytest.mark.parametrize("function", ASKED)
@pytest.mark.parametrize(
    "arn",
    [ARN, f"{ARN}:$LATEST", f"{ARN}:1", f"{ARN}:Direct", f"{ARN}:direct2", f"{ARN}-direct", f"{ARN}:", ""],
)
def test_without_a_token_no_other_name_of_the_function_will_do(
    function: str, arn: str, services: list[Caller]
) -> None:
    assert invoke(function, arn) == "unauthorized"
    assert services == []


@pytest.mark.parametrize("function", ASKED)
@pytest.mark.parametrize("arn", [ARN, f"{ARN}:direct"])
def test_who_names_a_caller_is_not_understood(function: str, arn: str, services: list[Caller]) -> None:
    assert invoke(function, arn, caller=FORGED) == "invalid_request"
    assert invoke(function, arn, caller=FORGED, id_token=token()) == "invalid_request"
    assert services == []


@pytest.mark.parametrize("function", ASKED)
def test_a_token_that_is_not_the_pools_is_refused_by_either_name(
    function: str, services: list[Caller]
) -> None:
    assert invoke(function, id_token=token("forger")) == "unauthorized"
    assert invoke(function, f"{ARN}:direct", id_token=token("forger")) == "invalid_request"
    assert invoke(function, id_token="") == "invalid_request"
    assert invoke(function, id_token="x" * 10_241) == "invalid_request"
    assert services == []


@pytest.mark.parametrize("function", ASKED)
def test_an_administrator_does_not_ask_for_somebody_else(function: str, services: list[Caller]) -> None:
    assert invoke(function, f"{ARN}:direct", id_token=token()) == "invalid_request"
    assert services == []


@pytest.mark.parametrize("function", ASKED)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        *((lasting, "failed") for lasting in LASTING),
        *((passing, "unavailable") for passing in (Denied, OutOfTime, Throttled, Unavailable)),
    ],
)
def test_a_failure_that_lasts_is_told_apart_from_one_that_passes(
    function: str, error: type[PipelineError], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caller(*_: Any) -> Caller:
        raise error("canary")

    module = {"reveal": reveal, "pay": pay, "erase": erase}[function.partition(" ")[0]]
    monkeypatch.setattr(module, "identified_caller", caller)
    assert invoke(function) == code

"""Requests to the rekey function: what is sent, what comes back, and which failures may pass."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import CommandError
from ops.rekey.function import RekeyFunction, RekeyUnavailable


class Stack:
    """A stack whose function gives one answer."""

    def __init__(self, answer: Any = None, *, failed: bool = False, there: bool = True) -> None:
        self.outputs = {"RekeyFunctionName": "the-function"} if there else {}
        self._answer = {"Payload": io.BytesIO(json.dumps(answer).encode())} | (
            {"FunctionError": "Unhandled"} if failed else {}
        )
        self.invoked: list[dict[str, Any]] = []

    def client(self, service: str) -> "Stack":
        assert service == "lambda"
        return self

    def operator(self) -> str:
        return "arn:ann"

    def invoke(self, **asked: Any) -> Any:
        self.invoked.append(asked)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def function(stack: Any) -> RekeyFunction:
    return RekeyFunction(stack)


def test_a_request_names_its_operator_and_what_it_asks_for() -> None:
    stack = Stack({"done": True, "records": 3})
    assert function(stack).ask("work", segment=2) == {"done": True, "records": 3}
    (asked,) = stack.invoked
    assert asked["FunctionName"] == "the-function"
    assert json.loads(asked["Payload"]) == {"action": "work", "operator": "arn:ann", "segment": 2}


@pytest.mark.parametrize(
    ("stack", "passes", "message"),
    [
        (Stack({"error": {"code": "unavailable", "message": "KMS"}}), True, "KMS"),
        (Stack({"error": {"code": "out_of_turn", "message": "not now"}}), False, "not now"),
        (Stack({}, failed=True), True, "the rekey function failed"),
    ],
)
def test_only_what_may_pass_is_worth_asking_again(stack: Stack, passes: bool, message: str) -> None:
    with pytest.raises(CommandError) as refused:
        function(stack).ask("status")
    assert isinstance(refused.value, RekeyUnavailable) is passes
    assert message in str(refused.value)
    assert "/aws/lambda/the-function" in refused.value.hint


def test_a_function_that_can_not_be_invoked_is_told_with_what_it_needs() -> None:
    stack = Stack()
    stack._answer = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")  # type: ignore[assignment]
    with pytest.raises(CommandError) as refused:
        function(stack).ask("status")
    assert not isinstance(refused.value, RekeyUnavailable)
    assert "asking the rekey function" in str(refused.value)


def test_a_stack_without_the_function_is_not_asked() -> None:
    with pytest.raises(CommandError):
        function(Stack(there=False))

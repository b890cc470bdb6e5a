"""Tests the requests to the replay function, and what an operator is told about each kind of refusal."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import CommandError
from ops.explain import AGAIN
from replay.function import ReplayFunction


class Stack:
    """A stack whose function gives one answer."""

    def __init__(self, answer: Any, *, failed: bool = False) -> None:
        self._answer = {
            "Payload": io.BytesIO(json.dumps(answer).encode()),
            **({"FunctionError": "Unhandled"} if failed else {}),
        }
        self.invoked: list[dict[str, Any]] = []

    def client(self, service: str) -> "Stack":
        assert service == "lambda"
        return self

    def output(self, name: str) -> str:
        return {"ReplayFunctionName": "the-function"}[name]

    def operator(self) -> str:
        return "arn:ann"

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.invoked.append(asked)
        return self._answer


def ask(stack: Any, action: str = "show", **request: Any) -> dict[str, Any]:
    return ReplayFunction(stack, {"ids": ["a"]}).ask(action, **request)


def test_a_request_says_what_is_done_by_whom_and_to_which_letters() -> None:
    stack = Stack({"outline": 1})
    assert ask(stack, letters=["x"]) == {"outline": 1}
    (asked,) = stack.invoked
    assert asked["FunctionName"] == "the-function"
    assert json.loads(asked["Payload"]) == {
        "action": "show",
        "operator": "arn:ann",
        "filter": {"ids": ["a"]},
        "letters": ["x"],
    }


class Denied(Stack):
    """A stack whose function nobody may invoke."""

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.invoked.append(asked)
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "canary"}}, "Invoke")


@pytest.mark.parametrize(
    ("alias", "hint"),
    [
        ("", "replay needs the stack's ReplayOperatorRoleArn: --role-arn ARN"),
        ("approve", "approving needs the stack's ReplayApproverRoleArn: --role-arn ARN"),
        (
            "direct",
            (
                "--direct needs a role of yours that may invoke the function's alias `direct`; others use --id-token FILE:"
                " --role-arn ARN"
            ),
        ),
    ],
)
def test_whoever_may_not_invoke_the_function_is_told_which_role_may(alias: str, hint: str) -> None:
    stack: Any = Denied({})
    with pytest.raises(CommandError, match="asking the replay function: AccessDeniedException") as caught:
        ReplayFunction(stack, None, alias).ask("show")
    assert caught.value.hint == hint
    assert stack.invoked[0].get("Qualifier", "") == alias


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("invalid_request", "`replay COMMAND --help` shows the form that each option takes"),
        ("refused", "`replay list` shows the letters, and `replay show ID` what is wrong with one"),
        (
            "approval_needed",
            (
                "`replay run --edit FILE --id ID --ask` asks a colleague to approve the edit (docs/replay.md#two-people); "
                "else `replay quarantine ID --reason WHY`, and the producer sends the record again"
            ),
        ),
        (
            "approval_refused",
            "`replay approvals` shows what was asked; the same command with --ask asks again",
        ),
        (
            "denied",
            "docs/reveals.md says who may, for which --purpose; --ask asks a colleague to approve (docs/replay.md#two-people)",
        ),
        (
            "too_many_edits",
            "--id-token FILE counts your edits alone; the hour's budget has room again in the next hour",
        ),
        ("unauthorized", "--id-token FILE with the token of a new sign-in (docs/replay.md#two-people)"),
        (
            "edit_refused",
            (
                "an edit moves no value; a type that no schema has needs one (docs/new-event-type.md); "
                "else `replay quarantine ID --reason WHY`, and the producer sends the record again"
            ),
        ),
        ("unavailable", AGAIN),
        ("never_heard_of", AGAIN),
    ],
)
def test_each_refusal_has_its_own_hint(code: str, hint: str) -> None:
    with pytest.raises(CommandError, match="the message") as caught:
        ask(Stack({"error": {"code": code, "message": "the message"}}))
    assert caught.value.hint == hint


@pytest.mark.parametrize("alias", ["approve", "direct"])
def test_an_alias_is_invoked_by_its_name(alias: str) -> None:
    stack: Any = Stack({"approvals": []})
    ReplayFunction(stack, alias=alias).ask("approvals")
    (asked,) = stack.invoked
    assert (asked["FunctionName"], asked["Qualifier"]) == ("the-function", alias)


def test_what_the_function_threw_is_not_shown() -> None:
    with pytest.raises(CommandError, match="the replay function failed") as caught:
        ask(Stack({"errorMessage": "canary"}, failed=True))
    assert "canary" not in str(caught.value) + caught.value.hint
    assert "/aws/lambda/the-function" in caught.value.hint

"""Invokes the stack's replay function with the operator's role."""

import json
from typing import Any

from ops.errors import CommandError
from ops.explain import AGAIN, explained
from ops.stack import Stack
from replay.letters import NEEDS
from tokenizer.callers import APPROVE, DIRECT

APPROVER_ROLE = "ReplayApproverRoleArn"
_NEEDS = {
    "": NEEDS,
    APPROVE: f"approving needs the stack's {APPROVER_ROLE}",
    DIRECT: "--direct needs a role of yours that may invoke the function's alias `direct`; others use --id-token FILE",
}
# What to type next, by the code of the function's answer.
HINTS = {
    "invalid_request": "`replay COMMAND --help` shows the form that each option takes",
    "refused": "`replay list` shows the letters, and `replay show ID` what is wrong with one",
    "approval_needed": (
        "`replay run --edit FILE --id ID --ask` asks a colleague to approve the edit (docs/replay.md#two-people); "
        "else `replay quarantine ID --reason WHY`, and the producer sends the record again"
    ),
    "approval_refused": "`replay approvals` shows what was asked; the same command with --ask asks again",
    "denied": "docs/reveals.md says who may, for which --purpose; --ask asks a colleague to approve (docs/replay.md#two-people)",
    "unauthorized": "--id-token FILE with the token of a new sign-in (docs/replay.md#two-people)",
    "too_many_edits": "--id-token FILE counts your edits alone; the hour's budget has room again in the next hour",
    "edit_refused": (
        "an edit moves no value; a type that no schema has needs one (docs/new-event-type.md); "
        "else `replay quarantine ID --reason WHY`, and the producer sends the record again"
    ),
    "unavailable": AGAIN,
}


class ReplayFunction:
    """Sends requests to the function, with the operator's name.

    Args:
        stack: the stack.
        filters: the filter of letters, for the audit trail.
        alias: the alias to invoke; empty for none.
    """

    def __init__(self, stack: Stack, filters: dict[str, Any] | None = None, alias: str = "") -> None:
        self._lambda = stack.client("lambda")
        self._name = stack.output("ReplayFunctionName")
        self._alias = alias
        self._common = {"operator": stack.operator(), "filter": filters}

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        """Sends one request; returns the answer.

        Raises:
            CommandError: the function refused, failed, or could not be invoked.
        """
        payload = json.dumps({"action": action, **self._common, **request}).encode()
        by_alias = {"Qualifier": self._alias} if self._alias else {}
        with explained("asking the replay function", _NEEDS[self._alias]):
            answer = self._lambda.invoke(FunctionName=self._name, Payload=payload, **by_alias)
        text = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise CommandError(
                "the replay function failed",
                f"`aws logs filter-log-events --log-group-name /aws/lambda/{self._name}` says why",
            )
        result: dict[str, Any] = json.loads(text)
        if "error" in result:
            code, message = result["error"]["code"], result["error"]["message"]
            raise CommandError(message, HINTS.get(code, AGAIN))
        return result

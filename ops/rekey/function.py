"""Invokes the stack's rekey function with the operator's role."""

import json
from typing import Any

from ops.errors import CommandError
from ops.explain import explained
from ops.stack import Stack

ROLE = "RekeyOperatorRoleArn"
_NEEDS = f"rekey needs the stack's {ROLE}"
_NOT_REKEYING = (
    "the stack is not rekeying",
    "`sam deploy --parameter-overrides Rekeying=true` first; docs/keys.md has the steps",
)


class RekeyUnavailable(CommandError):
    """Means that the failure may pass. The same request continues where this one ended."""


class RekeyFunction:
    """Sends requests to the function, with the operator's name."""

    def __init__(self, stack: Stack) -> None:
        if "RekeyFunctionName" not in stack.outputs:
            raise CommandError(*_NOT_REKEYING)
        self._lambda = stack.client("lambda")
        self._name = stack.outputs["RekeyFunctionName"]
        self._operator = stack.operator()

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        """Sends one request; returns the answer.

        Raises:
            RekeyUnavailable: KMS or a table failed while the function worked.
            CommandError: the function refused, or it could not be invoked.
        """
        payload = json.dumps({"action": action, "operator": self._operator, **request}).encode()
        with explained("asking the rekey function", _NEEDS):
            answer = self._lambda.invoke(FunctionName=self._name, Payload=payload)
        text = answer["Payload"].read()
        log = f"`aws logs filter-log-events --log-group-name /aws/lambda/{self._name}` says why"
        if answer.get("FunctionError"):
            raise RekeyUnavailable("the rekey function failed", log)
        result: dict[str, Any] = json.loads(text)
        if "error" in result:
            kind = RekeyUnavailable if result["error"]["code"] == "unavailable" else CommandError
            raise kind(result["error"]["message"], log)
        return result

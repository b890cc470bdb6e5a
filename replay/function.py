"""Invokes the stack's replay function with the operator's role."""

import json
from typing import Any

from ops.errors import CommandError
from ops.explain import explained
from ops.stack import Stack


class ReplayFunction:
    """Sends requests to the function, with the operator's name."""

    def __init__(self, stack: Stack, filters: dict[str, Any] | None = None) -> None:
        self._lambda = stack.client("lambda")
        self._name = stack.output("ReplayFunctionName")
        self._common = {"operator": stack.operator(), "filter": filters}

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        """Sends one request; returns the answer.

        Raises:
            CommandError: the function refused, failed, or could not be invoked.
        """
        payload = json.dumps({"action": action, **self._common, **request}).encode()
        with explained("asking the replay function"):
            answer = self._lambda.invoke(FunctionName=self._name, Payload=payload)
        text = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise CommandError("the replay function failed", f"see the log of {self._name}")
        result: dict[str, Any] = json.loads(text)
        if "error" in result:
            hint = "replay list" if result["error"]["code"] == "refused" else "try again; see docs/runbook.md"
            raise CommandError(result["error"]["message"], hint)
        return result

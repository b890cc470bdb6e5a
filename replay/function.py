"""Invokes the stack's replay function with the operator's role."""

import json
from typing import Any

from ops.errors import CommandError
from ops.explain import AGAIN, explained
from ops.stack import Stack
from replay.letters import NEEDS

# What to type next, by the code of the function's answer.
HINTS = {
    "invalid_request": "`replay COMMAND --help` shows the form that each option takes",
    "refused": "`replay list` shows the letters, and `replay show ID` what is wrong with one",
    "edit_refused": (
        "an edit changes public fields alone; a type that no schema has needs one (docs/new-event-type.md); "
        "else `replay quarantine ID --reason WHY`, and the producer sends the record again"
    ),
    "unavailable": AGAIN,
}


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
        with explained("asking the replay function", NEEDS):
            answer = self._lambda.invoke(FunctionName=self._name, Payload=payload)
        text = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise CommandError(
                "the replay function failed", f"`aws logs tail /aws/lambda/{self._name} --since 10m` says why"
            )
        result: dict[str, Any] = json.loads(text)
        if "error" in result:
            code, message = result["error"]["code"], result["error"]["message"]
            raise CommandError(message, HINTS.get(code, AGAIN))
        return result

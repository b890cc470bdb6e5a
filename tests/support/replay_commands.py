"""Runs the commands of `replay` in this process, against a stack that is not there."""

import pytest
from typer.testing import CliRunner, Result

from ops.errors import CommandError
from replay.arguments import ChosenHold, chosen
from replay.cli import app
from tests.support.fakes.replay_stack import FakeStack

TOKEN = "ORDER_TOKENIZER_ID_TOKEN"


def replay(stack: FakeStack, *words: str, env: dict[str, str] | None = None) -> Result:
    """Runs a command against a stack, which notes the role and the options before the command."""

    def take(self: ChosenHold, role: str) -> FakeStack:
        stack.roles.append(role)
        stack.chosen = (self.name, self.profile, self.region, self.role_arn)
        return stack

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ChosenHold, "stack", take)
        patched.setattr(chosen, "hold", ChosenHold.hold)  # as in a process of its own
        patched.delenv(TOKEN, raising=False)
        result = CliRunner(env=env).invoke(app, list(words), prog_name="replay")
    chosen.take()
    assert result.exception is None or isinstance(result.exception, CommandError | SystemExit), result
    assert stack.taken == [], "a letter stays held"
    return result


def refusal(stack: FakeStack, *words: str, env: dict[str, str] | None = None) -> str:
    """The error of a command that asks the function for no change, with its hint."""
    before = len(stack.letters)
    error = replay(stack, *words, env=env).exception
    assert isinstance(error, CommandError)
    assert {each["action"] for each in stack.asked} <= {"approvals", "quarantined", "shards"}
    assert len(stack.letters) == before
    return f"{error}; {error.hint}"

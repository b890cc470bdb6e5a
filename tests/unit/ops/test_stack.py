"""Tests how a command finds its stack: the local one by its file, and what is said if that file is missing or broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from local.emulator import environment
from local.emulator.environment import Role
from local.emulator.stack import Credentials
from local.emulator.stack import Stack as LocalStack
from ops import stack as stacks
from ops.errors import CommandError
from ops.stack import Stack, find

STATE = {"endpoint_url": "http://127.0.0.1:1", "region": "eu-west-1", "outputs": {"A": "a"}}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def write(state: Any) -> None:
    Path(".local").mkdir()
    Path(".local/stack.json").write_text(state if isinstance(state, str) else json.dumps(state))


def test_without_a_file_somebody_is_told_how_to_name_a_stack() -> None:
    with pytest.raises(CommandError, match="no stack is named, and no local one is up") as caught:
        find(None, None, None, None)
    assert "--stack NAME" in caught.value.hint


BROKEN = ["", "{", *(json.dumps({k: v for k, v in STATE.items() if k != name}) for name in STATE)]


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_describes_no_stack_is_refused(text: str) -> None:
    write(text)
    with pytest.raises(CommandError, match=r"\.local/stack\.json is no description of a stack") as caught:
        find(None, None, None, None)
    assert "make down && make up" in caught.value.hint


def test_the_local_stack_without_a_role_is_used_as_its_administrator() -> None:
    write(STATE)
    found = find(None, None, None, None)
    assert (dict(found.outputs), found.endpoint_url, found.settled) == (
        {"A": "a"},
        "http://127.0.0.1:1",
        True,
    )
    credentials = found.session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == ("test", "test")
    assert found.session.region_name == "eu-west-1"


@pytest.mark.parametrize("role", [None, *get_args(Role)])
def test_in_a_shell_of_any_role_the_local_stack_is_used_as_its_administrator(
    role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = dict.fromkeys(
        ("ProducerRoleArn", "ConsumerRoleArn", "ReplayOperatorRoleArn", "AnalystRoleArn"), ""
    )
    stack = LocalStack("http://127.0.0.1:1", "eu-west-1", outputs, None)
    monkeypatch.setattr(LocalStack, "assume", lambda *_: Credentials("ASIAROLE", "secret", "session"))
    for name, value in environment.variables(stack, role).items():
        monkeypatch.setenv(name, value)
    write(STATE)
    credentials = find(None, None, None, None).session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key, credentials.token) == ("test", "test", None)


def assumed_by(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """Notes which roles are assumed, and where."""
    asked: list[tuple[str, str | None]] = []

    def assumed(session: Any, role_arn: str, endpoint_url: str | None) -> Any:
        asked.append((role_arn, endpoint_url))
        return session

    monkeypatch.setattr(stacks, "_assumed", assumed)
    return asked


Find = Callable[[], Stack]


@pytest.mark.parametrize(
    ("how", "role"),
    [
        (lambda: find(None, None, None, None), "the-replay-role"),
        (lambda: find(None, None, None, None, "AuditReaderRoleArn"), "the-audit-role"),
        (lambda: find(None, None, None, "another", "AuditReaderRoleArn"), "another"),
    ],
)
def test_the_role_that_is_asked_for_counts_before_the_commands_own(
    how: Find, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = {"ReplayOperatorRoleArn": "the-replay-role", "AuditReaderRoleArn": "the-audit-role"}
    write({**STATE, "outputs": outputs})
    asked = assumed_by(monkeypatch)
    how()
    assert asked == [(role, "http://127.0.0.1:1")]


def test_an_output_that_is_missing_is_named() -> None:
    write(STATE)
    found = find(None, None, None, None)
    assert found.output("A") == "a"
    with pytest.raises(CommandError, match="the stack has no output B") as caught:
        found.output("B")
    assert "`sam deploy`" in caught.value.hint

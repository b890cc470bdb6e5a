"""CloudFormation gets an answer whatever happens: without one it waits, and waits again while it rolls back."""

import json
import urllib.request
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from handlers import cloudformation, token_keys, vault_keys
from tokenizer.errors import Denied

SECRET = "4111111111111111"


@dataclass
class Context:
    log_stream_name: str = "2026/11/30/1"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    told: list[dict[str, str]] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> AbstractContextManager[None]:
        assert request.get_method() == "PUT"
        assert request.full_url == "https://cloudformation.example.com/answer"
        assert request.header_items() == [("Content-type", "")]  # what the presigned URL was signed for
        assert timeout == 10
        assert isinstance(request.data, bytes)
        told.append(json.loads(request.data))
        return nullcontext()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return told


def asked(kind: str = "Create", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": "https://cloudformation.example.com/answer",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Keys",
        "ResourceProperties": properties,
    }


def served(change: Any, kind: str = "Create") -> None:
    context: Any = Context()
    cloudformation.serve(asked(kind), context, physical_id="keys", done="done", change=change)


def test_a_change_that_is_made_is_told(answers: list[dict[str, str]]) -> None:
    made: list[Any] = []
    served(made.append)
    assert made == [{}]
    assert answers == [
        {
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Keys",
            "Status": "SUCCESS",
            "Reason": "done; log stream 2026/11/30/1",
            "PhysicalResourceId": "keys",
        }
    ]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Denied("no permission"), "no permission"),
        (ValueError(f"of the value {SECRET}"), "ValueError"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_any_error_is_an_answer_and_a_foreign_one_tells_its_class_alone(
    answers: list[dict[str, str]], caplog: pytest.LogCaptureFixture, error: Exception, reason: str
) -> None:
    def fails(_: dict[str, Any]) -> None:
        raise error

    served(fails)
    assert [(each["Status"], each["Reason"]) for each in answers] == [
        ("FAILED", f"{reason}; log stream 2026/11/30/1")
    ]
    assert SECRET not in repr([vars(each) for each in caplog.records])
    (line,) = [vars(each) for each in caplog.records if each.message == "failed"]
    own = isinstance(error, Denied)
    assert (line["error"], line["reason"]) == (type(error).__name__, reason if own else "")


def test_deleting_is_let_through(answers: list[dict[str, str]]) -> None:
    served(lambda _: pytest.fail("nothing is changed"), "Delete")
    assert [each["Status"] for each in answers] == ["SUCCESS"]


@pytest.mark.parametrize(
    ("module", "properties"),
    [
        (token_keys, {"TokenKeyVersion": "1.5", "SubjectKeyVersion": "1"}),
        (token_keys, {}),
        (vault_keys, {}),
    ],
)
def test_properties_that_make_no_sense_are_answered(
    answers: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, module: Any, properties: dict[str, str]
) -> None:
    for name in ("TOKEN_KEYS_TABLE", "TOKEN_KEY_ARN", "REKEY_TABLE"):
        monkeypatch.setenv(name, "named")
    module.handler(asked("Update", **properties), Context())
    assert [each["Status"] for each in answers] == ["FAILED"]

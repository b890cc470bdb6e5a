"""An error that nobody foresaw leaves a handler as the name of its class: not to the caller, not to Lambda's log."""

import importlib
import io
import json
import pkgutil
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import handlers
from handlers import api, cloudformation, token_keys, vault_keys
from handlers.batch_outcomes import log_batch
from handlers.runtime import redact_errors
from tests.support.fakes.world import World, ample_budget
from tests.support.handlers import PERSON, Api
from tests.support.samples import order, stream_record
from tokenizer.aws.platform import clients, traces
from tokenizer.errors import Denied

TOLD = "4111111111111111"
CONTEXT: Any = SimpleNamespace(
    aws_request_id="r", log_stream_name="s", get_remaining_time_in_millis=lambda: 60_000
)
ANSWERED = {
    "api",
    "sign_in_keys",
    "token_keys",
    "vault_keys",
}  # what waits for these has to be answered, so they see to it themselves
MODULES = [
    importlib.import_module(f"handlers.{each.name}") for each in pkgutil.iter_modules(handlers.__path__)
]
HANDLERS = [module for module in MODULES if hasattr(module, "handler")]


@pytest.mark.parametrize("module", HANDLERS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_handler_has_a_sealed_exit_or_answers_by_itself(module: ModuleType) -> None:
    sealed = module.handler.__code__ is redact_errors(lambda *_: None).__code__
    assert sealed is (module.__name__.rpartition(".")[2] not in ANSWERED)


@pytest.mark.parametrize("error", [ValueError(TOLD), KeyError(TOLD), MemoryError(TOLD), OSError(5, TOLD)])
def test_the_class_of_an_unforeseen_error_is_told_and_nothing_else(
    error: Exception, log: io.StringIO
) -> None:
    @redact_errors
    def handler(_event: Any, _context: Any) -> None:
        raise error

    with pytest.raises(RuntimeError) as raised:
        handler({}, CONTEXT)
    assert (str(raised.value), raised.value.__cause__, raised.value.__suppress_context__) == (
        type(error).__name__,
        None,
        True,
    )
    (line,) = log.getvalue().splitlines()
    assert (
        json.loads(line).items() >= {"message": "failed", "error": type(error).__name__, "reason": ""}.items()
    )
    assert TOLD not in line


def test_an_error_of_ours_is_logged_with_its_reason(log: io.StringIO) -> None:
    @redact_errors
    def handler(_event: Any, _context: Any) -> None:
        raise Denied("reading the vault: AccessDenied")

    with pytest.raises(RuntimeError, match=r"^Denied$"):
        handler({}, CONTEXT)
    assert json.loads(log.getvalue())["reason"] == "reading the vault: AccessDenied"


def test_the_api_tells_the_class_alone(call: Api, monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    def choke(_: Any) -> None:
        raise ValueError(TOLD)

    monkeypatch.setattr(api, "order_service", choke)
    with pytest.raises(RuntimeError, match=r"^ValueError$"):
        call("POST", "/orders", json.dumps(order()), PERSON)
    assert TOLD not in log.getvalue()
    assert json.loads(log.getvalue().splitlines()[-1])["error"] == "ValueError"


def test_a_batch_that_could_not_be_told_of_is_done(monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    def choke(*_: Any) -> None:
        raise ValueError(TOLD)

    outcomes = World().tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    monkeypatch.setattr(traces, "add", choke)
    log_batch(outcomes)
    last = json.loads(log.getvalue().splitlines()[-1])
    assert (last["error"], last["reason"]) == ("ValueError", "a batch could not be logged")
    assert TOLD not in log.getvalue()


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize("module", [token_keys, vault_keys], ids=["token keys", "vault keys"])
def test_cloudformation_is_answered_whatever_goes_wrong(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO, module: ModuleType, request_type: str
) -> None:
    def choke(*_: Any, **__: Any) -> None:
        raise ValueError(TOLD)

    answers: list[tuple[Any, ...]] = []
    monkeypatch.setattr(cloudformation, "_answer", lambda *told: answers.append(told))
    monkeypatch.setattr(clients, "client", choke)
    for name in ("TOKEN_KEYS_TABLE", "TOKEN_KEY_ARN", "REKEY_TABLE"):
        monkeypatch.setenv(name, "n")
    versions = {"TokenKeyVersion": "1", "SubjectKeyVersion": "1"}
    module.handler({"RequestType": request_type, "ResourceProperties": versions}, CONTEXT)
    ((_, _, status, reason),) = answers
    assert (status, reason) == ("FAILED", "ValueError; log stream s")
    assert json.loads(log.getvalue())["error"] == "ValueError"
    assert TOLD not in log.getvalue()

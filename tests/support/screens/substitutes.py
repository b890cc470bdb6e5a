"""Puts the stack in memory in the place of AWS and of the local stack, for one command."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from local.demo.checks import Figure
from local.demo.view import View
from local.emulator.stack import Stack
from local.errors import LocalStackError
from ops.lake.answer import Answer
from tests.support.fakes.trail import FakeTrail
from tests.support.screens import canned

LOCAL = Stack("http://127.0.0.1:9", canned.REGION, canned.OUTPUTS, "http://127.0.0.1:10/")


class _Lake:
    def __init__(self, _: Path) -> None: ...

    def ask(self, _: str) -> Answer:
        _wait_or_fail()
        return Answer(["month", "orders", "revenue"], [("2026-11", 1234, "56789.10")])


def _wait_or_fail() -> None:
    canned.wait_if_slow()
    if canned.FAILS in os.environ:
        raise LocalStackError("the stack doesn't answer", "`make up` starts it")


def _trail(_: Any) -> FakeTrail:
    _wait_or_fail()
    made = FakeTrail()
    made.write("1" * 32, 3)
    return made


def _up(_directory: Path, report: Any, *_: Any, **__: Any) -> Stack:
    report("starting the emulator on 127.0.0.1:9")
    _wait_or_fail()
    report(f"is up: {LOCAL.endpoint_url}")
    return LOCAL


def _slowly(value: Any) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        _wait_or_fail()
        return value

    return call


def _rekeyed(_directory: Path, report: Any) -> int:
    report("deploying with Rekeying=true: both keys are there, records are sealed under blue")
    _wait_or_fail()
    return 0


@contextmanager
def _running(directory: Path, report: Any, _parameters: Any) -> Iterator[Stack]:
    yield _up(directory, report)


def _demonstrate(_stack: Stack, view: View, *_: Any) -> list[Figure]:
    view.step(f"sending {view.number(1043)} orders")
    with view.progress("sent", 1043) as tick:
        tick(1043)
    return [Figure("sent", 1043, 1043, "never shown"), Figure("leaked", 0, 0, "never shown")]


@contextmanager
def installed() -> Iterator[None]:
    """Replaces what reaches beyond the process."""
    canned.QUEUE.fill()
    with ExitStack() as stack:
        for target, substitute in (
            ("ops.stack.boto3.Session", canned.Session),
            ("ops.audit.cli.AwsTrail", _trail),
            ("ops.lake.cli.fetch", _slowly(1)),
            ("ops.lake.cli.Database", _Lake),
            ("local.emulator.lifecycle.load", _slowly(LOCAL)),
            ("local.emulator.lifecycle.up", _up),
            ("local.emulator.lifecycle.deploy", _slowly(LOCAL)),
            ("local.emulator.lifecycle.down", _slowly(None)),
            # pragma: allowlist nextline secret
            ("local.emulator.users.sign_in", _slowly("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")),
            # pragma: allowlist nextline secret
            ("local.emulator.users.machine", _slowly({"Authorization": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})),
            ("local.emulator.environment.variables", _slowly({"AWS_REGION": canned.REGION})),
            ("local.data.samples.send", _slowly(100)),
            ("local.demo.run.load", lambda *_: None),
            ("local.demo.run.running", _running),
            ("local.demo.run.demonstrate", _demonstrate),
            ("local.demo.run.monotonic", lambda: 0.0),
            ("local.rekey.rekey", _rekeyed),
        ):
            stack.enter_context(mock.patch(target, substitute))
        yield

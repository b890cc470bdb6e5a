"""Puts the stack in memory in the place of AWS and of the local stack, for one command."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from local.emulator.stack import Stack
from ops.lake.answer import Answer
from tests.support.fakes.trail import FakeTrail
from tests.support.screens import canned

LOCAL = Stack("http://127.0.0.1:9", canned.REGION, canned.OUTPUTS, "http://127.0.0.1:10/")


class _Lake:
    def __init__(self, _: Path) -> None: ...

    def ask(self, _: str) -> Answer:
        canned.wait_if_slow()
        return Answer(["month", "orders", "revenue"], [("2026-11", 1234, "56789.10")])


def _trail(_: Any) -> FakeTrail:
    canned.wait_if_slow()
    made = FakeTrail()
    made.write("1" * 32, 3)
    return made


def _up(_directory: Path, report: Any, *_: Any, **__: Any) -> Stack:
    report("starting the emulator on 127.0.0.1:9")
    canned.wait_if_slow()
    report(f"is up: {LOCAL.endpoint_url}")
    return LOCAL


def _slowly(value: Any) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        canned.wait_if_slow()
        return value

    return call


def _rekeyed(_directory: Path, report: Any) -> int:
    report("deploying with Rekeying=true: both keys are there, records are sealed under blue")
    canned.wait_if_slow()
    return 0


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
            ("local.emulator.lifecycle.down", _slowly(None)),
            # pragma: allowlist nextline secret
            ("local.emulator.users.sign_in", _slowly("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")),
            # pragma: allowlist nextline secret
            ("local.emulator.users.machine", _slowly({"Authorization": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"})),
            ("local.emulator.environment.variables", _slowly({"AWS_REGION": canned.REGION})),
            ("local.data.samples.send", _slowly(100)),
            ("local.demo.run.main", _slowly(0)),
            ("local.rekey.rekey", _rekeyed),
        ):
            stack.enter_context(mock.patch(target, substitute))
        yield

"""A function whose every invocation is a process of its own, which is really killed.

The account stays in this process; the child asks it over a pipe, so that what was done before its end stays done.
"""

import faulthandler
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from tests.support.faults.aws import Aws, http_answer
from tests.support.faults.lambda_service import Function

_GUARD = 120.0  # seconds of real time after which a child is taken for a fault of the test


def hang() -> None:
    """Does nothing any more, for good; what runs this child sees that and ends it, as Lambda does when time is over."""
    os.kill(os.getpid(), signal.SIGSTOP)


class ProcessFunction(Function):
    """Runs each invocation in a child of this process. `ends` has the signals that ended children."""

    def __init__(self, aws: Aws, handler: Callable[[Any, Any], Any], module: Any) -> None:
        super().__init__(aws, handler, module)
        self.ends: list[int] = []

    def __call__(self, event: dict[str, Any]) -> tuple[Any, str | None]:
        ours, theirs = Pipe()
        child = os.fork()
        if child == 0:
            ours.close()
            self._child(event, theirs)
        theirs.close()
        self.invocations += 1
        answer = self._serve(child, ours)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            self.ends.append(os.WTERMSIG(status))
        return answer if answer is not None else (None, "Unhandled")

    def _child(self, event: dict[str, Any], parent: Connection) -> None:
        faulthandler.disable()
        try:
            self._aws.ask_elsewhere(lambda name, params: _asked(parent, name, params))
            parent.send(("answer", super().__call__(event)))
        finally:
            os._exit(0)

    def _serve(self, child: int, pipe: Connection) -> tuple[Any, str | None] | None:
        """Answers a child's calls until it answers or ends; kills one that hangs."""
        guard = time.monotonic() + _GUARD
        with suppress(EOFError, ConnectionResetError):
            while not _has_stopped(child):
                assert time.monotonic() < guard, "a child neither answers nor ends"
                if not pipe.poll(0.05):
                    continue
                what, said = pipe.recv()
                if what == "answer":
                    answer: tuple[Any, str | None] = said
                    return answer
                pipe.send(self._aws.answer(*said))
            os.kill(child, signal.SIGKILL)
        return None


def _asked(parent: Connection, name: str, params: dict[str, Any]) -> tuple[Any, Any]:
    parent.send(("call", (name, params)))
    answer: Any = parent.recv()
    return http_answer(answer), answer


def _has_stopped(child: int) -> bool:
    try:
        return os.waitid(os.P_PID, child, os.WSTOPPED | os.WNOHANG) is not None
    except ChildProcessError:  # it has ended, so it will never stop; what it said before waits in the pipe
        return False

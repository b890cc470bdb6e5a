"""Drives a run to its end: works on a phase's segments side by side, then on the next phase, until nothing is left."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Any, Protocol

from ops.entry import typed
from ops.errors import CommandError
from ops.rekey.function import RekeyUnavailable

_ATTEMPTS = 6
_FIRST_PAUSE = 1.0  # seconds; doubled after each attempt

Progress = Callable[[str], AbstractContextManager[Callable[[int], None]]]


class Function(Protocol):
    """Answers requests like the rekey function."""

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        """Sends one request; returns the answer."""
        ...


class Mover:
    """Drives one run."""

    def __init__(
        self,
        function: Function,
        concurrency: int,
        progress: Progress,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Sets up a run.

        Args:
            function: the stack's rekey function.
            concurrency: the number of segments that are worked on at once.
            progress: returns a context for a description of the work; it yields a function that counts records.
            say: prints what the run is waiting for.
            sleep: waits for some seconds.
        """
        self._function = function
        self._concurrency = concurrency
        self._progress = progress
        self._say = say
        self._sleep = sleep

    def run(self, segments: int, rounds: int) -> dict[str, Any]:
        """Moves and verifies until nothing is left; returns the run's last state.

        Args:
            segments: the number of parts into which the table is split. A run that continues keeps its own.
            rounds: the number of rounds after which it gives up.

        Raises:
            CommandError: a step failed too often. The same call continues from there.
        """
        state = self._patiently("begin", segments=segments)
        while state["phase"] != "done" and state["round"] <= rounds:
            doing = "moving" if state["phase"] == "move" else "verifying"
            with self._progress(f"{doing}, round {state['round']}") as tick:
                self._walk(state["left"], tick)
            state = self._patiently("conclude")
            while state.get("wait"):
                seconds = state["wait"] / 1000
                self._say(
                    f"waiting {seconds:.0f} s: invocations that began before the switch may still seal under the old key"
                )
                self._sleep(seconds)
                state = self._patiently("conclude")
        return state

    def _walk(self, segments: list[int], tick: Callable[[int], None]) -> None:
        stop = Event()
        with ThreadPoolExecutor(self._concurrency) as pool, _stopping(stop):
            for ended in [pool.submit(self._segment, each, tick, stop) for each in segments]:
                ended.result()

    def _segment(self, segment: int, tick: Callable[[int], None], stop: Event) -> None:
        seen, done = 0, False
        while not done and not stop.is_set():
            answer = self._patiently("work", segment=segment)
            tick(answer["records"] - seen)
            seen, done = answer["records"], answer["done"]

    def _patiently(self, action: str, **request: Any) -> dict[str, Any]:
        for attempt in range(_ATTEMPTS - 1):
            try:
                return self._function.ask(action, **request)
            except RekeyUnavailable:
                self._sleep(_FIRST_PAUSE * 2**attempt)
        try:
            return self._function.ask(action, **request)
        except RekeyUnavailable as why:
            raise CommandError(f"{why}, {_ATTEMPTS} times", f"`{typed()}` goes on from here") from None


@contextmanager
def _stopping(stop: Event) -> Iterator[None]:
    """Stops all segments when one has failed, or when the operator interrupts."""
    try:
        yield
    except BaseException:
        stop.set()
        raise
